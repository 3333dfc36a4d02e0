"""Texts without a number: kept under their record number and renamed later."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from resolutions.models import OtherSymbol, Resolution
from tests.votes.importing.editions import Stated, contents, ga_file, imported, library, outcomes_file, taken, votes_of
from votes.importing.run import ImportRefusedError
from votes.models import RollCall

pytestmark = pytest.mark.usefixtures("record")

# As the library's file of December 2025 has the vote of 27 May 2025 on the Association of Southeast Asian Nations.
WAITING = Stated(
    "A/RES/79/XX",
    number=4082671,
    date="2025-05-27",
    title="Cooperation between the United Nations and the Association of Southeast Asian Nations",
    votes="CHNY FRAY INDY USAN",
    meeting="A/79/PV.70",
)
NUMBERED = replace(WAITING, symbol="A/RES/79/285")
OTHER = Stated("A/RES/79/1", number=1, date="2024-12-02", votes="CHNN FRAY")
OLD, NEW = "A/RES/79/XX (record 4082671)", "A/RES/79/285"


def symbols() -> list[str]:
    return sorted(row["symbol"] for row in contents())


def test_text_without_a_number_is_renamed_later_with_a_redirect(tmp_path: Path, client: Client):
    report = imported(ga_file(tmp_path / "a.csv", OTHER, WAITING))
    assert report.runs[0].rejected == 0
    assert symbols() == ["A/RES/79/1", OLD]
    roll_call = RollCall.objects.get(resolution__symbol=OLD)
    assert client.get(f"/resolutions/{OLD}").status_code == 200

    report = imported(ga_file(tmp_path / "b.csv", OTHER, NUMBERED))

    assert (report.runs[0].added, report.runs[0].changed, report.runs[0].removed) == (0, 1, 0)
    assert report.runs[0].changes == [f"{roll_call.slug}: symbol “{OLD}” → “{NEW}”"]
    assert symbols() == ["A/RES/79/1", NEW]
    assert RollCall.objects.get(resolution__symbol=NEW).slug == roll_call.slug
    assert votes_of(roll_call.slug) == WAITING.votes
    renamed = Resolution.objects.get(symbol=NEW)
    assert (renamed.symbol_key, renamed.symbol_sort) == (NEW, "A/RES/00079/00285")
    assert [(other.kind, other.symbol) for other in renamed.other_symbols.all()] == [("variant", OLD)]
    old = client.get(f"/resolutions/{OLD}")
    assert (old.status_code, old["Location"]) == (301, f"/resolutions/{NEW}")


def test_the_same_edition_again_changes_nothing(tmp_path: Path):
    for said in (WAITING, NUMBERED, NUMBERED, WAITING):
        report = imported(ga_file(tmp_path / "a.csv", said))

    assert (report.runs[0].added, report.runs[0].changed, report.runs[0].unchanged) == (0, 0, 1)
    assert symbols() == [NEW]


def test_two_records_without_a_number_are_two_texts(tmp_path: Path):
    another = replace(WAITING, number=4082672, votes="FRAN USAY")
    imported(ga_file(tmp_path / "a.csv", WAITING, another))
    assert symbols() == [OLD, "A/RES/79/XX (record 4082672)"]

    imported(ga_file(tmp_path / "b.csv", NUMBERED, another))

    assert symbols() == [NEW, "A/RES/79/XX (record 4082672)"]


def test_number_may_come_from_the_other_layout(tmp_path: Path):
    imported(ga_file(tmp_path / "a.csv", WAITING))
    imported(outcomes_file(tmp_path / "b.csv", NUMBERED))
    assert symbols() == [NEW]

    imported(ga_file(tmp_path / "a.csv", NUMBERED))

    assert symbols() == [NEW]


@pytest.mark.parametrize("given", ["A/RES/79/999", NEW])
def test_symbol_given_by_an_editor_is_never_overwritten(tmp_path: Path, given: str):
    imported(ga_file(tmp_path / "a.csv", WAITING))
    text = Resolution.objects.get(symbol=OLD)
    text.symbol = given
    text.save()

    imported(ga_file(tmp_path / "b.csv", NUMBERED))
    imported(ga_file(tmp_path / "b.csv", NUMBERED))

    assert symbols() == [given]
    assert not OtherSymbol.objects.filter(resolution=text).exists()


def test_title_made_of_the_symbol_changes_with_it():
    taken(library(replace(WAITING, symbol=OLD, title="")))
    assert Resolution.objects.get(symbol=OLD).title == OLD

    taken(library(replace(NUMBERED, title="")))

    assert Resolution.objects.get(symbol=NEW).title == NEW


def test_number_of_another_text_renames_nothing(tmp_path: Path):
    imported(ga_file(tmp_path / "a.csv", WAITING))
    imported(outcomes_file(tmp_path / "b.csv", replace(NUMBERED, number=7)))
    assert symbols() == [NEW, OLD]

    with pytest.raises(ImportRefusedError, match="record-4082671: the whole vote"):
        imported(ga_file(tmp_path / "c.csv", NUMBERED))

    assert symbols() == [NEW, OLD]

"""Importing retired addresses of an export."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from tests.factories import make_roll_call
from tests.votes.importing.plenary.test_package import SLUG, Export
from votes.importing.edition import UnfitFileError
from votes.importing.plenary import package
from votes.models import RetiredAddress, RollCall

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("record")

MERGED = "merged with another record of the same vote"
DAY = datetime.datetime(2025, 3, 1, tzinfo=datetime.UTC)
ROWS = (
    "again,merged,The same.,2025-03-01,gone,",
    "gone,withdrawn,'=Never taken.,2025-03-01,,A/RES/ES-11/7",
    f"twice,merged,The same.,2025-03-01,{SLUG},",
)


@pytest.fixture
def export(tmp_path: Path) -> Export:
    """Return an export of the landmark votes with three retired addresses that are not on record."""
    export = Export(tmp_path)
    export.add("retired-addresses", *ROWS)
    return export


def addresses() -> dict[str, tuple[object, ...]]:
    """Return what each retired address says, and where it leads."""
    return {
        said.slug: (said.kind, said.reason, said.at, said.leads_to, said.resolution.symbol if said.resolution else "")
        for said in RetiredAddress.objects.all()
    }


def test_missing_addresses_are_added_once(export: Export):
    done = package.retire(export.files())

    assert (done.added, done.notes) == (3, [])
    assert addresses() == {
        "again": ("merged", "The same.", DAY, "gone", ""),
        "gone": ("withdrawn", "=Never taken.", DAY, "", "A/RES/ES-11/7"),
        "twice": ("merged", "The same.", DAY, SLUG, ""),
    }
    assert RetiredAddress.objects.shown().count() == 3
    # What was withdrawn elsewhere has a key here that is no record's, nor will be.
    key = RetiredAddress.objects.get(slug="gone").roll_call_id
    assert key is not None
    assert not RollCall.objects.filter(pk=key).exists()
    assert make_roll_call("next").pk > key

    again = package.retire(export.files())
    assert (again.added, again.notes) == (0, [])


def test_addresses_in_use_here_are_kept_and_reported(export: Export):
    make_roll_call("twice", status="published")
    make_roll_call("again")
    RetiredAddress.objects.create(
        slug="gone", kind="merged", reason="Not so.", roll_call=RollCall.objects.get(slug=SLUG)
    )

    done = package.retire(export.files())

    assert done.added == 0
    assert sorted(done.notes) == [
        "not changed: again is a vote in this record; merged in the files: The same.",
        f"not changed: gone is {MERGED} here: Not so.; withdrawn in the files: =Never taken.",
        "not changed: twice is a vote in this record; merged in the files: The same.",
    ]
    assert {slug: said[3] for slug, said in addresses().items()} == {"gone": SLUG}


def test_address_merged_into_a_retired_one_follows_its_redirect(export: Export):
    RetiredAddress.objects.create(slug="gone", kind="withdrawn", reason="=Never taken.")
    RetiredAddress.objects.create(slug="moved", kind="merged", reason="x", roll_call=RollCall.objects.get(slug=SLUG))
    export.add("retired-addresses", "thrice,merged,The same.,2025-03-01,moved,")

    assert package.retire(export.files()).added == 3
    assert {slug: said[3] for slug, said in addresses().items()} == {
        "gone": "", "again": "gone", "moved": SLUG, "thrice": SLUG, "twice": SLUG,
    }  # fmt: skip


def test_address_never_redirects_to_another_vote_of_the_same_slug(export: Export):
    done = package.retire(export.files(), left_out=[SLUG])

    assert (done.added, done.notes) == (2, [
        f"not changed: twice cannot redirect to {SLUG}, which is a different vote here; merged in the files: The same."
    ])  # fmt: skip
    assert sorted(addresses()) == ["again", "gone"]


def test_exports_without_the_table_are_accepted(export: Export):
    files = export.files()
    del files["retired-addresses"]

    assert package.retire(files).added == 0
    assert addresses() == {}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "\ntwice,",
            "\nA_Vote,",
            r"retired-addresses\.csv, line 4, column slug: “A_Vote” is not a valid permanent name",
        ),
        ("\ntwice,", "\nagain,", "the database rejected the data in the file .*slug"),
        (",withdrawn,", ",lost,", "line 3, column kind: “lost” is not one of merged, withdrawn"),
        ("2025-03-01,,", "yesterday,,", "line 3, column date: “yesterday” is not a date"),
        ("'=Never taken.", "", "the database rejected the data in the file .*retired_with_a_reason"),
        (f",{SLUG},", ",nowhere,", "line 4, column leads_to: “nowhere” is neither in the record nor in these files"),
        (f",{SLUG},", ",,", "line 4, column leads_to: “” is neither in the record nor in these files"),
        (
            "A/RES/ES-11/7",
            "A/RES/ES-11/99",
            "line 3, column symbol: “A/RES/ES-11/99” is neither in the record nor in these files",
        ),
    ],
)
def test_invalid_addresses_change_nothing(export: Export, old: str, new: str, message: str):
    export.change("retired-addresses", (old, new))

    with pytest.raises(UnfitFileError, match=message):
        package.retire(export.files())
    assert addresses() == {}

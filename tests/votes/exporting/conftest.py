"""A small record with everything that is hard to export."""

from __future__ import annotations

import datetime

import pytest

from resolutions.models import Body, OtherSymbol, Resolution, RetiredText, Session, Topic, key_of_symbol
from tests.factories import day, make_votes
from votes.exporting import package
from votes.models import Correction, MemberState, RetiredAddress, RollCall, Source, Statement


@pytest.fixture
def no_parquet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave Parquet out where it does not matter: each file takes a program of its own."""
    monkeypatch.setattr(package, "write_parquet", lambda _table, _source, target: target.write_bytes(b"PAR1"))


@pytest.fixture
def hard(record: None) -> list[RollCall]:
    """Return three published roll calls, beside the reference facts and a draft of each kind."""
    assembly, editor = Body.objects.get(code="GA"), Source.objects.get(slug="editor")
    session = Session.objects.get(body=assembly, code="30")
    text = Resolution.objects.create(
        body=assembly, session=session, symbol="A/RES/3399(XXX)[B]", title='=SUM(A1), "quoted"\nand broken',
        agenda="'@home", status="published",
        subjects=["CUBA--UNITED STATES", "NUCLEAR WEAPON TESTS--TREATIES--SIGNATURES, ACCESSIONS, RATIFICATIONS"],
    )  # fmt: skip
    text.topics.add(*Topic.objects.filter(slug__in=["human-rights", "decolonization"]))
    for symbol, kind in [("A/L.9", "draft"), ("A/L.10", "draft"), ("-1 of the thirtieth", "variant")]:
        OtherSymbol.objects.create(resolution=text, symbol=symbol, kind=kind)
    roll_calls = [
        RollCall.objects.create(
            slug="hard-text", body=assembly, session=session, resolution=text, decisive=True, date=day("1975-11-01"),
            date_precision="month", meeting="A/PV.2400", ordinal=3, result="adopted", announced_yes=2, announced_no=0,
            source=editor, source_reference="+33", note="a\\b, ünï“code”", status="published",
            difference_reason="secretquux: no figure differs", not_legible=["FRA", "PAK"],
        ),
        RollCall.objects.create(
            slug="hard-motion", body=assembly, date=day("1976-04-06"), title="-1 +2", kind="motion", source=editor,
            announced_no=2, difference_reason='=late, "misheard"\nby one', absences_derived=True, status="published",
        ),
        RollCall.objects.create(
            slug="hard-totals", body=assembly, date=day("1976-01-01"), title="\ttabbed", method="non-recorded",
            announced_yes=5, announced_no=4, announced_abstaining=0, announced_non_voting=1, source=editor,
            status="published",
        ),
    ]  # fmt: skip
    make_votes(roll_calls[0], {"KHM": "Y", "BEN": "X", "CIV": "Y"})
    make_votes(roll_calls[1], {"SUN": "N", "KHM": "A"})
    khmer = MemberState.objects.get(code="KHM")
    Correction.objects.create(roll_call=roll_calls[0], state=khmer, intended="N", reference="=A/PV.2401")
    Statement.objects.create(
        roll_call=roll_calls[0], source=editor, format="voeten", reference="R/30/3399B", symbol_key="A/RES/3399(XXX)B",
        facts={"title": 'Ü "x"', "date": "1975-11-01", "b": {"bb": [1, None], "a": 2.5}}, votes="BENX CIVY KHMY",
        edition=day("2021-03-02"),
    )  # fmt: skip
    secret = Resolution.objects.create(body=assembly, symbol="A/RES/79/777", title="secretquux")
    drafts = [
        RollCall.objects.create(slug="secret-text", body=assembly, resolution=secret, date=day("1976-01-01"),
                                source=editor, decisive=True),
        RollCall.objects.create(slug="secret-motion", body=assembly, resolution=text, date=day("1976-01-01"),
                                title="secretquux", source=editor),
    ]  # fmt: skip
    for draft in drafts:
        make_votes(draft, {"KHM": "N"})
        Correction.objects.create(roll_call=draft, state=khmer, intended="Y", reference="secretquux")
        Statement.objects.create(roll_call=draft, source=editor, format="voeten", reference="secretquux", facts={})
    withdrawn = RollCall.objects.create(
        slug="withdrawn", body=assembly, resolution=text, date=day("1976-01-01"), title="secretquux", source=editor
    )
    late = datetime.datetime(2024, 5, 6, 23, 59, tzinfo=datetime.UTC)
    for slug, kind, reason, of, on in [
        ("withdrawn", "withdrawn", '@Never "taken" by us', withdrawn, text),
        ("withdrawn-draft", "withdrawn", "Twice.", None, secret),
        ("twice", "merged", "The same.", roll_calls[1], None),
        ("thrice", "merged", "The same.", withdrawn, None),
        # None of these answers: it leads to a draft, to what was deleted, or is there again.
        ("secret-twice", "merged", "secretquux", drafts[1], None),
        ("secret-gone", "merged", "secretquux", None, None),
        ("hard-totals", "withdrawn", "secretquux", roll_calls[2], None),
    ]:
        RetiredAddress.objects.create(slug=slug, kind=kind, reason=reason, roll_call=of, resolution=on, at=late)
    gone = RetiredText(symbol="A/RES/79/9999", reason='@Never "adopted"', at=late)
    gone.symbol_key = key_of_symbol(gone.symbol)
    gone.save()
    return roll_calls

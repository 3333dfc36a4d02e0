"""Where announced and counted totals differ, the announced ones are shown with a mark."""

from __future__ import annotations

import json

import pytest
from django.http import QueryDict
from django.test import Client

from tests.web.lists.database import by_database
from tests.web.records import Maker, get, one, rows, text, texts
from votes.models import RollCall
from votes.record.record import load
from votes.totals import Totals, differ, shown
from web.lists.listing import Listing

pytestmark = pytest.mark.usefixtures("record")

SLUG, ADDRESS = "a-res-es-11-7", "/resolutions/A/RES/ES-11/7"
LEADS_TO = f"{ADDRESS}#totals"
COUNTED = "in favour 93, non-voting 17"


@pytest.fixture
def differing() -> None:
    """Let the President have announced one more in favour, and one less non-voting, than the votes counted."""
    RollCall.objects.filter(slug=SLUG).update(announced_yes=94, announced_non_voting=16)


@pytest.mark.parametrize(
    ("counted", "announced", "given", "do_differ"),
    [
        (None, None, None, False),
        (Totals(1, 2, 3, 4), None, "counted", False),
        (None, Totals(1, 2, None, None), "announced", False),
        (Totals(1, 2, 3, 4), Totals(1, 2, 3, 4), "counted", False),
        # What was not announced differs from nothing, and the votes know it.
        (Totals(1, 2, 3, 4), Totals(1, 2, None, None), "counted", False),
        (Totals(1, 2, 3, 4), Totals(1, 3, 3, 4), "announced", True),
        (Totals(1, 2, 3, 4), Totals(1, 2, 3, 5), "announced", True),
        (Totals(1, 2, 3, 4), Totals(2, 2, None, None), "announced", True),
    ],
)
def test_announced_totals_are_shown_if_they_differ_or_stand_alone(
    counted: Totals | None, announced: Totals | None, given: str | None, do_differ: bool
):
    assert shown(counted, announced) is {"counted": counted, "announced": announced, None: None}[given]
    assert differ(counted, announced) is do_differ


def test_list_marks_announced_totals_that_differ(differing: None):
    page = get("/resolutions/?q=ES-11/7")
    mark = one(page, "a.differs")

    assert rows(page) == [("A/RES/ES-11/7", "2025-02-24", "94-18-65", "adopted")]
    assert (mark["href"], text(one(mark, ".visually-hidden"))) == (LEADS_TO, "Announced and counted totals differ")
    assert get("/resolutions/?q=ES-11/1").select(".differs") == []
    for address in ("/", "/states/USA/", "/blocs/eu/", f"/compare/roll-calls/?a=a-res-es-11-1&b={SLUG}"):
        assert {str(link["href"]) for link in get(address).select("a.differs")} == {LEADS_TO}, address


def test_page_of_the_vote_shows_both_totals_and_the_finding(differing: None):
    page = get(ADDRESS)

    assert text(one(page, ".tally-large .tally")) == "94-18-65"
    assert texts(page, "#totals li") == [
        "In favour: 94 announced, but 93 counted from the votes.",
        "Non-voting: 16 announced, but 17 counted from the votes.",
    ]
    assert "announced 94-18-65, counted from the votes 93-18-65" in text(one(page, "#totals"))
    cited = one(page, "#facts ~ dl a[href='#totals']")
    assert ", 94-18-65. http" in text(one(page, "#citation"))
    assert text(cited) == f"As announced; counted from the votes: {COUNTED}."
    # The table is of the votes, whatever was announced.
    assert text(one(page, ".sheet-totals .tally")) == "93-18-65"


def test_vote_with_equal_totals_is_not_marked():
    page = get(ADDRESS)

    assert page.select("#totals, .differs, a[href='#totals']") == []
    assert "as announced" not in text(page).lower().replace("announced 93-18-65", "")


def test_previews_cards_embeds_and_feeds_give_announced_totals(differing: None):
    page = get(ADDRESS)
    said = str(one(page, "meta[name=description]")["content"])
    embed = get(f"/roll-calls/{SLUG}/embed/")

    assert text(one(page, "head > title")).startswith("A/RES/ES-11/7: 94-18-65")
    assert said.startswith("Adopted 94-18-65 on 24 February 2025. In favour 94")
    assert f"As announced; counted from the votes: {COUNTED}." in said
    assert text(one(embed, ".outcome .tally")) == "94-18-65"
    assert (one(embed, "a.differs")["href"], one(embed, "a.differs")["target"]) == (LEADS_TO, "_blank")
    feed = Client().get("/resolutions.atom?q=ES-11/7").content.decode()
    assert "adopted 94-18-65 (as announced)</title>" in feed
    assert f"As announced; counted from the votes: {COUNTED}." in feed


def test_files_have_announced_and_counted_totals(differing: None):
    (row,) = json.loads(b"".join(Client().get("/roll-calls.json?q=ES-11/7")))["rows"]

    assert (row["announced_yes"], row["counted_yes"]) == (94, 93)
    event = Client().get(f"/roll-calls/{SLUG}.popolo.json").json()
    # Its counts are those of its votes.
    assert event["counts"][0] == {"option": "yes", "value": 93}
    assert event["extras"]["announced"][0] == {"option": "yes", "value": 94}


def test_filters_and_orders_use_the_displayed_totals(maker: Maker):
    """The closest: 1-1 as announced of 2-1 counted; then 3-2 counted; last, announced 9-1 and counted 1-1."""
    RollCall.objects.all().delete()
    for slug, votes, announced in (
        ("apart", "USA:Y FRA:N", (9, 1)),
        ("counted", "USA:Y FRA:Y GBR:Y CHN:N RUS:N", (None, None)),
        ("half", "USA:Y FRA:Y CHN:N", (2, None)),
        ("tied", "USA:Y FRA:Y CHN:N", (1, 1)),
        ("totals", "", (7, 5)),
        ("nothing", "", (None, 3)),
    ):
        yes, no = announced
        maker.roll_call(slug, votes, announced_yes=yes, announced_no=no, result="not-stated")
    record, query = load(), QueryDict("order=closeness")
    keys = Listing(query, record).keys

    in_order = list(by_database(query, record).values_list("slug", flat=True))
    assert in_order == ["tied", "totals", "counted", "half", "apart", "nothing"]
    slugs = dict(RollCall.objects.values_list("pk", "slug"))
    assert [slugs[key] for key in keys] == in_order
    figures = {
        slugs[key]: pair
        for key, pair in zip(record.register.keys.tolist(), record.register.figures.tolist(), strict=True)
    }
    assert figures == {
        "apart": [9, 1], "counted": [3, 2], "half": [2, 1], "tied": [1, 1], "totals": [7, 5], "nothing": [-1, -1],
    }  # fmt: skip
    # With one member voting the other way it would have been adopted.
    assert [one.slug for one in Listing(QueryDict("short=1"), record).page] == ["tied"]


def test_example_vote_of_the_front_page_has_equal_totals(maker: Maker):
    RollCall.objects.all().delete()
    for slug, announced in (("agrees", 1), ("differs", 2)):
        symbol = f"A/RES/79/{800 + announced}"
        maker.roll_call(slug, "USA:Y FRA:N", resolution=maker.text(symbol), decisive=True, announced_yes=announced,
                        announced_no=1, title="")  # fmt: skip

    assert text(one(get("/"), ".reading .symbol")) == "A/RES/79/801"

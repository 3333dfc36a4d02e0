"""Resolving names of states by date."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.votes.entry.electorates import dates, electorate, names
from votes.entry.names import Electorate, KnownName, KnownState, Names, key, known_state
from votes.models import MemberState

TODAY = datetime.date(2025, 2, 24)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Côte d’Ivoire", "cotedivoire"),
        ("Timor-Leste", "timorleste"),
        ("Antigua & Barbuda", "antiguaandbarbuda"),
        ("Iran (Islamic Republic of)", "iranislamicrepublicof"),
        ("U.S.A.", "usa"),
    ],
)
def test_key_of_a_name_is_its_letters_in_lower_case(text: str, expected: str) -> None:
    assert key(text) == expected


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Turkey", "TUR"),
        ("TÜRKİYE", "TUR"),
        ("Turkiye", "TUR"),
        ("Swaziland", "SWZ"),
        ("Ivory Coast", "CIV"),
        ("Cote d'Ivoire", "CIV"),
        ("Iran", "IRN"),
        ("Islamic Republic of Iran", "IRN"),
        ("Iran, Islamic Republic of", "IRN"),
        ("Bolivia", "BOL"),
        ("Syria", "SYR"),
        ("South Korea", "KOR"),
        ("Korea, Republic of", "KOR"),
        ("Rep. of Korea", "KOR"),
        ("North Korea", "PRK"),
        ("DPRK", "PRK"),
        ("Korea (Democratic People's Republic of)", "PRK"),
        ("Dem. People’s Rep. of Korea", "PRK"),
        ("Russia", "RUS"),
        ("UK", "GBR"),
        ("United Kingdom of Great Britain and Northern Ireland", "GBR"),
        ("U.S.", "USA"),
        ("the United States of America", "USA"),
        ("Macedonia", "MKD"),
        ("The former Yugoslav Republic of Macedonia", "MKD"),
        ("Czech Republic", "CZE"),
        ("Cape Verde", "CPV"),
        ("Burma", "MMR"),
        ("Tanzania", "TZA"),
        ("Lao PDR", "LAO"),
        ("Laos", "LAO"),
        ("Vietnam", "VNM"),
        ("DRC", "COD"),
        ("Zaire", "COD"),
        ("Congo, Democratic Republic of the", "COD"),
        ("Democratic Republic of Congo", "COD"),
        ("Congo", "COG"),
        ("the Congo", "COG"),
        ("Republic of the Congo", "COG"),
        ("Micronesia (Federated States of)", "FSM"),
        ("Federated States of Micronesia", "FSM"),
        ("Guinea", "GIN"),
        ("Guinea-Bissau", "GNB"),
        ("Equatorial Guinea", "GNQ"),
        ("Papua New Guinea", "PNG"),
        ("Niger", "NER"),
        ("Nigeria", "NGA"),
        ("Dominica", "DMA"),
        ("Dominican Republic", "DOM"),
        ("St. Lucia", "LCA"),
        ("Gambia (The)", "GMB"),
        ("Netherlands", "NLD"),
        ("Yemen", "YEM"),
    ],
)
def test_name_finds_exactly_one_state(written: str, code: str) -> None:
    found = names("GA", TODAY).find_text(written)
    assert found is not None
    assert (found.codes, found.is_seated) == ((code,), True)


@pytest.mark.parametrize("written", ["", "Atlantis", "Nigeriaa", "Northern Ireland", "the", "America", "Palestine"])
def test_unknown_name_finds_no_state(written: str) -> None:
    assert names("GA", TODAY).find_text(written) is None


@pytest.mark.parametrize(
    ("written", "year", "codes"),
    [
        ("Korea", 2025, ("KOR", "PRK")),
        ("Congo", 1962, ("COD", "COG")),
        ("Congo", 1965, ("COD", "COG")),
        ("Congo", 1980, ("COG",)),
        ("Republic of the Congo", 1962, ("COD", "COG")),
        ("Congo (Leopoldville)", 1962, ("COD",)),
        ("Congo (Brazzaville)", 1962, ("COG",)),
        ("Congo (Democratic Republic of)", 1967, ("COD",)),
        ("Germany", 1980, ("DDR", "GER")),
        ("Federal Republic of Germany", 1980, ("GER",)),
        ("Germany", 2000, ("DEU",)),
        ("Yemen", 1980, ("YEM",)),
        ("Democratic Yemen", 1980, ("YMD",)),
        ("Cambodia", 1980, ("KHM",)),
        ("Soviet Union", 1980, ("SUN",)),
        ("Serbia and Montenegro", 2005, ("SCG",)),
        ("Tanganyika", 1963, ("EAT",)),
    ],
)
def test_name_is_resolved_by_date(written: str, year: int, codes: tuple[str, ...]) -> None:
    found = names("GA", datetime.date(year, 6, 1)).find_text(written)
    assert found is not None
    assert (found.codes, found.is_seated) == (codes, True)


@pytest.mark.parametrize(("written", "code"), [("Russia", "RUS"), ("Yugoslavia", "YUG"), ("East Germany", "DDR")])
def test_state_without_a_seat_is_found_as_not_seated(written: str, code: str) -> None:
    found = names("GA", datetime.date(1946, 6, 1) if code == "RUS" else TODAY).find_text(written)
    assert found is not None
    assert (found.codes, found.is_seated) == ((code,), False)


def test_congo_means_the_republic_of_the_congo_in_the_council_of_2026() -> None:
    found = names("SC", datetime.date(2026, 2, 1)).find_text("Congo")
    assert found is not None
    assert found.codes == ("COG",)


@given(st.sampled_from(dates()))
def test_every_name_of_a_day_finds_its_state(date: datetime.date) -> None:
    of = names("GA", date)
    meant = {code: of.find_text(of.name(code)) for code in of.electorate.members}
    assert {code: found.codes if found else None for code, found in meant.items()} == {code: (code,) for code in meant}


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("Zambiaa", "ZMB"),
        ("Moambique", "MOZ"),
        ("Kirgizstan", "KGZ"),
        ("Philipines", "PHL"),
        ("Unted States", "USA"),
        ("Sao Tome & Prinzipe", "STP"),
    ],
)
def test_misspelt_name_suggests_the_nearest_state(written: str, nearest: str) -> None:
    assert names("GA", TODAY).nearest(key(written))[0] == nearest


def test_unlike_text_suggests_no_state() -> None:
    assert names("GA", TODAY).nearest(key("xyzzy plugh")) == ()


def test_equally_near_names_are_sorted_by_code() -> None:
    states = {code: KnownState(code, name) for code, name in (("BBB", "Abcde One"), ("AAA", "Abcde Two"))}
    of = Names(Electorate("GA", TODAY, frozenset(states), states))
    assert of.nearest("abcde") == ("AAA", "BBB")


def test_state_has_its_name_on_the_date() -> None:
    former = [("Old", "Kingdom of Old", None, datetime.date(1990, 1, 1))]
    before = known_state("OLD", "New", "Republic of New", former, date=datetime.date(1989, 1, 1))
    after = known_state("OLD", "New", "Republic of New", former, date=datetime.date(1990, 1, 1), related=["XXX"])
    assert (before.name, after.name, after.related) == ("Old", "New", frozenset({"XXX"}))
    assert KnownName("New", datetime.date(1990, 1, 1)) in before.names


def test_names_of_the_record_equal_those_of_the_reference_data(record: None) -> None:
    """The database gives the same as the files, built as an admin page does."""
    read = MemberState.objects.prefetch_related("former_names", "successors", "predecessors")
    states = {
        state.code: known_state(
            state.code,
            state.name,
            state.official_name,
            [(one.name, one.official_name, one.since, one.until) for one in state.former_names.all()],
            date=TODAY,
            related=[one.code for one in (*state.successors.all(), *state.predecessors.all())],
        )
        for state in read
    }
    expected = electorate("GA", TODAY).states
    assert states.keys() == expected.keys()
    for code, state in states.items():
        assert (state.name, set(state.names), state.related) == (
            expected[code].name,
            set(expected[code].names),
            expected[code].related,
        )

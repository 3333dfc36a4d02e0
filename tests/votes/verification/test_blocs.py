"""Findings: memberships of blocs against seats in the Assembly."""

import pytest

from tests.factories import day, make_bloc, make_membership, make_seat, make_state
from votes.models import Bloc, BlocMembership
from votes.verification.blocs import memberships, names


def found(bloc: Bloc) -> list[tuple[str, str]]:
    """Return what is wrong with the memberships of ``bloc``, and the day of the seat that shows it."""
    return [(row.details["problem"], row.details["seat"]) for row in memberships() if row.bloc_id == bloc.pk]


def test_reference_data_have_no_findings(record: None):
    assert list(memberships()) == []
    assert list(names()) == []


@pytest.mark.parametrize(
    ("kind", "since", "until", "problem"),
    [
        # Its seats: from 1955 to 1965, and from 1966 to 1990.
        ("union", "1949-01-01", "1990-01-01", None),
        ("union", "1949-01-01", "1955-01-02", None),
        ("union", "1949-01-01", "1955-01-01", ("never", "")),
        ("union", "1965-03-01", "1965-06-01", ("never", "")),
        ("union", "1991-01-01", None, ("never", "")),
        ("union", "1989-01-01", None, ("after", "1990-01-01")),
        ("union", "1989-01-01", "1990-01-02", ("after", "1990-01-01")),
        ("union", "1960-01-01", "1970-01-01", None),
        ("regional-group", "1955-01-01", "1990-01-01", None),
        ("regional-group", "1954-12-31", "1990-01-01", ("before", "1955-01-01")),
    ],
)
def test_a_membership_needs_a_seat_at_some_time(
    db: None, kind: str, since: str, until: str | None, problem: tuple[str, str] | None
):
    state = make_state("QQA")
    make_seat(state=state, since="1955-01-01", until=day("1965-01-01"))
    make_seat(state=state, since="1966-01-01", until=day("1990-01-01"))
    bloc = make_bloc(kind=kind)
    make_membership(bloc=bloc, state=state, since=since, until=until)

    assert found(bloc) == ([problem] if problem else [])


def test_membership_of_a_state_that_never_had_a_seat_is_a_finding(db: None):
    bloc = make_bloc("a-bloc", short_name="The Bloc", members=(make_state("QQA", name="Ruritania"),))

    [row] = [row for row in memberships() if row.bloc_id == bloc.pk]

    assert (row.kind, row.key) == ("bloc-dates", "bloc-dates:a-bloc:QQA:1946-01-01")
    assert row.details == {
        "problem": "never",
        "state": "Ruritania",
        "bloc": "The Bloc",
        "since": "1946-01-01",
        "until": "",
        "seat": "",
    }


@pytest.mark.parametrize(
    ("since_precision", "until_precision", "problem"),
    [("day", "day", "before"), ("month", "day", None), ("year", "year", None)],
)
def test_month_only_date_is_read_as_the_day_that_fits(
    db: None, since_precision: str, until_precision: str, problem: str | None
):
    state = make_state("QQA")
    make_seat(state=state, since="1960-01-20", until=day("1990-06-15"))
    bloc = make_bloc(kind="regional-group")
    BlocMembership.objects.create(
        bloc=bloc, state=state, since=day("1960-01-01"), until=day("1990-01-01"),
        since_precision=since_precision, until_precision=until_precision,
    )  # fmt: skip

    assert [what for what, _seat in found(bloc)] == ([problem] if problem else [])


@pytest.mark.parametrize("status", ["observer", "suspended"])
def test_only_full_memberships_need_a_seat(db: None, status: str):
    bloc = make_bloc(kind="regional-group")
    make_membership(bloc=bloc, state=make_state("QQA"), status=status)

    assert found(bloc) == []


def test_bloc_slug_that_is_a_state_code_is_a_finding(db: None):
    make_state("QQA")
    bloc = make_bloc("qqa", short_name="The Bloc")

    [row] = names()

    assert (row.kind, row.key, row.bloc_id) == ("bloc-dates", "bloc-dates:qqa", bloc.pk)
    assert row.details == {"problem": "code", "bloc": "The Bloc", "slug": "qqa", "state": "QQA"}

"""Pages agree on whether the representation of China's seat changed in a period."""

from __future__ import annotations

import datetime

import pytest

from tests.web.records import Maker, get, one, text

pytestmark = pytest.mark.usefixtures("record")

NUMBER = 20
"""As many roll calls in common as the state's page takes for a partner."""

PAGES = (
    "/compare/roll-calls/?a={first:%Y-%m-%d}-0&b={last:%Y-%m-%d}-0",
    "/compare/states/?state=CHN&state=FRA&kind=motion",
    "/agreement/?state=CHN&state=FRA&kind=motion&since=1971-01-01",
    "/states/CHN/?kind=motion",
)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("first", "last", "spans"),
    [
        # Resolution 2758 (XXVI) was put to the vote on 25 October 1971, as the last vote before the change.
        ((1971, 10, 1), (1971, 10, 25), False),
        ((1971, 10, 25), (1971, 10, 26), True),
        ((1971, 10, 1), (1971, 11, 9), True),
        ((1971, 10, 26), (1971, 11, 9), False),
    ],
)
def test_pages_agree_on_whether_chinas_seat_changed(
    maker: Maker, page: str, first: tuple[int, ...], last: tuple[int, ...], spans: bool
):
    days = {"first": datetime.date(*first), "last": datetime.date(*last)}
    for day in days.values():
        for number in range(NUMBER):
            maker.roll_call(f"{day}-{number}", "CHN:Y FRA:Y BRA:N", date=day, kind="motion")

    shown = text(one(get(page.format(**days)), "main"))

    assert ("representation of China’s seat changed" in shown) is spans

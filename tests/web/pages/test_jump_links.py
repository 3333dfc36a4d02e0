"""Links to the parts of a page lead to parts that are there."""

import pytest

from tests.web.records import get

pytestmark = pytest.mark.usefixtures("record")


@pytest.mark.parametrize(
    ("address", "least"),
    [
        ("/resolutions/A/RES/ES-11/7", 6),
        ("/roll-calls/a-res-es-11-7/", 6),
        ("/resolutions/S/2022/155", 5),
        ("/vetoes/", 3),
        ("/compare/roll-calls/?a=a-res-es-11-1&b=a-res-es-11-7", 4),
    ],
)
def test_every_link_within_a_page_has_its_target(address: str, least: int):
    page = get(address)
    targets = {str(link["href"])[1:] for link in page.select("main a[href^='#']")}

    assert {target for target in targets if not page.find(id=target)} == set()
    assert len(targets) >= least

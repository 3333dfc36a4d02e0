"""What tests of pages start from: the landmark votes, and a maker of more."""

import pytest

from resolutions.models import Body, Resolution, Session, Topic
from tests.web.pages import Maker, Twin
from votes import reading
from votes.models import Source


@pytest.fixture
def maker(record: None) -> Maker:
    """Return a maker of records of the Assembly's seventy-ninth session."""
    assembly = Body.objects.get(code="GA")
    return Maker(
        assembly=assembly,
        council=Body.objects.get(code="SC"),
        session=Session.objects.get(body=assembly, code="79"),
        source=Source.objects.get(slug="editor"),
        topic=Topic.objects.get(slug="decolonization"),
    )


@pytest.fixture
def twin(record: None) -> Twin:
    """Return the slow twin of the landmark votes."""
    return Twin.read()


@pytest.fixture
def loaded_once(record: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Load the record once for all requests of a test that changes nothing, instead of for each of them."""
    loaded = reading.load()
    monkeypatch.setattr(reading, "load", lambda: loaded)


SUBJECTS = {
    "A/RES/ES-11/8": ["UKRAINE--POLITICAL CONDITIONS"],
    "A/RES/ES-11/7": ["UKRAINE--POLITICAL CONDITIONS"],
    "A/RES/ES-11/1": ["UKRAINE--POLITICAL CONDITIONS"],
    "A/RES/75/192": ["HUMAN RIGHTS--REPORTS"],
    "A/RES/74/7": ["CUBA--UNITED STATES"],
    "A/RES/73/195": ["UN CONFERENCES", "MILLENNIUM SUMMIT (2000 : NEW YORK)"],
    "A/RES/ES-10/19": ["TERRITORIES OCCUPIED BY ISRAEL--SETTLEMENT POLICY"],
    "A/RES/71/258": ["NUCLEAR DISARMAMENT NEGOTIATIONS"],
    "A/RES/71/248": ["ARMED CONFLICTS PREVENTION"],
    "A/RES/71/187": ["HUMAN RIGHTS ADVANCEMENT"],
    "A/RES/68/262": ["ARMED CONFLICTS PREVENTION--MEDIATION"],
    "A/RES/67/19": ["PALESTINE QUESTION"],
    "A/RES/61/295": ["UN. HUMAN RIGHTS COUNCIL--REPORTS"],
    "A/RES/60/251": ["UN CONFERENCES", "MILLENNIUM SUMMIT (2000 : NEW YORK)"],
    "A/RES/46/86": ["RACIAL DISCRIMINATION"],
    "A/RES/42/18": ["NICARAGUA--UNITED STATES"],
    "A/RES/41/38": ["LIBYAN ARAB JAMAHIRIYA--UNITED STATES"],
}
"""The headings of the landmark texts in the UN Digital Library's file of 1946 to 2025."""


@pytest.fixture
def subjects(record: None) -> dict[str, list[str]]:
    """Give the landmark texts their subjects; return these by symbol."""
    for text in Resolution.objects.filter(symbol__in=SUBJECTS):
        text.subjects = SUBJECTS[text.symbol]
        text.save()
    return SUBJECTS

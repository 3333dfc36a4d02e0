"""What tests of pages start from: the landmark votes, and a maker of more."""

import pytest

from resolutions.models import Body, Session, Topic
from tests.web.records import SUBJECTS, Maker, Twin, give_subjects
from votes.models import Source
from votes.record import record as record_module


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
    loaded = record_module.load()
    monkeypatch.setattr(record_module, "load", lambda: loaded)


@pytest.fixture
def subjects(record: None) -> dict[str, list[str]]:
    """Give the landmark texts their subjects; return these by symbol."""
    give_subjects()
    return SUBJECTS

"""What tests of pages start from: the landmark votes, and a maker of more."""

from collections.abc import Iterator

import pytest

from resolutions.models import Body, Session, Topic
from tests.web.records import SUBJECTS, Maker, Twin, give_subjects, loading_once
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
def loaded_once(record: None) -> Iterator[None]:
    """Load the record once for all requests of a test, which writes nothing after this."""
    with loading_once():
        yield


@pytest.fixture
def subjects(record: None) -> dict[str, list[str]]:
    """Give the landmark texts their subjects; return these by symbol."""
    give_subjects()
    return SUBJECTS

"""One site for all tests of the stack, whole again after each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stack.topology import Site, whole_site
from tests.stack.visitors import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/stack/" in item.path.as_posix():
            item.add_marker(pytest.mark.stack)


@pytest.fixture(scope="session")
def running() -> Iterator[Site]:
    settings = {"REPLICA_MAX_LAG": "3", "LOG_LEVEL": "info", "LOG_ADDRESSES": "1"}
    settings |= {"API_REQUESTS_A_MINUTE": "0", "SELECTIONS_A_MINUTE": "0", "RELEASE": "this-one"}
    with whole_site(**settings) as site:
        yield site


@pytest.fixture
def site(running: Site) -> Iterator[Site]:
    """Give the test the site, and see that the next one finds it whole and reading from the replica."""
    running.settle()
    yield running
    for server in running.topology.servers:
        server.resume()


@pytest.fixture
def reader(site: Site) -> Iterator[Visitor]:
    with Visitor.of(site) as visitor:
        yield visitor


@pytest.fixture
def editor(site: Site) -> Iterator[Visitor]:
    with Visitor.of(site) as visitor:
        visitor.log_in()
        yield visitor

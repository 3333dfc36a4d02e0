"""Every API response matches the schema, for valid and invalid requests."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("subjects", "loaded_once")

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]

few = settings(
    max_examples=12,
    phases=[Phase.generate],
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@functools.cache
def described() -> list[Any]:
    """Return what may be asked, as the site describes it, with the site to ask; read once a process."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    return [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]


@pytest.fixture
def operations() -> Iterator[list[Any]]:
    """Return what may be asked, with requests that keep the connection of the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:  # as the test client does
        signal.disconnect(close_old_connections)
    yield described()
    for signal in signals:
        signal.connect(close_old_connections)


def test_examples_of_the_schema_give_results(operations: list[Any]) -> None:
    """Each parameter with its example, or each of its words, alone: all are answered as described, none refused."""
    asked = 0
    for operation in operations:
        path = {p.name: next(iter(p.definition["examples"].values()))["value"] for p in operation.path_parameters}
        queries: list[dict[str, Any]] = [{}]
        for parameter in operation.query:
            said = parameter.definition
            values = [example["value"] for example in said.get("examples", {}).values()]
            of = said["schema"]
            values += of.get("enum", []) or [[word] for word in of.get("items", {}).get("enum", [])]
            queries += [{parameter.name: value} for value in values]
        for query in queries:
            answer = operation.Case(path_parameters=path, query=query).call_and_validate(checks=CHECKS[:-1])
            assert answer.status_code == 200, (operation.label, query, answer.content)
            asked += 1
    assert asked > 150


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_response_matches_the_schema(operations: list[Any], mode: GenerationMode) -> None:
    """Values as the description allows them, which mostly name nothing, and values that it does not allow."""
    for operation in operations:

        @few
        @given(case=operation.as_strategy(generation_mode=mode))
        def answers_as_described(case: Case[Any]) -> None:
            case.call_and_validate(checks=CHECKS)

        answers_as_described()

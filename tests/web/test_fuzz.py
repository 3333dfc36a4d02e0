"""A sample of the requests that ``make fuzz`` makes of the whole record."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.web.fuzzing import Asked, ask, requests

pytestmark = pytest.mark.usefixtures("record")


@seed(7_1946)
@settings(
    max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(asked=requests())
def test_random_requests_cause_no_error(asked: Asked):
    with transaction.atomic():
        ask(Client(), asked)

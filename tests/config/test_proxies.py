"""The client address behind trusted proxies."""

import pytest
from django.test import RequestFactory

from config.proxies import client_address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "192.0.2.1"),
        (0, "198.51.100.7", "192.0.2.1"),  # anybody can send the header
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),  # what stands before is made up
        (2, "203.0.113.9, 198.51.100.7", "203.0.113.9"),
        (2, "10.0.0.1,203.0.113.9 ,198.51.100.7", "203.0.113.9"),
        (1, "2001:DB8::0:1", "2001:db8::1"),  # one address, one spelling
        (1, None, None),  # past the proxy: nothing is believed
        (1, "unknown", None),
        (2, "198.51.100.7", "192.0.2.1"),  # fewer than there are proxies: it did not come through them
    ],
)
def test_only_trusted_proxies_set_the_client_address(settings, proxies: int, forwarded: str | None, address: str):
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="192.0.2.1")
    assert client_address(request) == address


def test_unix_socket_has_no_client_address(settings):
    settings.TRUSTED_PROXIES = 0
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="")) is None

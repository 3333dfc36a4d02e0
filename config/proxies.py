"""The client's IP address, behind the proxies that this installation trusts."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the address that login failures are counted by; None where there is none, as on a socket file.

    X-Forwarded-For is believed only as far as our own proxies wrote it: each of the TRUSTED_PROXIES adds one address
    at the end, and whatever stands before those anybody may have made up.
    """
    address: str = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")
        if len(forwarded) >= settings.TRUSTED_PROXIES:
            address = forwarded[-settings.TRUSTED_PROXIES].strip()
    try:
        return str(ip_address(address))
    except ValueError:
        return None

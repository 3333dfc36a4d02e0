"""Security headers on every response."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from django.conf import settings as project
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from tests.web.addresses import every_address
from web.serving.headers import PERMISSIONS, POWERS, with_headers
from web.serving.limits import is_file

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

OWN = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
EMBEDDED = OWN.replace("frame-ancestors 'none'", "frame-ancestors *")
DOCUMENTED = OWN.replace("img-src 'self'", "img-src 'self' data:")
"""Swagger UI carries its own small pictures."""

EVERY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}


def said(response: HttpResponseBase) -> dict[str, str | None]:
    """Return all that an answer says for a browser's safety."""
    names = (*EVERY, "Content-Security-Policy", "X-Frame-Options", "Cross-Origin-Resource-Policy")
    values = {name: response.headers.get(name) for name in names}
    return {**values, "Content-Security-Policy": in_order(values["Content-Security-Policy"])}


def in_order(policy: str | None) -> str | None:
    """Return a policy with its parts in the order of the alphabet."""
    return policy and "; ".join(sorted(policy.split("; ")))


def page(policy: str = OWN, *, framed: bool = False, is_open: bool = False) -> dict[str, str | None]:
    """Return what a page has to say."""
    return {
        **EVERY,
        "Content-Security-Policy": in_order(policy),
        "X-Frame-Options": None if framed else "DENY",
        "Cross-Origin-Resource-Policy": "cross-origin" if framed or is_open else "same-origin",
    }


@pytest.mark.usefixtures("record")
def test_every_public_address_has_the_security_headers():
    client = Client()
    seen: dict[str, int] = {}
    for address in [*every_address(), "/nowhere/", "/resolutions/nowhere", "/resolutions.csv?nothing=1"]:
        response = client.get(address)
        framed = address.endswith("/embed/")
        policy = EMBEDDED if framed else DOCUMENTED if address == "/api/v1/docs/" else OWN
        open_to_others = "Access-Control-Allow-Origin" in response.headers or is_picture(response)
        assert said(response) == page(policy, framed=framed, is_open=open_to_others), address
        # Files and answers to programs may be read from any page; pages may not.
        kind = response.headers["Content-Type"].partition(";")[0]
        if kind == "text/html":
            assert open_to_others is False, address
        elif is_file(response.wsgi_request) and "sitemap" not in address and kind != "text/plain":
            assert open_to_others is True, address
        assert response.cookies == {}
        seen[address] = response.status_code
        if response.streaming:
            b"".join(response)
    assert set(seen.values()) <= {200, 302, 400, 404, 503}
    assert len(seen) > 90


def is_picture(response: HttpResponseBase) -> bool:
    return response.headers["Content-Type"].startswith("image/")


@pytest.mark.usefixtures("record")
def test_admin_static_files_and_health_checks_have_the_security_headers(client: Client):
    client.force_login(User.objects.create_superuser("admin"))
    for address in ("/admin/", "/admin/nowhere/", "/admin/password_reset/", "/admin/codes/"):
        assert said(client.get(address)) == page(), address
    nothing = page("default-src 'none'; frame-ancestors 'none'")
    for address in ("/healthz", "/readyz"):
        assert said(Client().get(address)) == nothing, address
    # Refused before anything else looks at it: a page without words of ours.
    assert said(Client().get("/", headers={"Host": "elsewhere.example"}))["X-Content-Type-Options"] == "nosniff"
    forged = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x"})
    assert (forged.status_code, said(forged)) == (403, page())


@pytest.mark.django_db(transaction=True)
def test_cached_response_has_the_headers_and_a_304_no_policy():
    first = Client().get("/privacy/")
    again = Client().get("/privacy/", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    kept = Client().get("/privacy/")
    assert kept.headers["Cache-Status"] == "Plenary; hit"
    assert said(first) == said(kept) == page()
    # A browser keeps the policy of the page that it has; one of a 304 would replace it.
    assert said(again) == {**dict.fromkeys(page()), **EVERY}


def test_hsts_is_sent_only_over_https(settings):
    settings.SECURE_HSTS_SECONDS = 3600
    settings.SECURE_HSTS_PRELOAD = settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    answer = with_headers(lambda request: Client().get("/healthz"))
    over = {secure: answer(RequestFactory().get("/", secure=secure)).headers for secure in (True, False)}
    assert over[True]["Strict-Transport-Security"] == "max-age=3600; includeSubDomains; preload"
    assert "Strict-Transport-Security" not in over[False]


def test_permissions_policy_denies_each_feature_once():
    assert re.findall(r"([a-z-]+)=\(\)", PERMISSIONS) == list(POWERS)
    assert sorted(set(POWERS)) == list(POWERS)


@pytest.mark.usefixtures("record")
def test_htmx_evaluates_no_script_and_inserts_no_style():
    (said_to_htmx,) = BeautifulSoup(Client().get("/resolutions/").content, "html.parser").select(
        "meta[name=htmx-config]"
    )
    config = json.loads(str(said_to_htmx["content"]))
    assert (config["allowEval"], config["includeIndicatorStyles"]) == (False, False)
    assert "selfRequestsOnly" not in config  # true by itself in htmx 2
    written = re.compile(r"hx-on|hx-vals='js|hx-vals=.js:|\sstyle=|<style")
    templates = (project.BASE_DIR / "templates").rglob("*.html")
    # Only the card's frame, which is for other sites to copy and never part of a page of ours, has a style.
    assert [path.name for path in templates if written.search(path.read_text())] == ["iframe.html"]

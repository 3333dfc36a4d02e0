"""Embedding of votes: the HTML snippet, and oEmbed 1.0 responses of type ``rich``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse

from resolutions.models import Resolution
from votes.models import RetiredAddress, RollCall
from web.discovery.metadata import CARD, SITE

if TYPE_CHECKING:
    from django.http import QueryDict

WIDTH = 600
"""Default width of a card in pixels; readable from 300."""

COUNCIL = 15
"""Size of the largest body whose squares are drawn in two rows."""


def height_of(roll_call: RollCall, width: int) -> int:
    """Return the height of a card in pixels for a width, with the maximum of three title lines."""
    counted = roll_call.counted
    if counted is None:
        return 260
    narrow = width < 480
    if counted.members <= COUNCIL:
        return 430 if narrow else 390
    return 480 if narrow else 500


def snippet(roll_call: RollCall, address: str, width: int = WIDTH, height: int | None = None) -> str:
    """Return the HTML snippet that embeds the card at ``address``."""
    context = {
        "address": address,
        "title": named(roll_call),
        "width": width,
        "height": height or height_of(roll_call, width),
    }
    return render_to_string("embed/iframe.html", context)


def named(roll_call: RollCall) -> str:
    """Return a vote's symbol and title."""
    symbol = f"{roll_call.resolution.symbol}: " if roll_call.resolution else ""
    return f"{symbol}{roll_call.heading}"


def roll_call_at(url: str, host: str) -> RollCall | None:
    """Return the published vote whose page (or whose text's page) is at ``url`` on this ``host``, otherwise None."""
    try:
        parts = urlsplit(url)
        at = resolve(unquote(parts.path))
    except (ValueError, Resolver404):
        return None
    if parts.scheme not in ("http", "https") or parts.netloc != host or at.app_name != "web":
        return None
    roll_calls = RollCall.objects.published().select_related("resolution", "tally", "body").order_by()
    if at.url_name in ("roll_call", "roll_call_embed"):
        slug = at.kwargs["slug"].lower()
        # A merged vote is embedded as the one that its address redirects to.
        merged = RetiredAddress.objects.shown().filter(slug=slug, kind=RetiredAddress.Kind.MERGED).first()
        return roll_calls.filter(slug=merged.leads_to if merged else slug).first()
    if at.url_name == "resolution":
        texts = list(Resolution.objects.published().order_by().with_symbol(at.kwargs["symbol"])[:2])
        return roll_calls.decisive().filter(resolution=texts[0]).first() if len(texts) == 1 else None
    return None


def sizes(parameters: QueryDict) -> tuple[int | None, int | None, dict[str, list[str]]]:
    """Return the requested maximum width and height, and errors by parameter."""
    values: list[int | None] = []
    errors = {}
    for name in ("maxwidth", "maxheight"):
        text = parameters.get(name) or ""
        is_number = text.isascii() and text.isdigit() and 0 < len(text) <= 6 and int(text) > 0
        values.append(int(text) if is_number else None)
        if text and not is_number:
            errors[name] = [text]
    return values[0], values[1], errors


def described(roll_call: RollCall, origin: str, maxwidth: int | None, maxheight: int | None) -> dict[str, Any]:
    """Return the oEmbed response of a vote, within the requested size."""
    width = min(WIDTH, maxwidth or WIDTH)
    height = height_of(roll_call, width)
    height = min(height, maxheight or height)
    own = reverse("web:roll_call_embed", args=[roll_call.slug])
    return {
        "version": "1.0",
        "type": "rich",
        "title": named(roll_call),
        "provider_name": SITE,
        "provider_url": f"{origin}/",
        "html": snippet(roll_call, origin + own, width, height),
        "width": width,
        "height": height,
        "thumbnail_url": origin + reverse("web:roll_call_card", args=[roll_call.slug]),
        "thumbnail_width": CARD[0],
        "thumbnail_height": CARD[1],
    }

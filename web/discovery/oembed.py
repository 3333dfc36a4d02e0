"""A vote for other sites: the snippet that puts it into a page, and what an oEmbed address leads to.

The format is that of oembed.com, version 1.0, of type ``rich``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse

from resolutions.models import Resolution
from votes.models import RollCall
from web.discovery.metadata import CARD, SITE

if TYPE_CHECKING:
    from django.http import QueryDict

WIDTH = 600
"""How wide a card is, in pixels, unless less is asked for; it is made to be read from 300 on."""

COUNCIL = 15
"""How many members the larger of the bodies whose squares stand in two rows has."""


def height_of(roll_call: RollCall, width: int) -> int:
    """Return how high a vote's card of a width is in pixels with a title of three lines, the longest it shows."""
    counted = roll_call.counted
    if counted is None:
        return 260
    narrow = width < 480
    if counted.members <= COUNCIL:
        return 430 if narrow else 390
    return 480 if narrow else 500


def snippet(roll_call: RollCall, address: str, width: int = WIDTH, height: int | None = None) -> str:
    """Return the HTML that puts the card at ``address`` into a page."""
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
    """Return the published vote whose page, or whose text's, is at ``url`` on this ``host``; None for any other."""
    try:
        parts = urlsplit(url)
        at = resolve(unquote(parts.path))
    except (ValueError, Resolver404):
        return None
    if parts.scheme not in ("http", "https") or parts.netloc != host or at.app_name != "web":
        return None
    found = RollCall.objects.published().select_related("resolution", "tally", "body").order_by()
    if at.url_name in ("roll_call", "roll_call_embed"):
        return found.filter(slug=at.kwargs["slug"].lower()).first()
    if at.url_name == "resolution":
        texts = list(Resolution.objects.published().order_by().with_symbol(at.kwargs["symbol"])[:2])
        return found.decisive().filter(resolution=texts[0]).first() if len(texts) == 1 else None
    return None


def sizes(parameters: QueryDict) -> tuple[int | None, int | None, dict[str, list[str]]]:
    """Return the greatest width and height that are asked for, and by parameter what is wrong with them."""
    found: list[int | None] = []
    errors = {}
    for name in ("maxwidth", "maxheight"):
        text = parameters.get(name) or ""
        is_number = text.isascii() and text.isdigit() and 0 < len(text) <= 6 and int(text) > 0
        found.append(int(text) if is_number else None)
        if text and not is_number:
            errors[name] = [text]
    return found[0], found[1], errors


def described(roll_call: RollCall, origin: str, maxwidth: int | None, maxheight: int | None) -> dict[str, Any]:
    """Return what oEmbed says of a vote, no larger than asked for."""
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

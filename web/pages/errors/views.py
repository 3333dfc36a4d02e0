"""The 404 page."""

from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from resolutions.models import Resolution
from resolutions.symbols import loose
from resolutions.text import fold
from votes.models import Bloc, MemberState, RollCall
from web.lists.not_found import NotInRecordError

PREFIXES = ("resolutions", "roll-calls", "states", "blocs", "subjects", "search")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show 404 with suggestions: texts, states and blocs that match words of the address."""
    parts = [part for part in unquote(request.path).split("/") if part]
    meant = "/".join(parts[1:] if parts and parts[0] in PREFIXES else parts)[:200]
    reason = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    missing = exception if isinstance(exception, NotInRecordError) else None
    context = {"meant": meant, "reason": reason, "missing": missing, **_suggestions(meant)}
    return render(request, "404.html", context, status=404)


def _suggestions(meant: str) -> dict[str, object]:
    """Return records that match the words and numbers of ``meant``."""
    words = loose(meant).strip("-").split("-")
    if words == [""]:
        return dict.fromkeys(("resolutions", "states", "blocs"), ())
    published = Resolution.objects.published()
    near = published.near_symbol(meant)
    if not near.exists():
        near = published.near_symbol(" ".join(words[-2:]))
    if not near.exists():
        texts = RollCall.objects.published().decisive().search(" ".join(words))
        near = published.filter(pk__in=texts.values("resolution"))
    return {
        "resolutions": near.order_by("-symbol_sort")[:10],
        "states": MemberState.objects.filter(sort_name__contains=fold(" ".join(words)))[:5],
        "blocs": [bloc for bloc in Bloc.objects.all() if any(loose(meant) in loose(name) for name in _names(bloc))][:5],
    }


def _names(bloc: Bloc) -> tuple[str, str, str]:
    """Return all names of a bloc."""
    return bloc.slug, bloc.short_name, bloc.name

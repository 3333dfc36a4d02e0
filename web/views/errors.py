"""Pages for addresses that lead nowhere."""

from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from resolutions.models import Resolution
from resolutions.symbols import loose
from votes.models import Bloc, MemberState, RollCall

PREFIXES = ("resolutions", "roll-calls", "states", "blocs", "search")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show what the address may have meant: resolutions, states and blocs with its words."""
    parts = [part for part in unquote(request.path).split("/") if part]
    meant = "/".join(parts[1:] if parts and parts[0] in PREFIXES else parts)[:200]
    reason = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    context = {"meant": meant, "reason": reason, **_suggestions(meant)}
    return render(request, "404.html", context, status=404)


def _suggestions(meant: str) -> dict[str, object]:
    """Return records that have the words and numbers of ``meant``."""
    words = loose(meant).strip("-").split("-")
    if words == [""]:
        return {}
    published = Resolution.objects.published()
    near = published.near_symbol(meant)
    if not near.exists():
        near = published.near_symbol(" ".join(words[-2:]))
    if not near.exists():
        texts = RollCall.objects.published().decisive().search(" ".join(words))
        near = published.filter(pk__in=texts.values("resolution"))
    return {
        "resolutions": near.order_by("-symbol_sort")[:10],
        "states": MemberState.objects.filter(sort_name__icontains=" ".join(words).lower())[:5],
        "blocs": Bloc.objects.filter(slug__icontains="-".join(words).lower())[:5],
    }

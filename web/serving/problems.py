"""What is wrong with a request, for programs: problem details as RFC 9457 has them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import JsonResponse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from web.lists.listing import Listing

# Files and answers to programs are the same for everybody and ask for no cookie, so any site's page may read them.
OPEN = {"Access-Control-Allow-Origin": "*"}


def problem(
    status: HTTPStatus, detail: str, *, errors: Mapping[str, Sequence[str]] | None = None, **headers: str
) -> JsonResponse:
    """Return the answer to a request that cannot be met: ``detail`` says why, ``errors`` by parameter what is wrong.

    ``headers`` are written with underscores for hyphens.
    """
    said = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    answer = JsonResponse(
        {**said, "errors": errors} if errors else said,
        status=status,
        content_type="application/problem+json",
        headers=OPEN,
        json_dumps_params={"ensure_ascii": False},
    )
    for name, value in headers.items():
        answer[name.replace("_", "-")] = value
    return answer


def errors_of(listing: Listing) -> dict[str, list[str]]:
    """Return by parameter what is wrong with the query of a listing that is not read page by page."""
    errors = {name: [str(error) for error in said] for name, said in listing.form.errors.items()}
    for asked in listing.ignored:
        errors.setdefault(asked.partition("=")[0], []).append(unknown(asked))
    if listing.parameters.get("page"):
        errors["page"] = [_("All pages come at once; leave “page” out.")]
    return errors


def unknown(asked: str) -> str:
    """Return what is wrong with a parameter, or with a ``parameter=value``, that asks in vain."""
    name, _equals, value = asked.partition("=")
    if not value:
        return _("There is no parameter “%(name)s” here.") % {"name": name}
    return _("“%(asked)s” cannot be applied: the parameter stands more than once, or only a form knows it.") % {
        "asked": asked
    }

"""The form with which a reader reports an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resolutions.models import Resolution
from votes.models import ErrorReport, RollCall

if TYPE_CHECKING:
    from django.http import HttpRequest

PRIVATE = ("/admin/", "/static/")


class ReportForm(forms.Form):
    """What is wrong on a page, what is right, and the document that shows it."""

    page = forms.CharField(
        label=gettext_lazy("Page with the error"),
        max_length=ErrorReport.PAGE,
        help_text=gettext_lazy("Its address on this site, such as /resolutions/A/RES/ES-11/7."),
        error_messages={"required": gettext_lazy("Enter the address of the page with the error.")},
    )
    wrong = forms.CharField(
        label=gettext_lazy("What is wrong?"),
        max_length=ErrorReport.TEXT,
        help_text=gettext_lazy("For example: “France is listed as abstaining.”"),
        error_messages={"required": gettext_lazy("Describe the error.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    right = forms.CharField(
        label=gettext_lazy("What is right?"),
        max_length=ErrorReport.TEXT,
        help_text=gettext_lazy("For example: “France voted in favour.”"),
        error_messages={"required": gettext_lazy("Say what the record should show.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    document = forms.CharField(
        label=gettext_lazy("Which document shows it?"),
        max_length=ErrorReport.DOCUMENT,
        help_text=gettext_lazy(
            "The symbol of the verbatim record or press release, such as A/79/PV.54, or a web address. If you have "
            "none, write how you know."
        ),
        error_messages={"required": gettext_lazy("Name the document, or write how you know.")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address (optional)"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("Used only to answer you."),
        error_messages={
            "invalid": gettext_lazy("Enter a valid e-mail address, such as name@example.org, or leave this empty.")
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    website = forms.CharField(
        label=gettext_lazy("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    """A trap: readers do not see it, and robots that fill in every field do."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_page(self) -> str:
        """Return path and query of a page of this site, also where its whole address was pasted."""
        return page_in(self.cleaned_data["page"], self.request)

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(_("Clear this field. It is there to catch spam robots and must stay empty."))
        return ""


def page_in(address: str, request: HttpRequest) -> str:
    """Return path and query of the public page that ``address`` names; raises ValidationError if it names none."""
    unknown = ValidationError(
        _("There is no page “%(address)s” on this site. Copy the address of the page with the error."),
        params={"address": address},
    )
    try:
        parts = urlsplit(address.strip())
        if parts.netloc and parts.netloc.lower() != request.get_host().lower():
            raise unknown
        resolve(unquote(parts.path))
    except (ValueError, Resolver404):
        raise unknown from None
    if parts.path.startswith(PRIVATE):
        raise unknown
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def roll_call_on(page: str) -> RollCall | None:
    """Return the published vote that a page shows: its own page, a file or a picture of it, or that of its text."""
    match = resolve(unquote(urlsplit(page).path))
    published = RollCall.objects.published().select_related("resolution").order_by()
    if match.url_name == "resolution":
        texts = Resolution.objects.published().with_symbol(match.kwargs["symbol"].rstrip("/"))
        return published.filter(decisive=True, resolution__in=texts.order_by().values("pk")).first()
    if (match.url_name or "").startswith("roll_call") and "slug" in match.kwargs:
        return published.filter(slug=match.kwargs["slug"].lower()).first()
    return None

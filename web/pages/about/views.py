"""The pages About, Contact and Privacy."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from votes.models import RollCall, Source
from web.serving.parameters import reads


def about(request: HttpRequest) -> HttpResponse:
    """Show what the record is, its sources and its licences."""
    return render(request, "about/about.html", {"sources": Source.objects.named()})


@reads("about")
def contact(request: HttpRequest) -> HttpResponse:
    """Show how to write to the editors; ``?about=SLUG`` names the vote an error is reported on."""
    slug = request.GET.get("about", "").replace("\0", "")
    roll_call = RollCall.objects.published().select_related("resolution").filter(slug=slug).first()
    context = {"roll_call": roll_call, "email": settings.CONTACT_EMAIL, "unknown": slug if not roll_call else ""}
    return render(request, "about/contact.html", context)


def privacy(request: HttpRequest) -> HttpResponse:
    """Show the privacy policy: nothing is stored about readers."""
    return render(request, "about/privacy.html")

"""The pages About, Contact and Privacy."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from votes.models import RollCall, Source
from web.serving.parameters import reads


def about(request: HttpRequest) -> HttpResponse:
    """Show what the record is, its sources and its licences."""
    return render(request, "about/about.html", {"sources": Source.objects.named()})


@reads("about")
def contact(request: HttpRequest) -> HttpResponse:
    """Show how to reach the editors; ``?about=SLUG`` was the address at which an error in a vote was reported."""
    slug = request.GET.get("about", "").replace("\0", "")
    roll_call = RollCall.objects.published().select_related("resolution").filter(slug=slug).first()
    if roll_call:
        return redirect(f"{reverse('web:report')}?{urlencode({'page': roll_call.get_absolute_url()})}", permanent=True)
    return render(request, "about/contact.html", {"email": settings.CONTACT_EMAIL, "unknown": slug})


def privacy(request: HttpRequest) -> HttpResponse:
    """Show the privacy policy: nothing is stored about readers."""
    return render(request, "about/privacy.html")

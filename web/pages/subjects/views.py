"""The subject index, and the list of one subject's texts."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from votes.record.record import reading
from web.display.rendering import parties, render_page_or_part
from web.lists.filters import RollCallFilter, known_subject
from web.lists.listing import Listing
from web.lists.selection import SubjectSelection
from web.lists.subject_index import (
    by_letter,
    most_frequent,
    related,
    subject_entries,
    texts_with_subjects,
    topics_with_texts,
)
from web.lists.suggestions import Help
from web.serving.parameters import address, reads, tidy_address, unanswered

MOST = 12
"""Most frequent subjects shown above the index."""


@reads("q")
@tidy_address
def subjects(request: HttpRequest) -> HttpResponse:
    """List all subjects by name, or those that match ``?q=``."""
    words = request.GET.get("q", "")
    with reading() as record:
        entries = subject_entries(record, words)
        context = {
            "words": words,
            "number": len(entries),
            "total": len(record.texts_by_subject),
            "bodies": texts_with_subjects(record),
            "letters": by_letter(entries),
            "topics": () if words else topics_with_texts(record),
            "most": () if words else most_frequent(entries, MOST),
            "ignored": unanswered(request.GET, ("q",)),
        }
        return render(request, "subjects/index.html", context)


@reads(*(name for name in RollCallFilter.base_filters if name != "subject"), "page")
@tidy_address
def subject(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the texts of a subject; any spelling of its heading redirects to its slug."""
    with reading() as record:
        try:
            selected = record.subjects[known_subject(slug, record)]
        except ValueError as error:
            raise Http404(str(error)) from None
        own = reverse("web:subject", args=[selected.slug])
        if slug != selected.slug:
            return redirect(address(own, request.GET), permanent=True)
        selection = SubjectSelection(record, selected)
        about = record.register.on_subjects([selected.slug])
        listing = Listing(request.GET, record, among=record.register.decisive & about, selection=selection)
        context = {
            "subject": selected,
            "votes": int(about.sum()),
            "since": record.register.dates[about][-1].astype(object).replace(month=1, day=1),
            "related": related(record, selected.slug),
            "listing": listing,
            "help": Help(listing, "resolutions", own),
            "of": "resolutions",
            **parties(record),
        }
        return render_page_or_part(request, "subjects/subject.html", "lists/_results.html", context)

"""Form field and widget for the subject headings of a text, and the topics that the rules suggest for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resolutions.headings import heading_name, heading_slug
from resolutions.models import Resolution, Topic
from resolutions.topics import topics_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.safestring import SafeString

EMPTY_FIELDS = 3
"""How many empty fields there are for further headings."""
MAX_LENGTH = 300
"""How many letters a heading has at most."""


class SubjectsWidget(forms.Widget):
    """A field for each heading and a few empty ones, each of which suggests the headings on record."""

    template_name = "admin/resolutions/resolution/subjects.html"
    use_fieldset = True

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the fields with the list of headings that they share, from the project's templates."""
        attrs = attrs or {}
        context = {
            "name": name,
            "base_id": attrs.get("id", name),
            "help_id": attrs.get("aria-describedby"),
            "headings": [*filter(None, value or []), *[""] * EMPTY_FIELDS],
            "max_length": MAX_LENGTH,
            "suggestions": [(heading, heading_name(heading)) for heading in Resolution.objects.headings()],
        }
        return render_to_string(self.template_name, context)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Return what the fields have."""
        values: list[str] = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return values

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def id_for_label(self, id_: str) -> str:
        """Return nothing: each field has a label of its own."""
        return ""


class SubjectsField(forms.Field):
    """The subject headings of a text, as the UN Digital Library writes them, each once.

    One that is on record may be written in any way; a new one is written as the library does.
    """

    widget = SubjectsWidget

    def __init__(self) -> None:
        super().__init__(
            required=False,
            label=gettext_lazy("Subjects"),
            help_text=gettext_lazy(
                "Choose an existing heading, or enter a new one as the UN Digital Library writes it, such "
                "as CUBA--UNITED STATES. To remove a heading, clear its field. To add more than three, "
                "save and continue."
            ),
        )

    def clean(self, value: Any) -> list[str]:
        """Return the headings; raise ValidationError, with a message for each that cannot stand."""
        on_record = Resolution.objects.headings()
        by_slug = {heading_slug(heading): heading for heading in reversed(on_record)}
        headings: dict[str, str] = {}
        problems = []
        for text in nonempty(value):
            slug = heading_slug(text)
            try:
                heading = text if text in on_record else by_slug.get(slug) or new_heading(text)
            except ValidationError as problem:
                problems.append(problem)
                continue
            if slug in headings:
                problems.append(
                    ValidationError(_("“%(heading)s” is listed twice. Remove one of the two.") % {"heading": heading})
                )
            headings[slug] = heading
        if problems:
            raise ValidationError(problems)
        return [*headings.values()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether other headings are entered, or in another order."""
        return nonempty(data) != [*(initial or [])]


def nonempty(values: Iterable[str] | None) -> list[str]:
    """Return what fields have that are not empty, with single spaces."""
    return [text for text in (" ".join(value.split()) for value in values or ()) if text]


def new_heading(text: str) -> str:
    """Return a heading that is not on record; raise ValidationError where the library does not write any like it."""
    library = text.upper().replace("–", "--").replace("|", " ")
    if not heading_slug(text):
        raise ValidationError(_("“%(text)s” is not a heading: it has no letters.") % {"text": text})
    if text != library:
        message = _(
            "Unknown heading: “%(text)s”. To add it, write it as the UN Digital Library does, in capitals "
            "with “--” between its parts: %(library)s"
        )
        raise ValidationError(message % {"text": text, "library": library})
    return text


def suggested_topics(text: Resolution) -> list[Topic]:
    """Return the topics that the rules give a text by its subjects, agenda item and title, by name."""
    slugs = topics_of(subjects=text.subjects, agenda=text.agenda, title=text.title)
    return [*Topic.objects.filter(slug__in=slugs)]


def add_suggested_topics(text: Resolution) -> str:
    """Give a new text without topics those that the rules have for it; return what to tell the editor, if any."""
    if text.topics.exists() or not (topics := suggested_topics(text)):
        return ""
    text.topics.set(topics)
    message = _(
        "Topics chosen from the title, agenda item and subjects: %(topics)s. You can change them on the page "
        "of the text."
    )
    return message % {"topics": names_of(topics)}


def suggestion(text: Resolution) -> str:
    """Return which topics of the rules a text does not have, for its form; empty where it has them all."""
    chosen = {*text.topics.values_list("pk", flat=True)}
    others = [topic for topic in suggested_topics(text) if topic.pk not in chosen]
    message = _("Other topics that match the title, agenda item and subjects: %(topics)s.")
    return message % {"topics": names_of(others)} if others else ""


def names_of(topics: Iterable[Topic]) -> str:
    """Return the names of topics, some of which have commas."""
    return "; ".join(topic.name for topic in topics)

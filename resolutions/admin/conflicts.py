"""Three-way merge of the admin's forms: what the page showed, what was typed, and what is on record on saving.

A page carries the values it showed, in one hidden field. When it comes back, a field that was not touched follows the
record; one that both editors changed, to different values, is an error that shows the record's value beside what was
typed. The page is then shown with the record's present values, so that saving it again is a choice. The hidden field
only decides what counts as touched, never what an editor may do.
"""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.http import QueryDict
from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import format_html
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.utils.safestring import SafeString

# Django's own classes cannot be subscripted, which is how their types say of which model they are.
for generic in (forms.ModelForm, forms.BaseInlineFormSet):
    generic.__class_getitem__ = classmethod(lambda cls, _model: cls)  # type: ignore[union-attr]

Of = TypeVar("Of", bound=Model)
OfParent = TypeVar("OfParent", bound=Model)
OfForm = TypeVar("OfForm", bound="forms.ModelForm[Any]")

FIELD = "shown"
"""The hidden field with what the page showed: JSON of the time, and of values by prefix, primary key and field."""
LONGEST = 600
"""How many letters of a value a conflict shows."""
ENTRIES = 50
"""How many entries of the log are searched for who changed a field."""
MARGIN = datetime.timedelta(minutes=1)
"""How long before a page was shown a change may have been logged that it did not show yet."""


class MergingForm(forms.ModelForm[Of]):
    """A form of a record that keeps what others have changed since the page was shown."""

    parent: Model | None = None
    """The record on whose page this form is a row."""
    removed = False
    """Whether somebody else has deleted this row, which was changed here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflicts: dict[str, tuple[Any, Any]] = {}
        """What each field in conflict showed, and what is on record."""
        self.followed: dict[str, tuple[Any, Any]] = {}
        """The same of each field that follows the record."""
        if self.is_bound and self.instance.pk:
            prefix = self.prefix.rpartition("-")[0] if self.prefix else ""
            self._merge(shown_forms(self.data).get(prefix, {}).get(str(self.instance.pk), {}))

    def recorded(self) -> dict[str, Any]:
        """Return what is on record, as JSON has it, for each field that one can see."""
        return {
            name: _as_json(field, self.get_initial_for_field(field, name))
            for name, field in self.fields.items()
            if not field.widget.is_hidden
            and not field.disabled
            and name != DELETION_FIELD_NAME
            and not getattr(field, "merges_itself", False)
        }

    def _merge(self, shown: Mapping[str, Any]) -> None:
        """Have untouched fields follow the record, and note those that were changed here and there."""
        for name, now in self.recorded().items() if shown else ():
            before = shown.get(name, now)
            if before == now:
                continue
            field, html_name = self.fields[name], self.add_prefix(name)
            is_sent = not field.widget.value_omitted_from_data(self.data, self.files, html_name)
            if not is_sent or not _has_changed(field, before, self[name].data):
                self.followed[name] = before, now
                self.data = writable(self.data)
                send(self.data, html_name, now)
            elif _has_changed(field, now, self[name].data):
                self.conflicts[name] = before, now

    def full_clean(self) -> None:
        """Check the form; what both have changed is an error until it is sent again."""
        super().full_clean()
        if self.is_bound and (self.conflicts or self.removed):
            change = LastChange(self.data, self.parent, self.instance)
            for name, (before, now) in self.conflicts.items():
                field = self.fields[name]
                self.add_error(name, conflict(change.of(label_in_log(field, name)), field, before, now))
            if self.removed:
                gone = _(
                    "This row has been deleted. Your entry is kept below but has not been saved. Saving again adds it "
                    "as a new row."
                )
                self.add_error(None, f"{change.of('')} {gone}")

    def followed_changes(self) -> list[str]:
        """Return what others have changed in the fields that were not touched."""
        return _in_words(self, self.followed)


class MergingFormSet(forms.BaseInlineFormSet[Of, OfParent, OfForm]):
    """Rows on the page of a record that follow what others have added, changed and deleted."""

    if TYPE_CHECKING:  # what the types of Django leave out
        model: Any
        prefix: Any
        data: Any
        initial_forms: Any
        form: Any
        _should_delete_form: Any
        _non_form_errors: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.followed: list[str] = []
        """The rows that others have added or deleted."""
        self._removed: set[int] = set()
        if self.is_bound and self.instance.pk and self.management_form.is_valid():
            shown = shown_forms(self.data).get(self.prefix)
            if shown is not None:
                self._merge(shown)

    def _merge(self, shown: Mapping[str, Mapping[str, Any]]) -> None:
        """Leave out rows that others have deleted, and take in those they have added."""
        own = self.model._base_manager.filter(**{self.fk.name: self.instance})
        list(own.order_by("pk").select_for_update().values_list("pk"))
        on_record = {str(row.pk): row for row in self.get_queryset()}
        total = self.management_form.cleaned_data[TOTAL_FORM_COUNT] or 0
        sent = [self._sent_row(number) for number in range(total)]
        key = self.model._meta.pk.name
        keys = {row.get(key, [""])[0] for row in sent}
        added = [pk for pk in on_record if pk not in shown and pk not in keys]
        if not added and not keys & shown.keys() - on_record.keys():
            return
        old: list[dict[str, list[str]]] = []
        new: list[dict[str, list[str]]] = []
        for number, row in enumerate(sent):
            pk = row.get(key, [""])[0]
            if pk not in shown or pk in on_record:
                (old if pk else new).append(row)
            elif DELETION_FIELD_NAME in row or not self._is_touched(number, shown[pk]):
                self.followed.append(str(_("a deleted row")))
            else:
                self._removed.add(len(new))
                new.append({**row, key: [""]})
        for pk in added:
            self.followed.append(str(_("a new row: %(row)s") % {"row": on_record[pk]}))
            old.append(self._recorded_row(on_record[pk]))
        self._removed = {len(old) + number for number in self._removed}
        self._send([*old, *new], initial=len(old))

    def _sent_row(self, number: int) -> dict[str, list[str]]:
        """Return what was sent of a row, by field."""
        prefix = f"{self.add_prefix(number)}-"
        return {name.removeprefix(prefix): self.data.getlist(name) for name in self.data if name.startswith(prefix)}

    def _recorded_row(self, row: Model) -> dict[str, list[str]]:
        """Return what a browser would send of a row that is on record."""
        data = QueryDict(mutable=True)
        for name, value in self.form(instance=row, **self.get_form_kwargs(None)).recorded().items():
            send(data, name, value)
        send(data, self.model._meta.pk.name, row.pk)
        send(data, self.fk.name, self.instance.pk)
        return dict(data.lists())

    def _is_touched(self, number: int, shown: Mapping[str, Any]) -> bool:
        """Tell whether a row that is gone was changed on the page."""
        form = self.form(self.data, prefix=self.add_prefix(number), **self.get_form_kwargs(number))
        return any(
            _has_changed(form.fields[name], shown[name], form[name].data) for name in form.recorded() if name in shown
        )

    def _send(self, rows: list[dict[str, list[str]]], *, initial: int) -> None:
        """Put ``rows`` in the place of those that were sent; the first ``initial`` of them are on record."""
        data = writable(self.data)
        for name in list(data):
            if name.startswith(f"{self.prefix}-") and name.removeprefix(f"{self.prefix}-")[0].isdigit():
                del data[name]
        for number, row in enumerate(rows):
            for name, values in row.items():
                data.setlist(f"{self.add_prefix(number)}-{name}", values)
        data[f"{self.prefix}-{TOTAL_FORM_COUNT}"] = str(len(rows))
        data[f"{self.prefix}-{INITIAL_FORM_COUNT}"] = str(initial)
        self.data = data
        del self.management_form

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.parent = self.instance
        form.removed = i in self._removed
        return form

    def full_clean(self) -> None:
        """Check the rows; one that somebody else has changed is not deleted unseen."""
        super().full_clean()
        if not self.is_bound or not self.can_delete:
            return
        for form in self.initial_forms:
            changes = {**form.followed, **form.conflicts}
            if changes and self._should_delete_form(form):
                change = LastChange(self.data, self.instance, form.instance)
                name = next(iter(changes))
                facts = {
                    "who": change.of(label_in_log(form.fields[name], name)),
                    "row": form.instance,
                    "changes": "; ".join(_in_words(form, changes)),
                }
                message = (
                    _(
                        "You marked %(row)s for deletion, but it has changed: %(changes)s. %(who)s Save again to "
                        "delete it."
                    )
                    % facts
                )
                self._non_form_errors.append(message)

    def followed_changes(self) -> list[str]:
        """Return what others have changed in rows and fields that were not touched."""
        changes = [
            _("%(row)s, %(change)s") % {"row": form.instance, "change": change}
            for form in self.initial_forms
            for change in form.followed_changes()
        ]
        return [*self.followed, *changes]


class LastChange:
    """Who has changed a record since a page showed it, by the log of the admin."""

    def __init__(self, data: Mapping[str, Any], *records: Model | None, since: str = "") -> None:
        self.entries: list[LogEntry] = []
        at = _time(since or shown(data).get("at", ""))
        found = {(ContentType.objects.get_for_model(one).pk, str(one.pk)) for one in records if one and one.pk}
        if at and found:
            logged = LogEntry.objects.filter(
                content_type__in=[kind for kind, _pk in found],
                object_id__in=[pk for _kind, pk in found],
                action_time__gte=at - MARGIN,
            )
            entries = logged.select_related("user").order_by("-action_time")[:ENTRIES]
            self.entries = [entry for entry in entries if (entry.content_type_id, entry.object_id) in found]

    def of(self, label: str) -> str:
        """Return a sentence on who last changed the field that the log calls ``label``, and when."""
        named = [entry for entry in self.entries if label in _changed_fields(entry)]
        for entry in (named or self.entries)[:1]:
            when = formats.date_format(timezone.localtime(entry.action_time), "DATETIME_FORMAT")
            name = entry.user.get_full_name() or entry.user.get_username()
            return str(
                _("%(name)s changed this on %(when)s, after you opened this page.") % {"name": name, "when": when}
            )
        return str(_("This was changed after you opened this page, by an import or outside the admin."))


CONFLICT = "conflict"
"""The code of errors about what somebody else has changed."""


def conflict(who: str, field: forms.Field, before: Any, now: Any) -> ValidationError:
    """Return the error of a field that was changed to different values here and there."""
    return ValidationError(
        format_html(
            '<span class="conflict"><strong>{}</strong><span>{} {}</span><span>{} {}</span><span>{}</span></span>',
            who,
            _("When you opened the page:"),
            quoted(field, before),
            _("On record now:"),
            quoted(field, now),
            _("Your entry is kept below but has not been saved. Saving again replaces the value on record."),
        ),
        code=CONFLICT,
    )


def quoted(field: forms.Field, value: Any) -> SafeString:
    """Return a value as a conflict shows it."""
    words = Truncator(value_in_words(field, value)).chars(LONGEST)
    return format_html("<q>{}</q>", words) if words else format_html("<em>{}</em>", _("empty"))


def value_in_words(field: forms.Field, value: Any) -> str:
    """Return what an editor reads in a field that has ``value``, which is JSON."""
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return "; ".join(value_in_words(field, one) for one in value)
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        try:
            record = field.queryset.filter(**{field.to_field_name or "pk": value}).first()
        except (TypeError, ValueError):
            record = None
        return field.label_from_instance(record) if record else str(value)
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    if isinstance(field, forms.DateField) and (date := parse_date(str(value))):
        return formats.date_format(date)
    return str(value)


def page_values(main: Any, formsets: Iterable[Any]) -> str:
    """Return what a page shows, for its hidden field."""
    values: dict[str, Any] = {}
    if isinstance(main, MergingForm) and main.instance.pk:
        values[""] = {str(main.instance.pk): main.recorded()}
    for formset in formsets:
        if isinstance(formset, MergingFormSet):
            rows = [form for form in formset.initial_forms if form.instance.pk]
            values[str(formset.prefix)] = {str(form.instance.pk): form.recorded() for form in rows}
    return dump(values)


def dump(values: Mapping[str, Any]) -> str:
    """Return ``values`` for the hidden field, with the present time."""
    return json.dumps({"at": timezone.now(), "forms": values}, cls=DjangoJSONEncoder, ensure_ascii=False)


def shown(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page that sent ``data`` had shown; empty where it does not say."""
    try:
        values = json.loads(data.get(FIELD) or "{}")
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def shown_forms(data: Mapping[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the values that a page had shown, by prefix of the forms, primary key and field."""
    values = shown(data).get("forms")
    if not isinstance(values, dict):
        return {}
    return {
        prefix: {pk: row for pk, row in rows.items() if isinstance(row, dict)}
        for prefix, rows in values.items()
        if isinstance(rows, dict)
    }


def writable(data: Any) -> Any:
    """Return the data of a request as a copy that can be changed, or as they are where they are one."""
    return data if data._mutable else data.copy()


def send(data: Any, name: str, value: Any) -> None:
    """Make ``data`` what a browser sends where the field called ``name`` has ``value``, which is JSON."""
    if value is False or value == []:
        data.pop(name, None)
    elif isinstance(value, list):
        data.setlist(name, [str(one) for one in value])
    else:
        data[name] = "on" if value is True else "" if value is None else str(value)


def label_in_log(field: forms.Field, name: str) -> str:
    """Return what the log of the admin calls a field."""
    with override(None):
        return str(field.label or name)


def _as_json(field: forms.Field, value: Any) -> Any:
    """Return the value of a field as JSON has it."""
    value = field.prepare_value(value)
    if isinstance(field, forms.ModelMultipleChoiceField):
        value = sorted(value or [])
    elif value is None:
        value = "" if isinstance(field, forms.CharField) else None
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def _has_changed(field: forms.Field, before: Any, typed: Any) -> bool:
    """Tell whether a field with the JSON value ``before`` was sent with another one."""
    if isinstance(before, str) and isinstance(typed, str):
        # Browsers end lines in their own way.
        before, typed = ("\n".join(text.splitlines()) for text in (before, typed))
    try:
        if not isinstance(field, forms.ModelChoiceField) and not isinstance(before, list):
            before = field.to_python(before)
        return field.has_changed(before, typed)
    except (TypeError, ValueError, ValidationError):
        return True


def _in_words(form: forms.BaseForm, changes: Mapping[str, tuple[Any, Any]]) -> list[str]:
    """Return what others have changed: the label of each field, with what it was and what it is."""
    words = []
    for name, values in changes.items():
        field = form.fields[name]
        before, now = (Truncator(value_in_words(field, value)).chars(80) or _("empty") for value in values)
        facts = {"field": capfirst(str(field.label or name)), "before": before, "now": now}
        words.append(str(_("%(field)s: %(before)s → %(now)s") % facts))
    return words


def _changed_fields(entry: LogEntry) -> set[str]:
    """Return the labels of the fields that an entry of the log names; for votes, up to the colon."""
    try:
        parts = json.loads(entry.change_message or "[]")
    except ValueError:
        return set()
    labels = [label for part in parts for change in part.values() for label in change.get("fields", ())]
    return {str(label).partition(":")[0] for label in labels}


def _time(text: Any) -> datetime.datetime | None:
    """Return the time that a page was shown."""
    try:
        at = parse_datetime(str(text))
    except ValueError:
        return None
    return at if at and timezone.is_aware(at) else None

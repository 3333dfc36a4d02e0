"""Loading of reference facts from ``data/`` or an export: read, checked, and added to the record where missing.

Loading them again is safe. What an editor changed since stays as it is and is reported as a difference: an
editor goes before the landmark facts, and a disagreement is a finding, never an overwrite.
"""

from __future__ import annotations

import csv
import datetime
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from resolutions.models import Body, OtherSymbol, Resolution, RetiredText, Session, Status, Topic
from votes.editing.votes import record_votes
from votes.models import (
    Bloc,
    BlocMembership,
    BodyMembership,
    MemberState,
    RetiredAddress,
    RollCall,
    Source,
    StateName,
)
from votes.totals import ANNOUNCED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

BODIES = {Body.GENERAL_ASSEMBLY: "General Assembly", Body.SECURITY_COUNCIL: "Security Council"}

SESSION_PREFIXES = {
    Session.Kind.REGULAR: "",
    Session.Kind.SPECIAL: "S-",
    Session.Kind.EMERGENCY_SPECIAL: "ES-",
}


FILES = (
    "sources.csv",
    "topics.csv",
    "sessions.csv",
    "states.csv",
    "state_names.csv",
    "body_memberships.csv",
    "blocs.csv",
    "bloc_memberships.csv",
    "landmark_roll_calls.csv",
    "landmark_votes.csv",
)
"""What a folder of reference facts holds. Bodies need no file: there are two."""


@dataclass
class Report:
    """Result of loading: rows added and unchanged, by table, and differences that were not changed."""

    added: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    unchanged: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    differences: list[str] = field(default_factory=list)


@transaction.atomic
def load_reference(folder: Path, *, landmarks: bool = True) -> Report:
    """Add the facts in the CSV files of ``folder`` that the record does not have; all of them or none.

    ``landmarks`` adds the small set of roll calls with which tests begin, and a site without the whole record. Raises
    FactError, with file and line, for a row that cannot be read, FileNotFoundError for a missing file.
    """
    rows = Rows({name: folder / name for name in FILES})
    report = load_facts(rows)
    if landmarks:
        with rows.placing_errors():
            _add_landmarks(report, rows)
    return report


@transaction.atomic
def load_facts(rows: Rows) -> Report:
    """Add bodies, sources, topics, sessions, states, seats and blocs that the record does not have, all or none.

    A table whose file ``rows`` does not name is left as it is. Raises FactError as ``load_reference`` does.
    """
    report = Report()
    with rows.placing_errors():
        _add_facts(report, rows)
    return report


def _add_facts(report: Report, rows: Rows) -> None:
    _add(report, Body, ("code",), rows.bodies())
    bodies = {body.code: body for body in Body.objects.all()}
    _add(report, Source, ("slug",), rows.sources())
    _add(report, Topic, ("slug",), rows.read("topics.csv"))
    _add(report, Session, ("body", "code"), rows.sessions(bodies))
    _add(report, MemberState, ("code",), rows.states())
    states = {state.code: state for state in MemberState.objects.all()}
    _link_successors(rows, states)
    _add(report, StateName, ("state", "until"), rows.names(states))
    _add(report, BodyMembership, ("body", "state", "since"), rows.seats(bodies, states))
    _add(report, Bloc, ("slug",), rows.read("blocs.csv"))
    blocs = {bloc.slug: bloc for bloc in Bloc.objects.all()}
    _add(report, BlocMembership, ("bloc", "state", "since"), rows.memberships(blocs, states))


class FactError(Exception):
    """An invalid value in a reference file."""


@dataclass
class Rows:
    """The rows of the reference files as field values of the models they become."""

    paths: Mapping[str, Path]
    """Where each file is, by its name in ``data/``."""
    called: Mapping[str, str] = field(default_factory=dict)
    """What messages call a file, where that is not its name in ``data/``."""
    clean: Callable[[str], str] = str
    """What a cell stands for."""
    place: str = ""
    """The file and the line last read."""

    @contextmanager
    def placing_errors(self) -> Iterator[None]:
        """Turn what is wrong with the row last read into a FactError that says where it is."""
        try:
            yield
        except KeyError as error:
            raise FactError(f"{self.place}: unknown value {error}.") from error
        except (ValueError, csv.Error, ValidationError) as error:
            raise FactError(f"{self.place}: {error}") from error

    def read(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield each row of a file, none where there is no such file.

        A row with too many or too few cells raises FactError.
        """
        if name not in self.paths:
            return
        said = self.called.get(name, name)
        with self.paths[name].open(encoding="utf-8", newline="") as file:
            self.place = f"{said}, line 1"
            reader = csv.DictReader(file, strict=True)
            reader.fieldnames  # noqa: B018  # reads the header, so that lines are counted from there
            while True:
                self.place = f"{said}, line {reader.line_num + 1}"
                row = next(reader, None)
                if row is None:
                    return
                if None in row or None in row.values():
                    raise FactError(f"{self.place}: the row and the header have different numbers of cells.")
                yield {column: self.clean(cell) for column, cell in row.items()}

    def bodies(self) -> Iterator[dict[str, Any]]:
        """Yield the bodies of the file, or the two there are."""
        if "bodies.csv" in self.paths:
            yield from self.read("bodies.csv")
        else:
            yield from ({"code": code, "name": name} for code, name in BODIES.items())

    def sources(self) -> Iterator[dict[str, Any]]:
        for row in self.read("sources.csv"):
            yield {**row, "precedence": int(row["precedence"])}

    def sessions(self, bodies: dict[str, Body]) -> Iterator[dict[str, Any]]:
        """Yield sessions, with the number that their code holds."""
        for row in self.read("sessions.csv"):
            yield {
                "body": bodies[row["body"]],
                "code": row["code"],
                "name": row["name"],
                "kind": row["kind"],
                "number": int(row["code"].removeprefix(SESSION_PREFIXES[Session.Kind(row["kind"])])),
                "opened": date_or_none(row["opened"]),
                "closed": date_or_none(row["closed"]),
            }

    def states(self) -> Iterator[dict[str, Any]]:
        for row in self.read("states.csv"):
            yield {key: row[key] for key in ("code", "iso2", "name", "official_name", "note")}

    def names(self, states: dict[str, MemberState]) -> Iterator[dict[str, Any]]:
        for row in self.read("state_names.csv"):
            yield {
                "state": states[row["code"]],
                "name": row["name"],
                "official_name": row["official_name"],
                **interval(row),
            }

    def seats(self, bodies: dict[str, Body], states: dict[str, MemberState]) -> Iterator[dict[str, Any]]:
        for row in self.read("body_memberships.csv"):
            yield {
                "body": bodies[row["body"]],
                "state": states[row["code"]],
                "permanent": row["permanent"] == "yes",
                "note": row["note"],
                **interval(row),
            }

    def memberships(self, blocs: dict[str, Bloc], states: dict[str, MemberState]) -> Iterator[dict[str, Any]]:
        for row in self.read("bloc_memberships.csv"):
            yield {
                "bloc": blocs[row["bloc"]],
                "state": states[row["code"]],
                "status": row["status"],
                "note": row["note"],
                **interval(row),
            }


def interval(row: dict[str, str]) -> dict[str, Any]:
    """Return the dates of a row and how precise they are."""
    return {
        "since": date_or_none(row["since"]),
        "until": date_or_none(row["until"]),
        "since_precision": row["since_precision"] or "day",
        "until_precision": row["until_precision"] or "day",
    }


def date_or_none(cell: str) -> datetime.date | None:
    """Return the ISO date in a cell, None where it is empty."""
    return datetime.date.fromisoformat(cell) if cell else None


def _add(report: Report, model: type[models.Model], key: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    """Add the rows whose ``key`` the table does not have, and report those that it has otherwise."""
    name = str(model._meta.verbose_name_plural)
    known = {tuple(getattr(row, part) for part in key): row for row in model._default_manager.select_related()}
    # An interval that starts on another day is the same fact with another date, not a second one.
    holder = key[:-1] if key[-1] in ("since", "until") else ()
    held = defaultdict(list)
    for row in known.values():
        held[tuple(getattr(row, part) for part in holder)].append(row)
    new = []
    for values in rows:
        existing = known.get(tuple(values[part] for part in key))
        if existing is None and holder:
            mine = held[tuple(values[part] for part in holder)]
            existing = next((row for row in mine if _overlap(row, values)), None)
        if existing is None:
            new.append(model(**values))
        elif different := [k for k, v in values.items() if getattr(existing, k) != v]:
            report.differences += [
                f"{name}: {existing}: {k} is {getattr(existing, k)}, {values[k]} in the reference facts"
                for k in different
            ]
        else:
            report.unchanged[name] += 1
    for instance in new:
        if hasattr(instance, "derive"):
            instance.derive()
    model._default_manager.bulk_create(new)
    report.added[name] += len(new)


def _overlap(row: Any, values: dict[str, Any]) -> bool:
    """Tell whether a recorded interval and one of the reference facts have a day in common."""
    starts = [i or datetime.date.min for i in (row.since, values["since"])]
    ends = [i or datetime.date.max for i in (row.until, values["until"])]
    return max(starts) < min(ends)


def _link_successors(rows: Rows, states: dict[str, MemberState]) -> None:
    link = MemberState.successors.through
    link._default_manager.bulk_create(
        [
            link(from_memberstate=states[row["code"]], to_memberstate=states[code])
            for row in rows.read("states.csv")
            for code in row["successors"].split()
        ],
        ignore_conflicts=True,
    )


def landmarks(folder: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the small set's roll calls as statements of a source have them: facts with the slug, and votes."""
    rows = Rows({name: folder / name for name in FILES})
    votes: dict[str, list[str]] = defaultdict(list)
    for row in rows.read("landmark_votes.csv"):
        votes[row["slug"]] += [f"{code}{row['choice']}" for code in row["members"].split()]
    for row in rows.read("landmark_roll_calls.csv"):
        facts: dict[str, Any] = {
            **{name: row[name] for name in ("slug", "session", "symbol", "date", "meeting", "kind", "method")},
            **{name: row[name] for name in ("requirement", "result", "agenda", "note")},
            **{name: int(row[name]) for name in ANNOUNCED if row[name]},
            "date_precision": "day",
            "text_title": row["title"],
            "topics": sorted(row["topics"].split()),
            "drafts": [row["draft_symbol"]] if row["draft_symbol"] else [],
        }
        yield (
            {name: value for name, value in facts.items() if value not in ("", [])},
            " ".join(sorted(votes[row["slug"]])),
        )


def remove_landmarks() -> None:
    """Remove the small set's roll calls with their texts, to be called in a transaction that is taken back."""
    for roll_call in RollCall.objects.filter(source__slug="landmark").select_related("resolution"):
        resolution = roll_call.resolution
        roll_call.votes.all().delete()
        roll_call.delete()
        # Their addresses are those of the whole record, which is written next.
        RetiredAddress.objects.filter(slug=roll_call.slug).delete()
        if resolution:
            resolution.delete()
            RetiredText.objects.filter(symbol_key=resolution.symbol_key).delete()


def _add_landmarks(report: Report, rows: Rows) -> None:
    bodies = {body.code: body for body in Body.objects.all()}
    source = Source.objects.get(slug="landmark")
    sessions = {(session.body.code, session.code): session for session in Session.objects.select_related("body")}
    topics = {topic.slug: topic for topic in Topic.objects.all()}
    choices: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows.read("landmark_votes.csv"):
        choices[row["slug"]].update(dict.fromkeys(row["members"].split(), row["choice"]))
    for row in rows.read("landmark_roll_calls.csv"):
        facts = {
            "date": datetime.date.fromisoformat(row["date"]),
            **{name: row[name] for name in ("meeting", "kind", "method", "requirement", "result", "note")},
            **{name: int(row[name]) if row[name] else None for name in ANNOUNCED},
        }
        if existing := RollCall.objects.filter(slug=row["slug"]).first():
            different = [name for name, value in facts.items() if getattr(existing, name) != value]
            report.differences += [
                f"roll calls: {existing}: {name} is {getattr(existing, name)}, {facts[name]} in the reference facts"
                for name in different
            ]
            if dict(existing.votes.values_list("state__code", "choice")) != choices[row["slug"]]:
                report.differences.append(f"roll calls: {existing}: its votes differ from the reference facts")
            elif not different:
                report.unchanged["landmark roll calls"] += 1
            continue
        body = bodies[row["body"]]
        session = sessions.get((row["body"], row["session"]))
        resolution = Resolution.objects.with_symbol(row["symbol"]).first() or Resolution.objects.create(
            body=body,
            session=session,
            symbol=row["symbol"],
            kind=row["resolution_kind"],
            title=row["title"],
            agenda=row["agenda"],
            status=Status.PUBLISHED,
        )
        resolution.topics.add(*(topics[slug] for slug in row["topics"].split()))
        if row["draft_symbol"]:
            OtherSymbol.objects.create(resolution=resolution, symbol=row["draft_symbol"], kind=OtherSymbol.Kind.DRAFT)
        roll_call = RollCall.objects.create(
            slug=row["slug"],
            body=body,
            session=session,
            resolution=resolution,
            decisive=True,
            **facts,
            source=source,
            status=Status.PUBLISHED,
        )
        record_votes(roll_call=roll_call, choices=choices[row["slug"]])
        report.added["landmark roll calls"] += 1

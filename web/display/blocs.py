"""Blocs grouped by kind, for tables."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from django.utils.text import capfirst

from votes.models import Bloc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from votes.reports.breakdown import BlocLine
    from votes.reports.movement import BlocMove

    Line = TypeVar("Line", BlocLine, BlocMove)


def by_kind(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """Group lines that are sorted by kind of bloc; return (name of the kind, lines)."""
    return [
        (capfirst(str(Bloc.Kind(kind).label)), list(group))
        for kind, group in groupby(lines, lambda line: line.bloc.kind)
    ]

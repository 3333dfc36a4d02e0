"""Blocs, as tables list them."""

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
    """Return lines of blocs, which are sorted by kind, grouped: the name of each kind and its lines."""
    return [
        (capfirst(str(Bloc.Kind(kind).label)), list(group))
        for kind, group in groupby(lines, lambda line: line.bloc.kind)
    ]

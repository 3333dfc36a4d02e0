"""Fitting ideal points to the record, and storing them. Not for web workers, because it loads SciPy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from votes.analysis.ideal_points import fit
from votes.analysis.ideal_points_data import Limits, gather
from votes.models import CutPoint, IdealPoint, IdealPointFit, RollCall
from votes.record.record import reading
from votes.reports.ideal_points import MODEL, SETTINGS, Material

if TYPE_CHECKING:
    from collections.abc import Mapping

    from votes.analysis.ideal_points import Fit

POSITIVE = "USA"
"""The state whose side of the line is the positive one."""

DECIMALS = 4
"""To which estimates are stored, so that what differs from machine to machine in the last bits is not."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """A fit with what it was fitted to."""

    fit: Fit
    material: Material
    states: Mapping[str, int]
    """Keys in the database by code."""
    data_version: int


def fit_record(*, iterations: int | None = None) -> Fitted:
    """Return the ideal points of the record as it is. Raises ValueError where no positions differed."""
    with reading() as record:
        material = Material.of(record)
        states = {code: state.key for code, state in record.states.items()}
        version = record.version
    matrix = material.matrix
    ballots = gather(matrix.choices, material.items, material.sessions, matrix.states, material.continues)
    limits = replace(Limits(), iterations=iterations) if iterations else Limits()
    return Fitted(fit(ballots, positive=matrix.columns.get(POSITIVE, 0), limits=limits), material, states, version)


def store(fitted: Fitted) -> IdealPointFit:
    """Store a fit in the place of the one before; what has been deleted from the record meanwhile is left out."""
    found, ballots = fitted.fit, fitted.fit.ballots
    codes = fitted.material.matrix.states
    labels = {int(label): item for item, label in enumerate(ballots.labels.tolist())}
    of_rows = [labels.get(label) for label in fitted.material.items.tolist()]
    shared = np.bincount([item for item in of_rows if item is not None], minlength=len(labels))
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Whoever else stores a fit waits, and then replaces this one.
            cursor.execute("LOCK TABLE votes_idealpointfit IN SHARE ROW EXCLUSIVE MODE")
        IdealPointFit.objects.all().delete()
        stored = IdealPointFit.objects.create(
            fitted_at=timezone.now(),
            data_version=fitted.data_version,
            digest=fitted.material.digest,
            model=MODEL,
            settings=SETTINGS,
            iterations=found.iterations,
            converged=found.converged,
            change=found.change,
            bound=round(found.bound, DECIMALS),
            roll_calls=sum(item is not None for item in of_rows),
            items=len(labels),
            states=len(set(ballots.column.tolist())),
            votes=len(ballots.item),
        )
        estimates = found.at.points.round(DECIMALS).tolist()
        errors = found.standard_errors.round(DECIMALS).tolist()
        IdealPoint.objects.bulk_create(
            (
                IdealPoint(
                    fit=stored,
                    state_id=fitted.states[codes[column]],
                    session=session,
                    estimate=estimate,
                    standard_error=error,
                    votes=votes,
                )
                for column, session, estimate, error, votes in zip(
                    ballots.column.tolist(),
                    ballots.session.tolist(),
                    estimates,
                    errors,
                    ballots.votes.tolist(),
                    strict=True,
                )
            ),
            batch_size=2000,
        )
        there = set(RollCall.objects.values_list("pk", flat=True))
        parameters = np.stack([found.at.discriminations, found.at.lower, found.at.upper]).round(DECIMALS).T.tolist()
        CutPoint.objects.bulk_create(
            (
                CutPoint(
                    fit=stored,
                    roll_call_id=key,
                    session=session,
                    discrimination=parameters[item][0],
                    lower=parameters[item][1],
                    upper=parameters[item][2],
                    roll_calls=int(shared[item]),
                )
                for key, session, item in zip(
                    fitted.material.matrix.keys.tolist(), fitted.material.sessions.tolist(), of_rows, strict=True
                )
                if item is not None and key in there
            ),
            batch_size=2000,
        )
    return stored

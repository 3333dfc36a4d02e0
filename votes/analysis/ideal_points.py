"""Ideal points: where on one line each state stood in each session, estimated from its votes.

The means of all points, discriminations and cuts of the model of ``ideal_points_model`` are found together, by steps
that know how they hang together (Gauss-Newton, the linear system solved by conjugate gradients), and after each step
the variances that belong to them. A step takes time linear in the number of votes. Nothing is drawn at random, and
the order of the rows does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from votes.analysis.ideal_points_data import Limits, Priors
from votes.analysis.ideal_points_model import Model, Parameters, Spread

if TYPE_CHECKING:
    from votes.analysis.ideal_points_data import Ballots, Floats
    from votes.analysis.ideal_points_model import Curvature


@dataclass(frozen=True, eq=False)
class Fit:
    """The estimates, on the scale on which all points together have mean 0 and standard deviation 1."""

    ballots: Ballots
    at: Parameters
    standard_errors: Floats
    """P: of the points, the items taken as known."""
    bound: float
    """On the log evidence: what was maximised."""
    iterations: int
    converged: bool
    change: float
    """How far the last step moved a point at most."""


def fit(ballots: Ballots, *, positive: int, priors: Priors | None = None, limits: Limits | None = None) -> Fit:
    """Return the estimates that the ballots give.

    ``positive`` is the column of the state whose side of the line is the positive one; the sign of a session is that
    of the session before. Raises ValueError where there is nothing to estimate: no item on which positions differed.
    """
    if not len(ballots.item):
        raise ValueError("There is no roll call on which positions differed.")
    model, limits = Model(ballots, priors or Priors()), limits or Limits()
    at = oriented(ballots, start(model, positive))
    spread = model.spread(at, model.spread(at))
    iterations, change = 0, np.inf
    while iterations < limits.iterations and change >= limits.tolerance:
        iterations += 1
        value, slope, curvature = model.expand(at, spread)
        reached = climbed(model, at, spread, (value, slope, solved(curvature, slope, limits)))
        change = float(np.abs(reached.points - at.points).max() / (at.points.std() or 1.0))
        at = oriented(ballots, reached)
        spread = model.spread(at, spread)
    if (at.points - at.points.mean())[ballots.column == positive].sum() < 0:
        at = Parameters(-at.points, -at.discriminations, at.lower, at.upper)
    variances = model.expand(at, spread)[2].point_variances()
    mean, scale = at.points.mean(), at.points.std() or 1.0
    shift = at.discriminations * mean
    return Fit(
        ballots=ballots,
        at=Parameters((at.points - mean) / scale, at.discriminations * scale, at.lower - shift, at.upper - shift),
        standard_errors=np.sqrt(variances) / scale,
        bound=model.bound(at, spread),
        iterations=iterations,
        converged=change < limits.tolerance,
        change=change,
    )


def solved(curvature: Curvature, slope: Parameters, limits: Limits) -> Parameters:
    """Return the step to where the slope would be nothing if the curvature were the same everywhere.

    Conjugate gradients (Hestenes and Stiefel 1952), preconditioned by what points and items would do by themselves.
    """
    residual, prepared = slope, curvature.apart(slope)
    direction, size = prepared, slope.dot(prepared)
    solution, enough = slope.plus(slope, -1.0), limits.precision**2 * size
    for _product in range(limits.products):
        if size <= enough:
            break
        bent = curvature.product(direction)
        length = size / direction.dot(bent)
        solution, residual = solution.plus(direction, length), residual.plus(bent, -length)
        prepared = curvature.apart(residual)
        before, size = size, residual.dot(prepared)
        direction = prepared.plus(direction, size / before)
    return solution


def climbed(model: Model, at: Parameters, spread: Spread, uphill: tuple[float, Parameters, Parameters]) -> Parameters:
    """Return where the step, or half of it and so on, leads that climbs as far as it should (Armijo 1966).

    ``uphill`` is the value at ``at``, the slope there, and the step.
    """
    value, slope, step = uphill
    climb = 1e-4 * slope.dot(step)
    for halvings in range(30):
        length = 0.5**halvings
        reached = at.plus(step, length)
        if model.value(reached, spread) >= value + length * climb:
            return reached
    return at


def start(model: Model, positive: int, rounds: int = 5) -> Parameters:
    """Return where to begin: each state where the main division of all votes puts it, and items that fit that."""
    ballots = model.ballots
    points = main_division(ballots, positive)[ballots.column]
    runs = (model.low, model.middle, model.high)
    counts = np.stack([np.bincount(ballots.item[run], minlength=model.items) for run in runs])
    shares = (counts + 0.5) / (counts.sum(axis=0) + 1.5)
    lower, upper = ndtri(shares[0]), ndtri(shares[0] + shares[1])
    lower = np.where(ballots.two_way, (lower + upper) / 2, lower)
    at = Parameters(points, np.zeros(model.items), lower, np.where(ballots.two_way, lower, upper))
    still = np.zeros_like(points)
    spread = Spread(still, np.zeros(model.items), still, np.zeros(model.items))
    for _round in range(rounds):
        value, slope, curvature = model.expand(at, spread)
        _points, *items = curvature.apart(slope)
        at = climbed(model, at, spread, (value, slope, Parameters(still, *items)))
    return at


def main_division(ballots: Ballots, positive: int) -> Floats:
    """Return a score by column: the first principal component of positions, with standard deviation 1.

    Positions are -1, 0 and 1, less the mean of their item; two states are compared on what both voted on. Columns
    without a vote score 0.
    """
    columns, items = int(max(ballots.column.max(), positive)) + 1, len(ballots.two_way)
    cells = ballots.column[ballots.point] * items + ballots.item
    places = np.zeros(len(ballots.item))
    places[: ballots.ends[0]], places[ballots.ends[1] :] = -1.0, 1.0
    taken = np.bincount(cells, minlength=columns * items).reshape(columns, items).astype(float)
    total = np.bincount(cells, places, columns * items).reshape(columns, items)
    scores = total - taken * (total.sum(axis=0) / taken.sum(axis=0))
    common = np.maximum((taken > 0).astype(float) @ (taken > 0).T, 1.0)
    main = np.linalg.eigh(scores @ scores.T / common)[1][:, -1]
    return main * (-1.0 if main[positive] < 0 else 1.0) / (main.std() or 1.0)


def oriented(ballots: Ballots, at: Parameters) -> Parameters:
    """Return the same with the sign of each session that of the session before: states mostly stay on their side.

    Where a session runs against the one before, judged by the chains that have a point in both, its points and the
    items voted on in it alone change sign.
    """
    points = at.points.copy()
    chain = np.cumsum(np.isinf(ballots.gap))
    sessions = np.unique(ballots.session)
    turned = np.zeros(int(sessions[-1]) + 1, bool)
    before = np.flatnonzero(ballots.session == sessions[0])
    for session in sessions[1:]:
        now = np.flatnonzero(ballots.session == session)
        _chains, here, there = np.intersect1d(chain[now], chain[before], return_indices=True)
        own, past = points[now[here]], points[before[there]]
        if len(here) > 2 and (own - own.mean()) @ (past - past.mean()) < 0:
            points[now] *= -1.0
            turned[session] = True
        before = now
    if not turned.any():
        return at
    by_turned = np.bincount(ballots.item, turned[ballots.session[ballots.point]], len(ballots.two_way))
    alone = by_turned == np.bincount(ballots.item, minlength=len(ballots.two_way))
    return Parameters(points, np.where(alone, -at.discriminations, at.discriminations), at.lower, at.upper)

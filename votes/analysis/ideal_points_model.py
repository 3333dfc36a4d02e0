"""The ordinal item-response model of ideal points, and how well given parameters explain the votes.

State i in session t has the ideal point θ. On item v it leans β_v θ plus a standard normal draw; it votes against
below the cut a_v, in favour above b_v, and abstains between: an ordered probit (Bailey, Strezhnev and Voeten 2017,
Journal of Conflict Resolution 61:2, after Johnson and Albert 1999, ch. 5 and 6). Priors: β_v is standard normal, the
points of a chain are a random walk that is weakly held to 0, and the cuts are normal with a large variance.

Points and discriminations are estimated as distributions and not as single values, by mean-field variational Bayes
(Imai, Lo and Olmsted 2016, American Political Science Review 110:4): normal, independent of each other but for the
points of one chain. The bound on the log evidence that this maximises is the log likelihood at the means, less half
the variance of every vote's lean, and what the priors say. Maximising the posterior itself would not do: it puts
states that always vote at one end ever farther out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cho_solve_banded, cholesky_banded
from scipy.special import log_ndtr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from votes.analysis.ideal_points_data import Ballots, Floats, Ints, Priors

LOG_ROOT_TAU = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Values, or a direction or slope, for each parameter: P points, M discriminations and lower and upper cuts.

    An item that knows two positions has one cut, which stands in both places; its slope is with the lower.
    """

    points: Floats
    discriminations: Floats
    lower: Floats
    upper: Floats

    def __iter__(self) -> Iterator[Floats]:
        yield from (self.points, self.discriminations, self.lower, self.upper)

    def plus(self, other: Parameters, times: float = 1.0) -> Parameters:
        """Return these with ``times`` the others added."""
        return Parameters(*(mine + times * its for mine, its in zip(self, other, strict=True)))

    def dot(self, other: Parameters) -> float:
        return float(sum(mine @ its for mine, its in zip(self, other, strict=True)))


@dataclass(frozen=True, slots=True)
class Spread:
    """Variances of P points and M discriminations, and what those of the others add to the precision of each."""

    points: Floats
    discriminations: Floats
    on_points: Floats
    on_discriminations: Floats


class Model:
    """The model of some ballots, which can be asked about any parameters."""

    def __init__(self, ballots: Ballots, priors: Priors) -> None:
        self.ballots, self.priors = ballots, priors
        self.items, self.size = len(ballots.two_way), len(ballots.column)
        self.low, self.high = slice(0, ballots.ends[0]), slice(ballots.ends[1], None)
        self.middle = slice(*ballots.ends)
        self.step = 1.0 / (ballots.gap * priors.walk)
        """P: precision of the step from the point before, 0 for the first of a chain."""
        self.level = 1.0 / priors.level + self.step + np.append(self.step[1:], 0.0)
        """P: the diagonal of the precision of the points' prior."""

    def spread(self, at: Parameters, before: Spread | None = None) -> Spread:
        """Return the variances that maximise the bound at given means, from those before; one round of updates."""
        ballots, prior = self.ballots, 1.0 / self.priors.discrimination
        variances = before.discriminations if before else np.zeros(self.items)
        square = at.discriminations**2 + variances
        precision = self.level + summed(ballots.point, square[ballots.item], self.size)
        points = diagonal_of_inverse(precision, -self.step[1:])
        square = at.points**2 + points
        discriminations = 1.0 / (prior + summed(ballots.item, square[ballots.point], self.items))
        return Spread(
            points,
            discriminations,
            summed(ballots.point, discriminations[ballots.item], self.size),
            summed(ballots.item, points[ballots.point], self.items),
        )

    def precision(self, spread: Spread) -> tuple[Floats, Floats, Floats]:
        """Return the precisions that hold P points, M discriminations and M upper cuts to where the priors are."""
        return (
            self.level + spread.on_points,
            1.0 / self.priors.discrimination + spread.on_discriminations,
            np.where(self.ballots.two_way, 0.0, 1.0 / self.priors.cut),
        )

    def held(self, direction: Parameters, spread: Spread) -> Parameters:
        """Return what priors and spread have against a direction: their precision times it."""
        level, discrimination, upper = self.precision(spread)
        points = level * direction.points
        points[1:] -= self.step[1:] * direction.points[:-1]
        points[:-1] -= self.step[1:] * direction.points[1:]
        return Parameters(
            points,
            discrimination * direction.discriminations,
            direction.lower / self.priors.cut,
            upper * direction.upper,
        )

    def value(self, at: Parameters, spread: Spread) -> float:
        """Return the bound up to what depends on the spread alone; minus infinity where cuts are out of order."""
        if (at.lower > at.upper).any():
            return -np.inf
        below, lower, upper, above = self._bounds(at)
        likelihood = log_ndtr(below).sum() + log_between(lower, upper).sum() + log_ndtr(above).sum()
        return float(likelihood - 0.5 * at.dot(self.held(at, spread)))

    def bound(self, at: Parameters, spread: Spread) -> float:
        """Return the whole bound on the log evidence, given the means and, fresh from them, the spread."""
        square = at.discriminations**2 + spread.discriminations
        posterior = self.level + summed(self.ballots.point, square[self.ballots.item], self.size)
        return (
            self.value(at, spread)
            + 0.5 * (log_determinant(self.level, -self.step[1:]) - log_determinant(posterior, -self.step[1:]))
            + 0.5 * float(np.log(spread.discriminations / self.priors.discrimination).sum())
            + 0.5
            * float(spread.points @ summed(self.ballots.point, spread.discriminations[self.ballots.item], self.size))
        )

    def expand(self, at: Parameters, spread: Spread) -> tuple[float, Parameters, Curvature]:
        """Return ``value`` with its slope and curvature at parameters with the cuts in order."""
        below, lower, upper, above = self._bounds(at)
        log_below, log_above, log_middle = log_ndtr(below), log_ndtr(above), log_between(lower, upper)
        held = self.held(at, spread)
        value = float(log_below.sum() + log_above.sum() + log_middle.sum() - 0.5 * at.dot(held))
        # Density at a bound over the probability of what was voted.
        below_rate, above_rate = _rate(below, log_below), _rate(above, log_above)
        lower_rate, upper_rate = _rate(lower, log_middle), _rate(upper, log_middle)
        slope = self.gather(
            at,
            np.concatenate([-below_rate, lower_rate - upper_rate, above_rate]),
            np.concatenate([below_rate, -lower_rate]),
            np.concatenate([upper_rate, -above_rate]),
        ).plus(held, -1.0)
        curvature = Curvature(
            self,
            at,
            spread,
            Bends(
                below_rate * (below + below_rate),
                lower_rate * (lower_rate - lower),
                upper_rate * (upper_rate + upper),
                above_rate * (above + above_rate),
                -lower_rate * upper_rate,
            ),
        )
        return value, slope, curvature

    def _bounds(self, at: Parameters) -> tuple[Floats, Floats, Floats, Floats]:
        """Return by how much votes are within their bounds: the lowest below, the middle two ways, the highest above.

        The middle ones are lower bound less lean and upper bound less lean.
        """
        item = self.ballots.item
        lean = at.discriminations[item] * at.points[self.ballots.point]
        between = item[self.middle]
        return (
            at.lower[item[self.low]] - lean[self.low],
            at.lower[between] - lean[self.middle],
            at.upper[between] - lean[self.middle],
            lean[self.high] - at.upper[item[self.high]],
        )

    def gather(self, at: Parameters, lean: Floats, lower: Floats, upper: Floats) -> Parameters:
        """Return what slopes by the lean of N votes, and by the cuts of those that have one, come to in all.

        ``lower`` is of the lowest and middle votes, ``upper`` of the middle and highest.
        """
        ballots = self.ballots
        first, second = ballots.ends
        at_lower = summed(ballots.item[:second], lower, self.items)
        at_upper = summed(ballots.item[first:], upper, self.items)
        return Parameters(
            summed(ballots.point, lean * at.discriminations[ballots.item], self.size),
            summed(ballots.item, lean * at.points[ballots.point], self.items),
            np.where(ballots.two_way, at_lower + at_upper, at_lower),
            np.where(ballots.two_way, 0.0, at_upper),
        )


@dataclass(frozen=True, slots=True)
class Bends:
    """Minus the second derivatives of the log likelihood by the bounds of votes, and of the middle ones' two across."""

    below: Floats
    lower: Floats
    upper: Floats
    above: Floats
    across: Floats


class Curvature:
    """Minus the curvature of ``Model.value``, without the one part that could make it negative (Gauss-Newton).

    What is left out, the votes' slopes by lean, averages to nothing where the model is true; steps that are found
    with the rest always climb.
    """

    def __init__(self, model: Model, at: Parameters, spread: Spread, bends: Bends) -> None:
        self.model, self.at, self.spread, self.bends = model, at, spread, bends
        ballots = model.ballots
        first, second = ballots.ends
        level, discrimination, _upper = model.precision(spread)
        lean = np.concatenate([bends.below, bends.lower + bends.upper + 2 * bends.across, bends.above])
        square = at.discriminations[ballots.item] ** 2
        self.diagonal = level + summed(ballots.point, lean * square, model.size)
        self.factor = cholesky_banded(np.stack([np.append(0.0, -model.step[1:]), self.diagonal]))
        """The block of the points, which is tridiagonal."""
        points = at.points[ballots.point]
        lower = np.concatenate([bends.below, bends.lower])
        upper = np.concatenate([bends.upper, bends.above])
        by_lower = np.concatenate([bends.below, bends.lower + bends.across]) * points[:second]
        by_upper = np.concatenate([bends.upper + bends.across, bends.above]) * points[first:]
        at_lower = summed(ballots.item[:second], lower, model.items)
        at_upper = summed(ballots.item[first:], upper, model.items)
        lean_lower = -summed(ballots.item[:second], by_lower, model.items)
        lean_upper = -summed(ballots.item[first:], by_upper, model.items)
        across = summed(ballots.item[model.middle], bends.across, model.items)
        two_way, held = ballots.two_way, 1.0 / model.priors.cut
        block = np.zeros((model.items, 3, 3))
        block[:, 0, 0] = discrimination + summed(ballots.item, lean * points**2, model.items)
        block[:, 0, 1] = block[:, 1, 0] = np.where(two_way, lean_lower + lean_upper, lean_lower)
        block[:, 0, 2] = block[:, 2, 0] = np.where(two_way, 0.0, lean_upper)
        block[:, 1, 1] = np.where(two_way, at_lower + at_upper, at_lower) + held
        block[:, 1, 2] = block[:, 2, 1] = np.where(two_way, 0.0, across)
        block[:, 2, 2] = np.where(two_way, 1.0, at_upper + held)
        self.inverse = np.linalg.inv(block)
        """M x 3 x 3: of the block of each item, by discrimination, lower and upper cut."""

    def product(self, direction: Parameters) -> Parameters:
        """Return the curvature times a direction."""
        model, at, bends = self.model, self.at, self.bends
        item, point = model.ballots.item, model.ballots.point
        lean = at.discriminations[item] * direction.points[point] + direction.discriminations[item] * at.points[point]
        between = item[model.middle]
        below = bends.below * (direction.lower[item[model.low]] - lean[model.low])
        above = bends.above * (lean[model.high] - direction.upper[item[model.high]])
        lower, upper = direction.lower[between] - lean[model.middle], direction.upper[between] - lean[model.middle]
        by_lower = bends.lower * lower + bends.across * upper
        by_upper = bends.upper * upper + bends.across * lower
        return model.gather(
            at,
            np.concatenate([-below, -by_lower - by_upper, above]),
            np.concatenate([below, by_lower]),
            np.concatenate([by_upper, -above]),
        ).plus(model.held(direction, self.spread))

    def apart(self, slope: Parameters) -> Parameters:
        """Return the step that points and items would each take if the others stood still."""
        of_items = np.stack([slope.discriminations, slope.lower, slope.upper], axis=1)
        steps = (self.inverse @ of_items[:, :, None])[:, :, 0].T
        upper = np.where(self.model.ballots.two_way, steps[1], steps[2])
        return Parameters(cho_solve_banded((self.factor, False), slope.points), steps[0], steps[1], upper)

    def point_variances(self) -> Floats:
        """Return P, the variance of each point given the items: from the curvature of the votes and the priors."""
        return diagonal_of_inverse(self.diagonal, -self.model.step[1:])


def diagonal_of_inverse(diagonal: Floats, off_diagonal: Floats) -> Floats:
    """Return the diagonal of the inverse of a symmetric positive definite tridiagonal matrix.

    ``diagonal`` has P entries, ``off_diagonal`` the P - 1 next to it. An entry of the inverse's diagonal is one over
    what elimination from both ends leaves of the entry (Meurant 1992, SIAM J. Matrix Anal. Appl. 13:3).
    """
    forward = _eliminated(diagonal.tolist(), (off_diagonal**2).tolist())
    backward = _eliminated(diagonal[::-1].tolist(), (off_diagonal[::-1] ** 2).tolist())[::-1]
    return 1.0 / (np.array(forward) + np.array(backward) - diagonal)


def summed(places: Ints, values: Floats, size: int) -> Floats:
    """Return ``size`` sums of the N values, each by the place it belongs to."""
    return np.bincount(places, values, size).astype(np.float64, copy=False)


def log_determinant(diagonal: Floats, off_diagonal: Floats) -> float:
    """Return the log of the determinant of a symmetric positive definite tridiagonal matrix."""
    return float(np.log(_eliminated(diagonal.tolist(), (off_diagonal**2).tolist())).sum())


def _eliminated(diagonal: list[float], squares: list[float]) -> list[float]:
    """Return the pivots of Gaussian elimination down the diagonal."""
    for place, square in enumerate(squares, 1):
        diagonal[place] -= square / diagonal[place - 1]
    return diagonal


def log_between(lower: Floats, upper: Floats) -> Floats:
    """Return the log of the standard normal probability between bounds, exact also far out in either tail."""
    flip = lower > 0
    inner, outer = np.where(flip, -lower, upper), np.where(flip, -upper, lower)
    log_inner = log_ndtr(inner)
    with np.errstate(divide="ignore"):
        return log_inner + np.log(-np.expm1(np.minimum(log_ndtr(outer) - log_inner, 0.0)))


def _rate(bound: Floats, log_probability: Floats) -> Floats:
    """Return the standard normal density at a bound over a probability."""
    return np.exp(-0.5 * bound * bound - LOG_ROOT_TAU - log_probability)

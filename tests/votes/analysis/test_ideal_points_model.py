"""The ideal-point model against plain Python and finite differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.votes.analysis.random_ballots import Votes, random_parameters, random_votes
from votes.analysis.ideal_points_data import Ballots, Priors
from votes.analysis.ideal_points_model import (
    Model,
    Parameters,
    Spread,
    diagonal_of_inverse,
    log_between,
    log_determinant,
)

PRIORS = Priors(discrimination=0.8, cut=9.0, level=1.5, walk=0.3)
STEP = 1e-5

seeds = st.integers(0, 10_000)


def chance(ballots: Ballots, at: Parameters, vote: int) -> float:
    """Return how likely the model finds a vote."""
    item = ballots.item[vote]
    lean = at.discriminations[item] * at.points[ballots.point[vote]]
    lower, upper = at.lower[item] - lean, at.upper[item] - lean
    if vote < ballots.ends[0]:
        return below(lower)
    if vote >= ballots.ends[1]:
        return below(-upper)
    return below(upper) - below(lower) if upper < 0 else below(-lower) - below(-upper)


def below(bound: float) -> float:
    """Return the standard normal probability below a bound, exact also where it is tiny."""
    return math.erfc(-bound / math.sqrt(2)) / 2


def obvious_value(ballots: Ballots, at: Parameters, spread: Spread) -> float:
    """Return the bound, vote by vote and prior by prior."""
    value = sum(math.log(chance(ballots, at, vote)) for vote in range(len(ballots.item)))
    for place, point in enumerate(at.points):
        value -= point**2 * (1 / PRIORS.level + spread.on_points[place]) / 2
        if np.isfinite(ballots.gap[place]):
            value -= (point - at.points[place - 1]) ** 2 / (PRIORS.walk * ballots.gap[place]) / 2
    for item, (slope, lower, upper) in enumerate(zip(at.discriminations, at.lower, at.upper, strict=True)):
        value -= slope**2 * (1 / PRIORS.discrimination + spread.on_discriminations[item]) / 2
        value -= (lower**2 + (0 if ballots.two_way[item] else upper**2)) / PRIORS.cut / 2
    return value


def moved(ballots: Ballots, at: Parameters, group: int, place: int, by: float) -> Parameters:
    """Return parameters with one of them moved; the one cut of two positions stands in both places."""
    parts = [part.copy() for part in at]
    parts[group][place] += by
    if group == 2 and ballots.two_way[place]:
        parts[3][place] += by
    return Parameters(*parts)


def free(ballots: Ballots) -> list[tuple[int, int]]:
    """Return group and place of each parameter there is."""
    items = range(len(ballots.two_way))
    places = [(0, place) for place in range(len(ballots.column))] + [(1, item) for item in items]
    return places + [(2, item) for item in items] + [(3, item) for item in items if not ballots.two_way[item]]


def prior_precision(ballots: Ballots) -> np.ndarray:
    precision = np.eye(len(ballots.column)) / PRIORS.level
    for place in np.flatnonzero(np.isfinite(ballots.gap)).tolist():
        step = 1 / (PRIORS.walk * ballots.gap[place])
        precision[np.ix_([place - 1, place], [place - 1, place])] += [[step, -step], [-step, step]]
    return precision


def setting(votes: Votes, seed: int) -> tuple[Ballots, Model, Parameters, Spread]:
    """Return the model of some votes at some parameters."""
    ballots = votes.gathered()
    model, at = Model(ballots, PRIORS), random_parameters(ballots, seed)
    return ballots, model, at, model.spread(at, model.spread(at))


@settings(max_examples=60)
@given(random_votes(), seeds)
def test_objective_equals_the_sum_over_votes_and_priors(votes: Votes, seed: int):
    ballots, model, at, spread = setting(votes, seed)

    assert model.value(at, spread) == pytest.approx(obvious_value(ballots, at, spread), rel=1e-9)
    assert model.expand(at, spread)[0] == pytest.approx(model.value(at, spread), rel=1e-12)


@settings(max_examples=40)
@given(random_votes(), seeds)
def test_gradient_equals_finite_differences_of_the_objective(votes: Votes, seed: int):
    ballots, model, at, spread = setting(votes, seed)
    slope = list(model.expand(at, spread)[1])

    for group, place in free(ballots):
        ahead, back = (obvious_value(ballots, moved(ballots, at, group, place, by), spread) for by in (STEP, -STEP))
        assert slope[group][place] == pytest.approx((ahead - back) / (2 * STEP), abs=1e-5), (group, place)
    assert not slope[3][ballots.two_way].any()


@settings(max_examples=40)
@given(random_votes(), seeds)
def test_block_hessians_equal_finite_differences_of_the_gradient(votes: Votes, seed: int):
    ballots, model, at, spread = setting(votes, seed)
    curvature = model.expand(at, spread)[2]
    size = len(ballots.column)

    for group, place in free(ballots):
        zero = Parameters(np.zeros(size), *(np.zeros(model.items) for _part in range(3)))
        product = list(curvature.product(moved(ballots, zero, group, place, 1.0)))
        ahead, back = (list(model.expand(moved(ballots, at, group, place, by), spread)[1]) for by in (STEP, -STEP))
        for other in [0] if group == 0 else [1, 2, 3]:
            differences = (back[other] - ahead[other]) / (2 * STEP)
            assert product[other] == pytest.approx(differences, abs=1e-4), (group, place, other)


@given(random_votes(), seeds)
def test_hessian_is_negative_definite(votes: Votes, seed: int):
    ballots, model, at, spread = setting(votes, seed)
    curvature = model.expand(at, spread)[2]
    one, other = (_direction(ballots, seed + n) for n in (1, 2))

    assert one.dot(curvature.product(other)) == pytest.approx(other.dot(curvature.product(one)), rel=1e-9, abs=1e-9)
    assert one.dot(curvature.product(one)) > 0


@given(random_votes(), seeds)
def test_block_solve_inverts_the_block_hessian(votes: Votes, seed: int):
    ballots, model, at, spread = setting(votes, seed)
    curvature, direction = model.expand(at, spread)[2], _direction(ballots, seed)
    still = np.zeros(model.items)
    points = Parameters(direction.points, still, still, still)
    items = Parameters(np.zeros(len(ballots.column)), direction.discriminations, direction.lower, direction.upper)

    assert curvature.apart(curvature.product(points)).points == pytest.approx(direction.points)
    for found, meant in list(zip(curvature.apart(curvature.product(items)), items, strict=True))[1:]:
        assert found == pytest.approx(meant)


@given(random_votes(), seeds)
def test_variances_equal_those_of_the_full_inverse(votes: Votes, seed: int):
    ballots, model, at, before = setting(votes, seed)
    spread = model.spread(at, before)

    precision = prior_precision(ballots)
    for item, point in zip(ballots.item, ballots.point, strict=True):
        precision[point, point] += at.discriminations[item] ** 2 + before.discriminations[item]
    assert spread.points == pytest.approx(np.diag(np.linalg.inv(precision)))
    for item, variance in enumerate(spread.discriminations):
        points = ballots.point[ballots.item == item]
        squares = at.points[points] ** 2 + spread.points[points]
        assert variance == pytest.approx(1 / (1 / PRIORS.discrimination + squares.sum()))
        assert spread.on_discriminations[item] == pytest.approx(spread.points[points].sum())
    for point, added in enumerate(spread.on_points):
        assert added == pytest.approx(spread.discriminations[ballots.item[ballots.point == point]].sum())


@given(random_votes(), seeds)
def test_lower_bound_counts_each_vote_once(votes: Votes, seed: int):
    ballots, model, at, before = setting(votes, seed)
    # Where the spread of points belongs to that of discriminations, the bound is its parts, written out.
    spread = model.spread(at, before)
    prior, posterior = prior_precision(ballots), prior_precision(ballots)
    parts = sum(math.log(chance(ballots, at, vote)) for vote in range(len(ballots.item)))
    for item, point in zip(ballots.item, ballots.point, strict=True):
        moment = at.points[point] ** 2 + spread.points[point]
        square = at.discriminations[item] ** 2 + spread.discriminations[item]
        posterior[point, point] += square
        lean = at.points[point] ** 2 * at.discriminations[item] ** 2
        parts -= (moment * square - lean - spread.points[point] * spread.discriminations[item]) / 2
    # The rest of the prior's expectation that the entropies do not cancel.
    parts -= at.points @ prior @ at.points / 2
    parts += (np.linalg.slogdet(prior)[1] - np.linalg.slogdet(posterior)[1]) / 2
    parts -= (at.discriminations**2).sum() / PRIORS.discrimination / 2
    parts += np.log(spread.discriminations / PRIORS.discrimination).sum() / 2
    cuts = (at.lower**2).sum() + (at.upper[~ballots.two_way] ** 2).sum()
    parts -= cuts / PRIORS.cut / 2
    for item, point in zip(ballots.item, ballots.point, strict=True):
        parts += spread.points[point] * spread.discriminations[item] / 2

    assert model.bound(at, spread) == pytest.approx(parts, rel=1e-9)


def test_unordered_cut_points_have_zero_likelihood():
    votes = Votes(np.array([[1, 2, 3]], np.int8), np.zeros(1, np.intp), np.ones(1, np.intp), ("P", "Q", "R"), {})
    ballots = votes.gathered()
    model = Model(ballots, PRIORS)
    at = Parameters(np.zeros(3), np.ones(1), np.array([0.5]), np.array([-0.5]))

    assert model.value(at, model.spread(at)) == -math.inf


@given(seeds, st.integers(1, 7))
def test_tridiagonal_inverse_and_determinant_equal_those_of_numpy(seed: int, size: int):
    rng = np.random.default_rng(seed)
    off_diagonal = rng.normal(size=size - 1)
    diagonal = 0.1 + np.abs(np.append(off_diagonal, 0)) + np.abs(np.append(0, off_diagonal)) + rng.random(size)
    whole = np.diag(diagonal) + np.diag(off_diagonal, 1) + np.diag(off_diagonal, -1)

    assert diagonal_of_inverse(diagonal, off_diagonal) == pytest.approx(np.diag(np.linalg.inv(whole)))
    assert log_determinant(diagonal, off_diagonal) == pytest.approx(np.linalg.slogdet(whole)[1])


@given(st.floats(-5, 5), st.floats(0.01, 5))
def test_log_probability_between_bounds_is_exact_and_symmetric(lower: float, width: float):
    found = log_between(np.array([lower]), np.array([lower + width]))[0]

    assert found == pytest.approx(math.log(below(lower + width) - below(lower)), abs=1e-6)
    assert log_between(np.array([-lower - width]), np.array([-lower]))[0] == pytest.approx(found, rel=1e-9)


def test_log_probability_between_bounds_is_finite_in_the_tails():
    # Beyond 30 the density falls so fast that nearly all of what is left lies just beyond the inner bound (Mills).
    found = log_between(np.array([30.0, -40.0]), np.array([40.0, -30.0]))
    mills = -(30.0**2) / 2 - math.log(30.0 * math.sqrt(2 * math.pi)) + math.log1p(-1 / 900)

    assert found == pytest.approx([mills, mills], abs=1e-5)


def _direction(ballots: Ballots, seed: int) -> Parameters:
    """Return some direction: the one cut of two positions moves in both places."""
    rng = np.random.default_rng(seed)
    items = len(ballots.two_way)
    points, slopes, lower, upper = (rng.normal(size=n) for n in (len(ballots.column), items, items, items))
    # Inner products count the one cut once, with the lower.
    return Parameters(points, slopes, lower, np.where(ballots.two_way, lower, upper))

"""Fitting ideal points: recovery of simulated points, sign, invariances and convergence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from tests.votes.analysis.random_ballots import Votes, random_votes
from votes.analysis.ideal_points import Fit, fit, main_division, oriented, solved
from votes.analysis.ideal_points_data import Limits, Priors, gather
from votes.analysis.ideal_points_model import Model, Parameters
from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, OUTSIDE, YES

SESSIONS, EACH = 8, 40
STATES = tuple(f"Q{n:02}" for n in range(45))


def simulated(seed: int = 1) -> tuple[Votes, np.ndarray]:
    """Return votes drawn from the model, and the points of S states in each session that they were drawn from."""
    rng = np.random.default_rng(seed)
    points = rng.normal(size=len(STATES)) + np.cumsum(rng.normal(0, 0.2, (SESSIONS, len(STATES))), axis=0)
    sessions = np.repeat(np.arange(1, SESSIONS + 1), EACH)
    slopes = rng.normal(size=SESSIONS * EACH)
    lower = rng.normal(-0.3, 0.7, len(slopes))
    upper = lower + rng.random(len(slopes))
    lean = slopes[:, None] * points[sessions - 1] + rng.normal(size=(len(slopes), len(STATES)))
    choices = np.where(lean < lower[:, None], NO, np.where(lean > upper[:, None], YES, ABSTAINING))
    choices[rng.random(choices.shape) < 0.1] = NON_VOTING
    return Votes(choices.astype(np.int8), np.arange(len(slopes)), sessions, STATES, {}), points


VOTES, TRUTH = simulated()
POSITIVE = int(TRUTH.sum(axis=0).argmax())
FIT = fit(VOTES.gathered(), positive=POSITIVE)


def by_state(found: Fit, states: tuple[str, ...]) -> dict[tuple[str, int], tuple[float, float]]:
    """Return estimate and standard error by state and session."""
    keys = zip((states[column] for column in found.ballots.column), found.ballots.session.tolist(), strict=True)
    return dict(zip(keys, zip(found.at.points.tolist(), found.standard_errors.tolist(), strict=True), strict=True))


def test_simulated_points_are_recovered():
    truth = TRUTH[FIT.ballots.session - 1, FIT.ballots.column]
    truth = (truth - truth.mean()) / truth.std()
    error = FIT.at.points - truth

    assert FIT.converged
    for session in range(1, SESSIONS + 1):
        of_session = FIT.ballots.session == session
        assert np.corrcoef(FIT.at.points[of_session], truth[of_session])[0, 1] > 0.96, session
    # The intervals hold what they promise, though the items are taken as known.
    covered = (np.abs(error) < 1.96 * FIT.standard_errors).mean()
    assert 0.9 < covered < 0.99


def test_the_scale_is_that_of_all_points():
    assert FIT.at.points.mean() == pytest.approx(0, abs=1e-12)
    assert FIT.at.points.std() == pytest.approx(1)
    assert FIT.at.points[FIT.ballots.column == POSITIVE].sum() > 0
    assert (FIT.standard_errors > 0).all()
    assert (FIT.at.lower <= FIT.at.upper).all()


def test_another_optimiser_reaches_the_same_points():
    """L-BFGS from a start of its own, means and variances in turn until neither moves."""
    few = replace(VOTES, choices=VOTES.choices[:80, :12], items=np.arange(80), sessions=VOTES.sessions[:80])
    ballots = replace(few, states=STATES[:12]).gathered()
    model = Model(ballots, Priors())
    sizes = np.cumsum([len(ballots.column), model.items, model.items])
    one_cut = ballots.two_way

    def parted(vector: np.ndarray) -> Parameters:
        points, slopes, lower, width = np.split(vector, sizes)
        return Parameters(points, slopes, lower, np.where(one_cut, lower, lower + np.exp(width)))

    def uphill(vector: np.ndarray) -> tuple[float, np.ndarray]:
        at = parted(vector)
        value, slope, _curvature = model.expand(at, spread)
        by_upper = np.where(one_cut, 0.0, slope.upper)
        by_width = by_upper * (at.upper - at.lower)
        return -value, -np.concatenate([slope.points, slope.discriminations, slope.lower + by_upper, by_width])

    truth = TRUTH[ballots.session - 1, ballots.column]
    vector = np.concatenate([truth, np.zeros(2 * model.items), np.full(model.items, -1.0)])
    spread = model.spread(parted(vector))
    for _round in range(60):
        vector = minimize(uphill, vector, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
        spread = model.spread(parted(vector), spread)
    points = parted(vector).points

    positive = int(TRUTH[:2, :12].sum(axis=0).argmax())
    found = fit(ballots, positive=positive, limits=Limits(tolerance=1e-7, iterations=2000))

    assert found.converged
    assert found.at.points == pytest.approx((points - points.mean()) / points.std(), abs=2e-3)


def test_fit_is_deterministic():
    again = fit(VOTES.gathered(), positive=POSITIVE)

    assert [part.tobytes() for part in again.at] == [part.tobytes() for part in FIT.at]
    assert again.standard_errors.tobytes() == FIT.standard_errors.tobytes()
    assert (again.bound, again.iterations, again.change) == (FIT.bound, FIT.iterations, FIT.change)


def test_the_order_of_rows_and_states_does_not_matter():
    rng = np.random.default_rng(3)
    rows, columns = rng.permutation(len(VOTES.items)), rng.permutation(len(STATES))
    states = tuple(STATES[column] for column in columns)
    ballots = gather(VOTES.choices[rows][:, columns], VOTES.items[rows], VOTES.sessions[rows], states)
    other = by_state(fit(ballots, positive=states.index(STATES[POSITIVE])), states)

    own = by_state(FIT, STATES)
    assert other.keys() == own.keys()
    for key, figures in own.items():
        assert other[key] == pytest.approx(figures, abs=1e-6), key


def test_non_voting_does_not_affect_the_fit():
    outside = np.where(VOTES.choices == NON_VOTING, OUTSIDE, VOTES.choices).astype(np.int8)
    other = fit(replace(VOTES, choices=outside).gathered(), positive=POSITIVE)

    assert [part.tobytes() for part in other.at] == [part.tobytes() for part in FIT.at]


def test_named_state_is_on_the_positive_side():
    negative = int(TRUTH.sum(axis=0).argmin())
    other = fit(VOTES.gathered(), positive=negative)

    assert other.at.points == pytest.approx(-FIT.at.points, abs=1e-3)
    assert other.at.discriminations == pytest.approx(-FIT.at.discriminations, abs=1e-3)
    assert other.at.lower == pytest.approx(FIT.at.lower, abs=1e-3)


def test_fit_stopped_early_is_not_converged():
    stopped = fit(VOTES.gathered(), positive=POSITIVE, limits=Limits(iterations=2))

    assert (stopped.converged, stopped.iterations) == (False, 2)
    assert stopped.change >= Limits().tolerance
    assert stopped.bound < FIT.bound


@pytest.mark.parametrize("choices", [[[YES, YES, NON_VOTING]], [[NON_VOTING] * 3], []])
def test_fit_without_divided_roll_calls_is_an_error(choices: list[list[int]]):
    rows = np.array(choices, np.int8).reshape(-1, 3)
    ballots = gather(rows, np.arange(len(rows)), np.ones(len(rows), np.intp), "PQR")

    with pytest.raises(ValueError, match="no roll call on which positions differed"):
        fit(ballots, positive=0)


@settings(max_examples=30)
@given(random_votes(), st.integers(0, 2))
def test_any_votes_give_finite_points_with_the_right_sign(votes: Votes, positive: int):
    found = fit(votes.gathered(), positive=positive)

    for part in (*found.at, found.standard_errors):
        assert np.isfinite(part).all()
    assert (found.standard_errors > 0).all()
    assert found.change >= 0
    assert found.at.points[found.ballots.column == positive].sum() >= -1e-6 or found.at.points.std() < 1e-6


def test_two_camps_get_equal_points_with_abstainers_between():
    # P and Q are in favour of what R and S are against, every time; T abstains.
    choices = np.array([[YES, YES, NO, NO, ABSTAINING]] * 3 + [[NO, NO, YES, YES, ABSTAINING]] * 3, np.int8)
    ballots = gather(choices, np.arange(6), np.repeat([1, 2], 3), "PQRST")
    found = by_state(fit(ballots, positive=2), tuple("PQRST"))

    for session in (1, 2):
        p, q, r, s, t = (found[state, session][0] for state in "PQRST")
        assert p == pytest.approx(q)
        assert r == pytest.approx(s)
        assert p == pytest.approx(-r, abs=1e-3)
        assert t == pytest.approx(0, abs=1e-3)
        assert r > 0.5


def test_a_session_takes_the_sign_of_the_one_before():
    choices = np.array([[YES, YES, NO, NO]] * 2, np.int8)
    ballots = gather(choices, np.arange(2), np.array([1, 2]), "PQRS")
    # Chain by chain: P in 1 and 2, Q in 1 and 2, and so on. The second session is the wrong way round.
    points = np.array([1.0, -1.1, 0.9, -1.0, -1.0, 0.8, -0.9, 1.2])
    cuts = np.zeros(2)

    turned = oriented(ballots, Parameters(points, np.array([1.0, 2.0]), cuts, cuts))

    assert turned.points.tolist() == [1.0, 1.1, 0.9, 1.0, -1.0, -0.8, -0.9, -1.2]
    # The item of that session alone turns with it.
    assert turned.discriminations.tolist() == [1.0, -2.0]
    assert oriented(ballots, turned) is turned


def test_main_division_separates_opposed_states():
    choices = np.array([[YES, YES, NO, NO, OUTSIDE], [YES, YES, NO, ABSTAINING, OUTSIDE]], np.int8)
    ballots = gather(choices, np.arange(2), np.ones(2, np.intp), "PQRST")

    for positive, sign in ((0, 1), (2, -1)):
        scores = sign * main_division(ballots, positive)
        assert scores[0] == pytest.approx(scores[1])
        assert scores[0] > 0 > scores[3] > scores[2]


def test_newton_steps_solve_the_linear_system():
    model = Model(FIT.ballots, Priors())
    spread = model.spread(FIT.at)
    _value, slope, curvature = model.expand(FIT.at, spread)

    step = solved(curvature, slope, Limits(products=2000, precision=1e-10))

    residual = curvature.product(step).plus(slope, -1.0)
    assert max(np.abs(part).max() for part in residual) < 1e-6 * max(np.abs(part).max() for part in slope)

"""Fitting ideal points to the record: what is stored, what replaces it, and what the command says."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.votes.divided_record import LINE, divided, fitted, put, stale
from votes.editing.ideal_points import DECIMALS, fit_record, store
from votes.models import CutPoint, IdealPoint, IdealPointFit, Vote
from votes.record.record import reading
from votes.record.version import data_version
from votes.reports.ideal_points import MODEL, estimates_of, is_stale

pytestmark = pytest.mark.usefixtures("record")


class TestStored:
    """What a fit leaves in the database."""

    def test_fit_is_stored_with_version_settings_and_convergence(self):
        divided()
        version = data_version()
        found = fit_record()

        stored = store(found)

        assert (stored.data_version, stored.digest, stored.model) == (version, found.material.digest, MODEL)
        assert (stored.converged, stored.iterations) == (True, found.fit.iterations)
        assert stored.change < stored.settings["limits"]["tolerance"]
        # 20 landmarks of the Assembly, and seven texts put in two sessions each.
        assert (stored.roll_calls, stored.items) == (34, 27)
        votes = Vote.objects.filter(roll_call__body__code="GA", roll_call__status="published", choice__in="YNA")
        assert stored.votes == votes.count()
        assert stored.states == votes.values("state").distinct().count()

    def test_points_are_stored_by_state_and_session_with_vote_counts(self):
        divided()
        found = fit_record()
        store(found)

        points = IdealPoint.objects.select_related("state")
        assert points.count() == len(found.fit.at.points)
        by_session = {p.session: p for p in points if p.state.code == "USA"}
        voted = Vote.objects.filter(state__code="USA", roll_call__body__code="GA", choice__in="YNA")
        assert by_session[49].votes == 7 == voted.filter(roll_call__session__code="49").count()
        assert sum(p.votes for p in by_session.values()) == voted.count()
        column = found.material.matrix.columns["USA"]
        place = np.flatnonzero((found.fit.ballots.column == column) & (found.fit.ballots.session == 50))[0]
        assert by_session[50].estimate == round(found.fit.at.points[place], DECIMALS)
        assert by_session[50].standard_error == round(found.fit.standard_errors[place], DECIMALS)
        assert str(by_session[50]) == f"United States, 50: {by_session[50].estimate:+.2f}"

    def test_united_states_is_on_the_positive_side(self):
        divided()

        strip = fitted().by_session[50]

        places = [LINE.index(point.state) for point in strip]
        assert strip[-1].state in LINE[-3:]
        assert "USA" in {point.state for point in strip[-3:]}
        assert np.corrcoef(places, range(len(places)))[0, 1] > 0.95

    def test_repeated_text_shares_its_cut_point(self):
        divided(cuts=(6, 12, 18))
        store(fit_record())

        one, other = (CutPoint.objects.get(roll_call__slug=f"divided-{n}-9012") for n in (49, 50))
        assert (one.discrimination, one.lower, one.upper) == (other.discrimination, other.lower, other.upper)
        assert (one.session, other.session, one.roll_calls, other.roll_calls) == (49, 50, 2, 2)
        assert CutPoint.objects.get(roll_call__slug="a-res-67-19").roll_calls == 1
        assert str(one) == str(one.roll_call)

    def test_unanimous_vote_has_no_cut_point(self):
        put("vote-1", 50, dict.fromkeys(LINE, "Y"))
        store(fit_record())

        assert CutPoint.objects.filter(roll_call__slug="vote-1").count() == 0
        assert IdealPoint.objects.filter(session=50).count() == 0

    def test_a_new_fit_replaces_the_one_before(self):
        divided(sessions=(49,))
        first = store(fit_record())
        points = IdealPoint.objects.count()
        Vote.objects.filter(roll_call__session__code="49").delete()

        second = store(fit_record())

        assert list(IdealPointFit.objects.all()) == [second]
        assert first.digest != second.digest
        assert IdealPoint.objects.count() == points - len(LINE)
        assert set(IdealPoint.objects.values_list("fit", flat=True)) == {second.pk}

    def test_the_same_record_gives_the_same_estimates(self):
        divided()
        figures = ("state__code", "session", "estimate", "standard_error", "votes")

        def stored() -> list[tuple[Any, ...]]:
            store(fit_record())
            return list(IdealPoint.objects.order_by("state__code", "session").values_list(*figures))

        assert stored() == stored()

    def test_roll_call_deleted_before_storing_is_left_out(self):
        made = divided()
        found = fit_record()
        made[0].delete()

        stored = store(found)

        assert CutPoint.objects.filter(fit=stored).count() == stored.roll_calls - 1

    def test_storing_moves_the_data_version(self):
        divided()
        found, before = fit_record(), data_version()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT transaction) FROM votes_change")
            assert cursor.fetchone() == (before,)

        store(found)
        IdealPointFit.objects.filter(digest=found.material.digest).update(iterations=1)

        # All of a test is one transaction, which has one version to give: what it read before is read anew.
        with reading() as record:
            estimates = estimates_of(record)
            assert estimates is not None
            assert estimates.fit.iterations == 1


@pytest.mark.django_db(transaction=True)
def test_fit_moves_the_data_version_once_and_reloads_the_record():
    divided()
    with reading() as record:
        assert estimates_of(record) is None
        before = record.version

    store(fit_record())

    with reading() as record:
        assert record.version == before + 1
        estimates = estimates_of(record)
        assert estimates is not None
        assert estimates.fit.data_version == before
        # Kept with the record: nothing is asked again.
        with CaptureQueriesContext(connection) as queries:
            assert estimates_of(record) is estimates
            assert not is_stale(record, estimates)
            asked = len(queries)
            assert not is_stale(record, estimates)
        assert len(queries) == asked == 4


class TestCommand:
    """``manage.py fit_ideal_points``."""

    def said(self, **options: Any) -> str:
        out = io.StringIO()
        call_command("fit_ideal_points", stdout=out, stderr=out, **options)
        return out.getvalue()

    def test_command_fits_stores_and_reports(self):
        divided()

        began, first, second = self.said().splitlines()

        fit = IdealPointFit.objects.get()
        assert began == "Fitting; this takes about a minute."
        assert first == (
            f"{fit.votes:,} votes of {fit.states} member states on 34 roll calls (27 questions), "
            f"data version {fit.data_version:,}."
        )
        assert second.startswith(f"{fit.iterations} steps in ")
        assert not stale()

    def test_if_stale_option_fits_only_after_votes_changed(self):
        divided()
        self.said(if_stale=True)
        made = IdealPointFit.objects.get()

        assert self.said(if_stale=True) == "The estimates are up to date; nothing was done.\n"
        assert IdealPointFit.objects.get() == made

        Vote.objects.filter(roll_call__slug="a-res-74-7", state__code="USA").update(choice="A")
        self.said(if_stale=True)
        assert IdealPointFit.objects.get().digest != made.digest

    def test_unconverged_fit_is_stored_and_exits_with_1(self):
        divided()
        out = io.StringIO()

        with pytest.raises(SystemExit) as ended:
            call_command("fit_ideal_points", iterations=1, stdout=out, stderr=out)

        assert ended.value.code == 1
        assert out.getvalue().endswith("The estimates did not converge. They are stored, and the page says so.\n")
        fit = IdealPointFit.objects.get()
        assert (fit.converged, fit.iterations) == (False, 1)

    def test_command_fails_without_divided_roll_calls(self):
        Vote.objects.all().delete()

        with pytest.raises(
            CommandError, match=r"^Nothing was fitted\. There is no roll call on which positions differed\.$"
        ):
            self.said()
        assert IdealPointFit.objects.count() == 0

    def test_zero_iterations_are_refused(self):
        with pytest.raises(CommandError, match="1 or more"):
            self.said(iterations=0)

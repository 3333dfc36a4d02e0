"""Planning an import: what changes, precedence of sources, and edits that are kept."""

from dataclasses import replace
from typing import Any

import pytest

from resolutions.models import OtherSymbol, Resolution, Topic
from tests.factories import make_resolution, make_roll_call, make_votes
from tests.votes.importing.editions import (
    FIRST,
    LIBRARY,
    LINK,
    SECOND,
    THIRD,
    Stated,
    contents,
    library,
    planned,
    rewritten,
    taken,
    versions,
    voeten,
    votes_of,
)
from votes.editing.publishing import unpublish
from votes.editing.votes import record_votes
from votes.importing.edition import Edition
from votes.importing.facts import facts_of, quoted
from votes.models import Correction, Format, MemberState, RollCall, Source, Statement, Tally, Vote

pytestmark = pytest.mark.usefixtures("record")

TEN = "BRAY CHNN FRAY GBRY INDA MEXY NORY RUSN SWEY USAA"


def vote(slug: str, state: str) -> Vote:
    return Vote.objects.get(roll_call__slug=slug, state__code=state)


def roll_call(slug: str = "a-res-79-1") -> RollCall:
    return RollCall.objects.select_related("resolution", "source").get(slug=slug)


def statement(slug: str = "a-res-79-1", form: str = Format.GA_VOTING) -> Statement:
    return Statement.objects.get(roll_call__slug=slug, format=form)


class TestNew:
    """What is not on record."""

    def test_new_roll_call_is_written_with_text_votes_and_statement(self):
        plan = taken(
            library(
                replace(
                    FIRST,
                    agenda="Item 12",
                    topics=("human-rights", "arms-control"),
                    drafts=("A/79/L.20", "a/79/l.3", "A/79/L.20"),
                    meeting="A/79/PV.40",
                    note="Later corrected.",
                )
            )
        )

        (row,) = [row for row in contents() if row["source"] == LIBRARY]
        assert row == {
            "slug": "a-res-79-1",
            "body": "GA",
            "session": "79",
            "symbol": "A/RES/79/1",
            "text": ["Peace", "Item 12", "published", "resolution"],
            "topics": ["arms-control", "human-rights"],
            "others": ["draft A/79/L.20", "draft A/79/L.3"],
            "votes": "CHNN FRAY GBRY RUSN USAA",
            "tally": "2-2-1-0",
            "source": LIBRARY,
            "decisive": True,
            "title": "",
            "date": "2024-12-02",
            "date_precision": "day",
            "meeting": "A/79/PV.40",
            "ordinal": None,
            "kind": "text",
            "method": "recorded",
            "requirement": "not-stated",
            "result": "adopted",
            "announced_yes": 2,
            "announced_no": 2,
            "announced_abstaining": 1,
            "announced_non_voting": 0,
            "note": "Later corrected.",
            "source_reference": f"{LINK}1",
            "status": "published",
        }
        said = statement()
        assert (said.source.slug, said.reference, said.symbol_key, said.votes) == (
            LIBRARY,
            f"{LINK}1",
            "A/RES/79/1",
            "CHNN FRAY GBRY RUSN USAA",
        )
        assert said.facts == {
            "date": "2024-12-02",
            "date_precision": "day",
            "session": "79",
            "meeting": "A/79/PV.40",
            "kind": "text",
            "method": "recorded",
            "result": "adopted",
            "note": "Later corrected.",
            "announced_yes": 2,
            "announced_no": 2,
            "announced_abstaining": 1,
            "announced_non_voting": 0,
            "symbol": "A/RES/79/1",
            "text_title": "Peace",
            "agenda": "Item 12",
            "topics": ["arms-control", "human-rights"],
            "drafts": ["A/79/L.20", "A/79/L.3"],
        }
        assert (len(plan.new_roll_calls), len(plan.new_texts), plan.changes, plan.unchanged) == (1, 1, [], 0)

    def test_new_rows_have_the_fields_that_saving_derives(self):
        taken(library(Stated("A/RES/79/5A", title="Côte d’Ivoire", agenda="Dag Hammarskjöld", drafts=("A/79/L.5",))))
        text = Resolution.objects.get(symbol="A/RES/79/5 A")
        before = Resolution.objects.filter(pk=text.pk).values().get()
        other = OtherSymbol.objects.filter(resolution=text).values().get()

        text.save()
        OtherSymbol.objects.get(resolution=text).save()

        assert Resolution.objects.filter(pk=text.pk).values().get() == before
        assert OtherSymbol.objects.filter(resolution=text).values().get() == other

    def test_new_vote_on_an_editors_draft_text_is_a_draft(self):
        make_resolution("A/RES/79/1", title="In the works")

        taken(library(FIRST))

        assert roll_call().status == "draft"
        text = Resolution.objects.get(symbol="A/RES/79/1")
        assert (text.status, text.title) == ("draft", "In the works")

    def test_text_keeps_the_decisive_vote_of_an_editor(self):
        text = make_resolution("A/RES/79/1", status="published")
        make_roll_call("by-hand", resolution=text, decisive=True, kind="procedural", status="published")

        taken(library(FIRST))

        assert [(r.slug, r.decisive) for r in text.roll_calls.order_by("slug")] == [
            ("a-res-79-1-1", False),
            ("by-hand", True),
        ]

    def test_slugs_in_use_are_numbered(self):
        make_roll_call("a-res-79-1")
        make_roll_call("ga-2024-12-02-1")

        plan = planned(voeten(FIRST, Stated("", number=9, kind="motion", date="2024-12-02")))

        assert [new.slug for new in plan.new_roll_calls] == ["a-res-79-1-2", "ga-2024-12-02-2"]


class TestTheSameAgain:
    """Nothing is written twice."""

    def test_draft_symbols_in_another_spelling_or_order_are_unchanged(self):
        taken(library(replace(FIRST, drafts=("A/79/L.20", "A/79/L.3"))))

        assert planned(library(replace(FIRST, drafts=("a/79/l.3", "A/79/L.20")))).is_empty


class TestANewerEdition:
    """What differs is changed and reported, and nothing else is touched."""

    @pytest.mark.parametrize(
        ("newer", "change"),
        [
            ({"date": "2024-12-03"}, "date “2024-12-02” → “2024-12-03”"),
            ({"totals": (3, 2, 1, 0)}, "announced_yes “2” → “3”"),
            ({"title": "Peace and quiet"}, "text_title “Peace” → “Peace and quiet”"),
            ({"agenda": "Item 12"}, "agenda – → “Item 12”"),
            ({"topics": ("human-rights",)}, "topics – → “human-rights”"),
            ({"drafts": ("A/79/L.3",)}, "drafts – → “A/79/L.3”"),
            ({"meeting": "A/79/PV.40"}, "meeting – → “A/79/PV.40”"),
            ({"note": "n" * 90}, f"note – → “{'n' * 80}…”"),
            ({"session": "78"}, "session “79” → “78”"),
            ({"number": 99}, f"reference “{LINK}1” → “{LINK}99”"),
            (
                {"votes": "CHNN FRAN GBRY RUSN USAA"},
                "announced_yes “2” → “1”; announced_no “2” → “3”; FRA Y → N",
            ),
            ({"votes": "BRAY CHNN FRAY GBRY RUSN USAA", "totals": (2, 2, 1, 0)}, "BRA – → Y"),
        ],
    )
    def test_newer_edition_changes_and_reports_what_differs(self, newer: dict[str, Any], change: str):
        taken(library(FIRST, SECOND))
        before = {model: versions(model) for model in (Resolution, RollCall, Vote, Statement, Tally)}
        edition = library(replace(FIRST, **newer), SECOND)

        plan = taken(edition)

        assert plan.changes == [f"a-res-79-1: {change}"]
        assert (len(plan.changed), plan.unchanged, plan.shrinking) == (1, 1, [])
        after = {model: rewritten(rows, versions(model)) for model, rows in before.items()}
        first = roll_call()
        assert after[Statement] == {statement().pk}
        assert after[RollCall] <= {first.pk}
        assert after[Resolution] <= {first.resolution_id}
        assert after[Tally] <= {first.pk}
        assert after[Vote] <= set(first.votes.values_list("pk", flat=True))
        assert len(after[Vote]) <= 1
        assert planned(edition).is_empty
        assert contents("A/RES/79/1") == _fresh(edition)

    def test_text_and_vote_are_changed_independently(self):
        taken(library(FIRST))
        before = {model: versions(model) for model in (Resolution, RollCall, Vote)}

        taken(library(replace(FIRST, title="Peace and quiet")))
        assert rewritten(before[RollCall], versions(RollCall)) == set()
        assert rewritten(before[Vote], versions(Vote)) == set()

        before = {model: versions(model) for model in (Resolution, RollCall)}
        taken(library(replace(FIRST, title="Peace and quiet", votes="CHNN FRAN GBRY RUSN USAA", totals=(2, 2, 1, 0))))
        assert rewritten(before[RollCall], versions(RollCall)) == set()
        assert rewritten(before[Resolution], versions(Resolution)) == set()
        assert votes_of("a-res-79-1") == "CHNN FRAN GBRY RUSN USAA"
        assert str(Tally.objects.get(roll_call__slug="a-res-79-1")) == "1-3-1"

    def test_added_roll_call_changes_no_other(self):
        taken(library(FIRST, THIRD))
        before = {model: versions(model) for model in (Resolution, RollCall, Vote, Statement, Tally)}

        plan = taken(library(FIRST, SECOND, THIRD))

        new = roll_call("a-res-79-2")
        assert [text.symbol for text in plan.new_texts] == ["A/RES/79/2"]
        assert (plan.changes, plan.unchanged) == ([], 2)
        assert {model: rewritten(rows, versions(model)) for model, rows in before.items()} == {
            Resolution: {new.resolution_id},
            RollCall: {new.pk},
            Vote: set(new.votes.values_list("pk", flat=True)),
            Statement: {statement("a-res-79-2").pk},
            Tally: {new.pk},
        }

    def test_votes_replace_totals_and_totals_replace_votes(self):
        counted = replace(FIRST, votes="", method="non-recorded", totals=(2, 2, 1, 0))
        taken(library(counted))

        plan = taken(library(FIRST))
        assert plan.changes == [
            "a-res-79-1: method “non-recorded” → “recorded”; CHN – → N; FRA – → Y; GBR – → Y; RUS – → N; USA – → A"
        ]

        plan = taken(library(counted))
        assert len(plan.shrinking) == 5
        assert (roll_call().method, votes_of("a-res-79-1")) == ("non-recorded", "")
        assert str(Tally.objects.get(roll_call__slug="a-res-79-1")) == "0-0-0"

    def test_vote_may_become_an_adoption_without_a_vote(self):
        taken(library(FIRST))

        taken(library(replace(FIRST, votes="", method="without-vote")))

        now = roll_call()
        assert (now.method, now.announced_yes, now.announced_non_voting, votes_of("a-res-79-1")) == (
            *("without-vote", None, None, ""),
        )


def _fresh(edition: Edition) -> list[dict[str, Any]]:
    """Return what the first text becomes where the edition is the first to be imported."""
    RollCall.objects.filter(source__slug=LIBRARY).delete()
    Resolution.objects.filter(symbol__startswith="A/RES/79/").delete()
    taken(edition)
    return contents("A/RES/79/1")


class TestColumnsThatComeAndGo:
    """An edition without a column takes nothing back, and does not make what is there a person's."""

    full = replace(FIRST, note="A note", meeting="A/79/PV.1", agenda="Item 1", topics=("human-rights",))
    bare = replace(FIRST, totals=(None, None, None, None))

    def test_facts_missing_from_an_edition_are_kept_until_the_next_has_them(self):
        taken(library(self.full))
        before = contents()

        plan = taken(library(self.bare))
        assert (plan.changes, contents()) == ([], before)
        assert planned(library(self.bare)).is_empty
        assert planned(library(self.full)).is_empty

        plan = taken(library(replace(self.full, note="Another", agenda="Item 2", totals=(4, 2, 1, 0))))
        assert plan.changes == [
            "a-res-79-1: note “A note” → “Another”; announced_yes “2” → “4”; agenda “Item 1” → “Item 2”"
        ]

    def test_missing_votes_are_removals_and_not_a_missing_column(self):
        taken(library(FIRST))

        plan = planned(library(replace(FIRST, votes="")))

        assert plan.shrinking == [f"a-res-79-1: the vote of {state}" for state in ("CHN", "FRA", "GBR", "RUS", "USA")]

    def test_edit_made_meanwhile_is_kept(self):
        taken(library(self.full))
        RollCall.objects.filter(slug="a-res-79-1").update(note="By hand")

        taken(library(self.bare))
        taken(library(replace(self.full, note="Another")))

        assert roll_call().note == "By hand"


class TestByHand:
    """What a person changed stays; what nobody changed follows the source."""

    newer = replace(
        FIRST,
        date="2024-12-04",
        title="Peace and quiet",
        note="From the library",
        meeting="A/79/PV.40",
        totals=(3, 2, 0, 0),
        votes="BRAY CHNY FRAN GBRY RUSN USAY",
        topics=("arms-control",),
    )

    def newest(self) -> tuple[str, str, str]:
        row = next(row for row in contents() if row["slug"] == "a-res-79-1")
        return row["date"], row["text"][0], row["note"]

    @pytest.mark.parametrize("again", [FIRST, newer], ids=["the same edition", "a newer one"])
    @pytest.mark.parametrize("way", ["record_votes", "update"])
    def test_edited_vote_is_kept(self, again: Stated, way: str):
        taken(library(FIRST))
        choices = {"CHN": "A", "FRA": "Y", "GBR": "Y", "RUS": "N", "USA": "A"}
        if way == "update":
            Vote.objects.filter(pk=vote("a-res-79-1", "CHN").pk).update(choice="A")
        else:
            record_votes(roll_call=roll_call(), choices=choices)

        taken(library(again))

        expected = "CHNA FRAY GBRY RUSN USAA" if again is FIRST else "BRAY CHNA FRAN GBRY RUSN USAY"
        assert votes_of("a-res-79-1") == expected

    def test_votes_added_or_removed_by_hand_stay_so(self):
        taken(library(FIRST))
        vote("a-res-79-1", "RUS").delete()
        make_votes(roll_call(), {"IND": "A", "BRA": "N"})

        for edition in (library(FIRST), library(self.newer)):
            plan = taken(edition)
            assert plan.shrinking == []
        assert votes_of("a-res-79-1") == "BRAN CHNY FRAN GBRY INDA USAY"

    def test_votes_removed_by_hand_are_not_added_again(self):
        taken(library(FIRST))
        Vote.objects.filter(roll_call=roll_call()).delete()

        taken(library(FIRST))
        assert votes_of("a-res-79-1") == ""
        taken(library(replace(FIRST, votes="BRAY CHNY FRAY GBRY RUSN USAA")))
        assert votes_of("a-res-79-1") == "BRAY"

    def test_votes_entered_where_the_source_had_none_are_kept(self):
        taken(library(replace(FIRST, votes=""), form=Format.GA_OUTCOMES))
        make_votes(roll_call(), {"CHN": "Y", "IND": "A"})

        taken(library(FIRST))

        assert votes_of("a-res-79-1") == "CHNY INDA"

    @pytest.mark.parametrize(
        ("field", "by_hand"),
        [
            ("date", "2024-11-30"),
            ("note", "From an editor"),
            ("meeting", "A/79/PV.1"),
            ("announced_abstaining", 9),
            ("result", "rejected"),
            ("source_reference", "A better link"),
            ("method", "roll-call"),
            ("requirement", "two-thirds"),
            ("ordinal", 7),
            ("title", "Text or motion"),
            ("announced_yes", None),
        ],
    )
    def test_edited_fact_is_kept(self, field: str, by_hand: object):
        taken(library(FIRST))
        first = roll_call()
        setattr(first, field, by_hand)
        first.save()

        for edition in (library(FIRST), library(self.newer), library(replace(self.newer, number=77))):
            taken(edition)
            kept = getattr(roll_call(), field)
            assert (kept.isoformat() if field == "date" else kept) == by_hand
        date, title, note = self.newest()
        assert title == "Peace and quiet"
        assert (field == "date") or date == "2024-12-04"
        assert (field == "note") or note == "From the library"
        assert votes_of("a-res-79-1") == self.newer.votes

    def test_fact_emptied_by_hand_stays_empty(self):
        taken(library(replace(FIRST, note="A note", meeting="A/79/PV.1")))
        RollCall.objects.filter(slug="a-res-79-1").update(note="", meeting="")

        taken(library(replace(FIRST, note="Another note", meeting="A/79/PV.2")))

        assert (roll_call().note, roll_call().meeting) == ("", "")

    def test_edited_title_agenda_item_topics_and_drafts_of_a_text_are_kept(self):
        taken(library(FIRST))
        text = roll_call().resolution
        assert text is not None
        text.title, text.agenda = "By hand", "By hand too"
        text.save()
        text.topics.set(Topic.objects.filter(slug="human-rights"))
        OtherSymbol.objects.create(resolution=text, symbol="A/79/L.9", kind="draft")
        OtherSymbol.objects.create(resolution=text, symbol="A/RES/79/001 BIS", kind="variant")

        taken(library(FIRST))
        taken(library(replace(self.newer, agenda="Item 1", topics=("arms-control",), drafts=("A/79/L.1",))))

        (row,) = contents("A/RES/79/1")
        assert row["text"] == ["By hand", "By hand too", "published", "resolution"]
        assert row["topics"] == ["human-rights"]
        assert row["others"] == ["draft A/79/L.9", "variant A/RES/79/1 BIS"]
        assert row["date"] == "2024-12-04"

    def test_a_correction_keeps_its_vote(self):
        taken(library(FIRST))
        china = MemberState.objects.get(code="CHN")
        Correction.objects.create(roll_call=roll_call(), state=china, intended="A", reference="A/79/PV.41")

        taken(library(replace(FIRST, votes="FRAY GBRY RUSN USAA")))

        assert votes_of("a-res-79-1") == FIRST.votes
        assert Correction.objects.get().intended == "A"

        taken(library(replace(FIRST, votes="", method="without-vote")))
        assert (roll_call().method, votes_of("a-res-79-1")) == ("recorded", FIRST.votes)

    @pytest.mark.parametrize("touched", ["votes", "totals"])
    def test_method_is_kept_with_edited_votes_or_totals(self, touched: str):
        taken(library(FIRST))
        if touched == "votes":
            Vote.objects.filter(pk=vote("a-res-79-1", "CHN").pk).update(choice="A")
        else:
            RollCall.objects.filter(slug="a-res-79-1").update(announced_no=44)
        before = [row for row in contents() if row["slug"] == "a-res-79-1"]

        taken(library(replace(FIRST, votes="", method="without-vote")))

        assert [row for row in contents() if row["slug"] == "a-res-79-1"] == before

    def test_vote_detached_from_its_text_stays_detached(self):
        taken(library(FIRST))
        RollCall.objects.filter(slug="a-res-79-1").update(resolution=None, decisive=False, title="By hand")

        taken(library(FIRST))
        taken(library(self.newer))

        now = roll_call()
        assert (now.resolution, now.title, now.date.isoformat()) == (None, "By hand", "2024-12-04")

    def test_vote_moved_to_another_text_stays_there(self):
        taken(library(FIRST))
        text = make_resolution("A/RES/79/500", title="Another", status="published")
        RollCall.objects.filter(slug="a-res-79-1").update(resolution=text)

        taken(library(self.newer))

        (row,) = contents("A/RES/79/500")
        assert (row["slug"], row["text"][0], row["date"]) == ("a-res-79-1", "Another", "2024-12-04")

    def test_edited_vote_no_longer_in_the_file_is_kept(self):
        taken(library(FIRST, SECOND, THIRD))
        Vote.objects.filter(pk=vote("a-res-79-2", "CHN").pk).update(choice="A")
        before = contents()

        plan = taken(library(FIRST, THIRD))

        assert plan.changes == ["a-res-79-2: no longer in the file; kept"]
        assert plan.shrinking == []
        assert contents() == before
        assert planned(library(FIRST, THIRD)).is_empty

    @pytest.mark.parametrize(
        "values",
        [{"note": "By hand"}, {"meeting": "A/79/PV.1"}, {"ordinal": 3}, {"announced_no": None}, {"title": "By hand"}],
    )
    def test_vote_with_an_edited_fact_no_longer_in_the_file_is_kept(self, values: dict[str, Any]):
        taken(library(FIRST, SECOND, THIRD))
        RollCall.objects.filter(slug="a-res-79-2").update(**values)

        assert planned(library(FIRST, THIRD)).removed_roll_calls == []


class TestEditorsOwn:
    """An editor goes before every source."""

    def test_editors_roll_call_is_unchanged_and_gains_a_statement(self):
        text = make_resolution("A/RES/79/1", title="By hand", status="published")
        make_roll_call(
            "by-hand", resolution=text, decisive=True, votes={"CHN": "Y"}, status="published", announced=(1, 0, 0, 0)
        )
        before = contents()

        plan = taken(library(FIRST))

        assert contents() == before
        assert (plan.unchanged, plan.changes) == (1, [])
        assert statement("by-hand").votes == FIRST.votes

    def test_editors_draft_is_unchanged(self):
        text = make_resolution("A/RES/79/1", title="In the works")
        make_roll_call("in-the-works", resolution=text, decisive=True, title="", votes={"CHN": "Y"})
        before = contents()

        taken(library(FIRST))
        taken(library(replace(FIRST, votes=TEN)))

        assert contents() == before
        assert roll_call("in-the-works").status == "draft"

    def test_landmark_is_taken_over_by_a_better_source_with_its_statement(self):
        landmark = RollCall.objects.get(slug="a-res-es-11-7")
        before = contents(landmarks=True)
        said = Stated("A/RES/ES-11/7", votes="CHNY USAY", date="2020-01-01", session="ES-11", title="Otherwise")

        plan = taken(library(said))
        taken(voeten(replace(said, votes=votes_of("a-res-es-11-7"), date="2025-02-24")))

        for row in before:
            if row["slug"] == "a-res-es-11-7":
                row |= {"source": LIBRARY, "source_reference": f"{LINK}1"}
        assert contents(landmarks=True) == before
        assert (plan.changes, plan.new_roll_calls) == (["a-res-es-11-7: source un-digital-library"], [])
        assert landmark.statements.count() == 2


class TestPrecedence:
    """The Digital Library goes before Voeten, whichever comes first."""

    theirs = Stated(
        "A/RES/50/1", number=700, session="50", date="1995-12-12", month=True, votes=TEN, title="PEACE, ETC."
    )
    official = replace(
        theirs, number=7, month=False, title="Peace", votes=TEN.replace("USAA", "USAN"), topics=("human-rights",)
    )

    def test_library_takes_over_votes_of_voeten(self):
        taken(voeten(self.theirs))
        assert roll_call("a-res-50-1").date.isoformat() == "1995-12-01"

        plan = taken(library(self.official))

        (change,) = plan.changes
        assert change == (
            "a-res-50-1: date “1995-12” → “1995-12-12”; result – → “adopted”; announced_yes – → “6”; "
            "announced_no – → “3”; announced_abstaining – → “1”; announced_non_voting – → “0”; "
            "text_title “PEACE, ETC.” → “Peace”; topics – → “human-rights”; USA A → N; source un-digital-library"
        )
        assert plan.shrinking == []
        (row,) = [row for row in contents() if row["slug"] == "a-res-50-1"]
        assert (row["source"], row["source_reference"], row["date"], row["date_precision"]) == (
            *(LIBRARY, f"{LINK}7", "1995-12-12", "day"),
        )
        assert row["votes"] == self.official.votes

    def test_voeten_does_not_change_votes_of_the_library(self):
        taken(library(self.official))
        before = contents()

        plan = taken(voeten(self.theirs))

        assert contents() == before
        assert (plan.unchanged, plan.changes) == (1, [])
        said = statement("a-res-50-1", Format.VOETEN)
        assert (said.votes, said.facts["date"], said.facts["date_precision"]) == (TEN, "1995-12-01", "month")

    @pytest.mark.parametrize(
        "official",
        [
            official,
            replace(official, date="1995-12-01"),
            replace(official, votes=TEN.replace("SWEY ", "")),
            replace(official, votes=f"AUSX {TEN}"),
            replace(official, number=700, drafts=("A/50/L.1",)),
        ],
        ids=["all", "on the first of the month", "a vote less", "a vote more", "a draft"],
    )
    def test_order_of_the_sources_does_not_matter(self, official: Stated):
        editions = [voeten(self.theirs), library(official)]
        ends = []
        for order in (editions, editions[::-1]):
            for edition in (*order, *order):
                taken(edition)
            ends.append(contents("A/RES/50/1"))
            assert all(planned(edition).is_empty for edition in editions)
            RollCall.objects.filter(slug="a-res-50-1").delete()
            Resolution.objects.filter(symbol="A/RES/50/1").delete()

        assert ends[0] == ends[1]
        assert ends[0][0]["date_precision"] == "day"
        assert ends[0][0]["votes"] == official.votes

    def test_facts_missing_from_the_library_stay_as_voeten_has_them(self):
        # The one thing in which the orders differ: coming later, Voeten adds nothing.
        theirs = replace(self.theirs, agenda="Item 5", topics=("decolonization",))
        taken(voeten(theirs))
        taken(library(replace(self.official, topics=())))

        (row,) = contents("A/RES/50/1")
        assert (row["text"][1], row["topics"]) == ("Item 5", ["decolonization"])

    def test_two_layouts_of_the_library_complement_each_other(self):
        taken(voeten(self.theirs))
        taken(library(replace(self.official, votes="", totals=(6, 3, 1, 0)), form=Format.GA_OUTCOMES))
        assert votes_of("a-res-50-1") == TEN

        taken(library(self.official))

        assert votes_of("a-res-50-1") == self.official.votes

    def test_edit_that_equals_voetens_value_is_kept_as_an_edit(self):
        taken(voeten(self.theirs))
        taken(library(self.official))
        Vote.objects.filter(pk=vote("a-res-50-1", "USA").pk).update(choice="A")

        taken(library(self.official))
        taken(library(replace(self.official, votes=TEN.replace("USAA", "USAY"))))

        assert votes_of("a-res-50-1") == TEN

    def test_month_does_not_replace_a_day_within_it_but_another_month_does(self):
        taken(library(self.official))
        RollCall.objects.filter(slug="a-res-50-1").update(source=Source.objects.get(slug="voeten"))

        taken(voeten(self.theirs))

        assert roll_call("a-res-50-1").date.isoformat() == "1995-12-12"


class TestRemovals:
    """An edition that lacks what the one before had."""

    def test_removed_vote_is_reported_and_removed_with_its_text(self):
        taken(library(FIRST, SECOND, THIRD))

        plan = taken(library(FIRST, THIRD))

        assert plan.shrinking == ["a-res-79-2: the whole vote"]
        assert not RollCall.objects.filter(slug="a-res-79-2").exists()
        assert not Resolution.objects.filter(symbol="A/RES/79/2").exists()
        assert Statement.objects.count() == 2
        assert planned(library(FIRST, THIRD)).is_empty

    def test_a_text_with_another_vote_on_it_stays(self):
        taken(library(FIRST, SECOND, THIRD))
        make_roll_call("motion", resolution=roll_call("a-res-79-2").resolution, kind="motion")

        taken(library(FIRST, THIRD))

        assert not RollCall.objects.filter(slug="a-res-79-2").exists()
        assert Resolution.objects.filter(symbol="A/RES/79/2").exists()

    def test_edited_vote_of_two_on_a_text_is_kept_with_it(self):
        twice = (Stated("A/RES/79/2", number=5, kind="text"), Stated("A/RES/79/2", number=6, kind="amendment"))
        taken(voeten(replace(FIRST, number=4), *twice, THIRD))
        RollCall.objects.filter(slug="a-res-79-2-1").update(note="By hand")

        plan = taken(voeten(replace(FIRST, number=4), THIRD))

        assert plan.shrinking == ["a-res-79-2: the whole vote"]
        assert [str(r) for r in Resolution.objects.get(symbol="A/RES/79/2").roll_calls.all()] == ["a-res-79-2-1"]

    def test_two_removed_votes_take_their_text_with_them(self):
        twice = (Stated("A/RES/79/2", number=5, kind="text"), Stated("A/RES/79/2", number=6, kind="amendment"))
        taken(voeten(replace(FIRST, number=4), *twice, THIRD))

        plan = taken(voeten(replace(FIRST, number=4), THIRD))

        assert sorted(plan.shrinking) == ["a-res-79-2-1: the whole vote", "a-res-79-2: the whole vote"]
        assert not Resolution.objects.filter(symbol="A/RES/79/2").exists()

    def test_removed_text_takes_drafts_topics_and_agenda_item_with_it(self):
        full = replace(SECOND, drafts=("A/79/L.20", "a/79/l.3"), topics=("human-rights",), agenda="Item 1", note="N")
        taken(library(FIRST, full, THIRD))

        taken(library(FIRST, THIRD))

        assert not Resolution.objects.filter(symbol="A/RES/79/2").exists()

    def test_text_with_a_symbol_added_by_hand_is_kept(self):
        taken(library(FIRST, SECOND, THIRD))
        text = Resolution.objects.get(symbol="A/RES/79/2")
        OtherSymbol.objects.create(resolution=text, symbol="79/2", kind="variant")

        taken(library(FIRST, THIRD))

        assert Resolution.objects.filter(symbol="A/RES/79/2").exists()

    def test_missing_votes_count_as_removals(self):
        taken(library(FIRST))

        plan = planned(library(replace(FIRST, votes="CHNN FRAY GBRY")))

        assert plan.shrinking == ["a-res-79-1: the vote of RUS", "a-res-79-1: the vote of USA"]

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (library(FIRST, SECOND), library(FIRST)),
            (library(FIRST, SECOND), library(SECOND)),
            (library(FIRST, SECOND), library()),
            (library(FIRST, SECOND), voeten(replace(FIRST, number=5), replace(THIRD, number=6))),
            (library(FIRST, SECOND), library(FIRST, THIRD, form=Format.GA_OUTCOMES)),
            (
                library(Stated("S/RES/2767 (2024)", date="2024-12-27"), form=Format.SC_VOTING),
                library(Stated("S/RES/2768 (2025)", date="2025-01-15"), form=Format.SC_VOTING),
            ),
            (
                library(Stated("S/RES/2768 (2025)", date="2024-12-10"), form=Format.SC_VOTING),
                library(FIRST, SECOND),
            ),
            (voeten(replace(FIRST, number=5), replace(SECOND, number=6)), library(FIRST, THIRD)),
        ],
        ids=[
            *("after it", "before it", "nothing", "another source", "another layout", "another year of the Council"),
            *("another body", "Voeten's"),
        ],
    )
    def test_votes_outside_the_period_of_a_file_are_not_removed(self, before: Edition, after: Edition):
        taken(before)

        plan = planned(after)

        assert plan.shrinking == []
        assert plan.removed_roll_calls == []
        assert plan.removed_statements == []

    def test_vote_with_a_second_source_is_kept(self):
        taken(library(FIRST, SECOND, THIRD))
        taken(voeten(replace(SECOND, number=5)))

        plan = taken(library(FIRST, THIRD))

        assert plan.changes == ["a-res-79-2: no longer in the file; kept"]
        assert votes_of("a-res-79-2") == SECOND.votes


class TestWaiting:
    """Votes on parts of a text that is not on record yet."""

    part = Stated("A/RES/79/1", number=8, kind="amendment", title="Oral amendment", votes="CHNY USAN")

    def test_votes_waiting_for_a_text_are_attached_when_it_is_imported(self):
        taken(voeten(self.part))
        assert roll_call("ga-2024-12-17-1").resolution is None

        plan = taken(library(FIRST))

        assert str(roll_call("ga-2024-12-17-1").resolution) == "A/RES/79/1"
        assert plan.changes == ["ga-2024-12-17-1: symbol A/RES/79/1"]
        assert (roll_call("ga-2024-12-17-1").title, roll_call("ga-2024-12-17-1").decisive) == ("Oral amendment", False)
        assert planned(voeten(self.part)).is_empty
        assert planned(library(FIRST)).is_empty

    def test_draft_waiting_for_a_text_stays_a_draft(self):
        taken(voeten(self.part))
        unpublish(roll_calls=[roll_call("ga-2024-12-17-1")])

        taken(library(FIRST))

        assert roll_call("ga-2024-12-17-1").status == "draft"

    def test_vote_is_attached_to_a_text_in_the_same_file(self):
        taken(voeten(self.part, replace(FIRST, number=9)))

        assert str(roll_call("a-res-79-1-1").resolution) == "A/RES/79/1"

    def test_editors_vote_is_not_attached_automatically(self):
        taken(voeten(self.part))
        RollCall.objects.filter(slug="ga-2024-12-17-1").update(source=Source.objects.get(slug="editor"))

        taken(library(FIRST))

        assert roll_call("ga-2024-12-17-1").resolution is None

    def test_vote_waiting_for_a_text_ignores_other_symbols(self):
        taken(voeten(self.part))

        taken(library(SECOND))

        assert roll_call("ga-2024-12-17-1").resolution is None


class TestFacts:
    """What is compared."""

    def test_facts_missing_from_a_file_are_not_stored(self):
        (stated,) = voeten(Stated("", number=3, kind="motion", title="", session=None)).roll_calls

        assert facts_of(stated) == {
            "date": "2024-12-17",
            "date_precision": "day",
            "kind": "motion",
            "method": "recorded",
            "absences": "derived",
        }

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            (None, "–"),
            ("", "–"),
            ([], "–"),
            (0, "“0”"),
            (["b", "a"], "“b, a”"),
            (("1995-12-01", "month"), "“1995-12”"),
            (("1995-01-01", "year"), "“1995”"),
            (("1995-12-01", "day"), "“1995-12-01”"),
        ],
    )
    def test_report_quotes_values(self, value: Any, said: str):
        assert quoted(value) == said


class TestDrafts:
    """What is a draft is an editor's, whoever brought it."""

    def test_import_does_not_change_drafts(self):
        taken(library(FIRST))
        RollCall.objects.filter(slug="a-res-79-1").update(status="draft")

        plan = taken(library(replace(FIRST, votes="CHNY FRAY GBRY RUSN USAA", date="2024-12-03", note="New")))

        assert plan.changes == []
        assert (votes_of("a-res-79-1"), roll_call().note, roll_call().status) == (FIRST.votes, "", "draft")

    def test_import_does_not_remove_drafts(self):
        other = replace(FIRST, symbol="A/RES/79/2", number=2, date="2024-12-03")
        last = replace(FIRST, symbol="A/RES/79/3", number=3, date="2024-12-04")
        taken(library(FIRST, other, last))
        RollCall.objects.filter(slug="a-res-79-2").update(status="draft")

        plan = taken(library(FIRST, last))

        assert (plan.shrinking, plan.removed_roll_calls) == ([], [])
        assert plan.changes == ["a-res-79-2: no longer in the file; kept"]


def test_truncated_table_shows_as_positions_turned_into_absences():
    taken(voeten(replace(FIRST, symbol="R/79/1")))

    plan = planned(voeten(replace(FIRST, symbol="R/79/1", votes="CHNN FRAY GBRY RUSN USAX")))

    assert plan.shrinking == ["a-res-79-1: the vote of USA"]

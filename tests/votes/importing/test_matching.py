"""Matching stated votes with roll calls on record: by slug, symbol, kind and order."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from resolutions.models import OtherSymbol, Resolution
from tests.factories import make_resolution, make_roll_call
from tests.votes.importing.editions import LINK, Stated, contents, library, planned, taken, voeten
from votes.importing.edition import Edition, parse_votes
from votes.importing.matching import agreement
from votes.importing.plan import Plan
from votes.models import Format, RetiredAddress, RollCall

pytestmark = pytest.mark.usefixtures("record")

VOTES = "BRAY CHNN FRAY GBRY INDA MEXY NORY RUSN SWEY USAA"
MANY = f"AFGY ALBN ARGY AUSA AUTY BELA BOLY BRBY BGRN CANA CHLY COLY CUBN {VOTES} DEUA EGYY ETHY FINY GHAY GRCA"


def matches(plan: Plan) -> dict[int, str]:
    """Return the slugs of what the roll calls of an edition were found to be."""
    slugs = dict(RollCall.objects.values_list("pk", "slug"))
    return {ref: slugs[key] for ref, key in plan.matched.items()}


def problems(plan: Plan) -> list[tuple[str, str, dict[str, object]]]:
    return [(problem.problem, problem.value, dict(problem.details)) for problem in plan.problems]


def by_slug(*roll_calls: tuple[str, Stated]) -> Edition:
    """Return an edition of Plenary's own export."""
    edition = library(*(said for _slug, said in roll_calls))
    for stated, (slug, _said) in zip(edition.roll_calls, roll_calls, strict=True):
        stated.slug, stated.title = slug, ""
    edition.format, edition.source = Format.PLENARY, ""
    return edition


class TestAgreement:
    """Two lists of votes held against each other."""

    @pytest.mark.parametrize(
        ("one", "other", "share"),
        [
            ("AAAY BBBN", "AAAY BBBN", 1.0),
            ("AAAY BBBN", "AAAY BBBA", 0.5),
            ("AAAY BBBX", "AAAY BBBN", 1.0),
            ("AAAY BBBY CCCY", "AAAN DDDY", 0.0),
            ("AAAX", "AAAX", None),
            ("AAAY", "BBBY", None),
            ("", "AAAY", None),
        ],
    )
    def test_agreement_is_the_share_of_equal_positions_of_both(self, one: str, other: str, share: float | None):
        assert agreement(one, other) == share
        assert agreement(other, one) == share

    def test_votes_are_read_as_statements_write_them(self):
        assert parse_votes("AAAY BBBX") == {"AAA": "Y", "BBB": "X"}
        assert parse_votes("") == {}


class TestBySymbol:
    """The symbol, in any spelling."""

    @pytest.mark.parametrize(
        ("recorded", "stated"),
        [
            ("A/RES/80/5 A", "A/RES/80/5A"),
            ("A/RES/302(IV)[B]", "A/RES/302(IV)[ B ]"),
            ("A/RES/79/317", "R/79/317"),
            ("A/RES/ES-10/19", "ESS/10/19"),
            ("S/RES/2774 (2025)", "S/RES/2774(2025)"),
        ],
    )
    def test_two_spellings_of_a_symbol_match_one_text(self, recorded: str, stated: str):
        taken(library(Stated(recorded)))
        slug = RollCall.objects.get(resolution__symbol=recorded).slug

        plan = planned(library(Stated(stated, number=2)))

        assert matches(plan) == {0: slug}
        assert plan.new_roll_calls == []
        assert plan.new_texts == []

    def test_variant_symbol_on_record_matches_its_text(self):
        taken(library(Stated("A/RES/79/1")))
        text = Resolution.objects.get(symbol="A/RES/79/1")
        OtherSymbol.objects.create(resolution=text, symbol="A/RES/79/1001", kind=OtherSymbol.Kind.VARIANT)

        assert matches(planned(library(Stated("A/RES/79/1001", number=2)))) == {0: "a-res-79-1"}

    def test_draft_symbol_does_not_match_its_text(self):
        taken(library(Stated("A/RES/79/1", drafts=("A/79/L.1",))))

        plan = planned(library(Stated("A/79/L.1", number=2)))

        assert matches(plan) == {}
        assert [text.symbol for text in plan.new_texts] == ["A/79/L.1"]

    def test_different_symbol_never_matches_even_with_equal_date_and_votes(self):
        taken(library(Stated("A/RES/79/1")))

        plan = planned(library(Stated("A/RES/79/1"), Stated("A/RES/79/2", number=2)))

        assert matches(plan) == {0: "a-res-79-1"}
        assert [text.symbol for text in plan.new_texts] == ["A/RES/79/2"]

    def test_vote_without_a_symbol_is_not_matched_by_date_and_votes(self):
        taken(library(Stated("A/RES/79/1")))

        plan = planned(voeten(Stated(symbol="", number=9, kind="motion")))

        assert matches(plan) == {}
        assert [(new.text, new.slug, new.title) for new in plan.new_roll_calls] == [(None, "ga-2024-12-17-1", "Peace")]

    def test_same_reference_with_another_symbol_is_another_vote(self):
        taken(library(Stated("A/RES/79/1", number=5)))

        plan = planned(library(Stated("A/RES/79/2", number=5)))

        assert matches(plan) == {}
        assert [text.symbol for text in plan.new_texts] == ["A/RES/79/2"]

    def test_symbol_takes_precedence_over_date_and_votes(self):
        taken(library(Stated("A/RES/79/1", votes="CHNY USAN")))

        plan = planned(library(Stated("A/RES/79/1", number=2, date="2024-12-03", votes="CHNN USAY")))

        assert matches(plan) == {0: "a-res-79-1"}


class TestByKindAndPlace:
    """Several votes on one text."""

    def setup_texts(self) -> None:
        taken(library(Stated("A/RES/79/1", votes=VOTES)))
        taken(
            voeten(
                Stated("A/RES/79/1", number=11, votes=VOTES),
                Stated("A/RES/79/1", number=12, kind="amendment", votes="CHNY USAN", title="First"),
                Stated("A/RES/79/1", number=13, kind="amendment", votes="CHNN USAY", title="Second"),
                Stated("A/RES/79/1", number=14, kind="paragraph", votes="CHNA USAA", title="Para"),
            )
        )

    def test_each_kind_of_vote_on_a_text_is_matched_by_itself(self):
        self.setup_texts()

        found = contents("A/RES/79/1")
        assert sorted((row["slug"], row["kind"], row["title"], row["decisive"]) for row in found) == [
            ("a-res-79-1", "text", "", True),
            ("a-res-79-1-1", "amendment", "First", False),
            ("a-res-79-1-2", "amendment", "Second", False),
            ("a-res-79-1-3", "paragraph", "Para", False),
        ]

    def test_nth_vote_of_a_kind_matches_the_nth_on_record(self):
        self.setup_texts()
        edition = library(
            Stated("A/RES/79/1", votes=VOTES),
            Stated("A/RES/79/1", number=2, kind="amendment", votes="CHNY USAN"),
            Stated("A/RES/79/1", number=3, kind="amendment", votes="CHNN USAY"),
            Stated("A/RES/79/1", number=4, kind="amendment", votes="CHNN USAN"),
        )

        plan = planned(edition)

        assert matches(plan) == {0: "a-res-79-1", 1: "a-res-79-1-1", 2: "a-res-79-1-2"}
        assert [new.slug for new in plan.new_roll_calls] == ["a-res-79-1-4"]

    def test_vote_of_the_same_source_is_matched_by_its_reference(self):
        self.setup_texts()
        new_first = [
            Stated("A/RES/79/1", number=10, kind="amendment", votes="CHNA USAN", title="New"),
            Stated("A/RES/79/1", number=13, kind="amendment", votes="CHNN USAY", title="Second"),
            Stated("A/RES/79/1", number=12, kind="amendment", votes="CHNY USAN", title="First"),
        ]
        for order in itertools.permutations(new_first):
            plan = planned(voeten(*order))
            slugs = matches(plan)
            assert {order[ref].title: slug for ref, slug in slugs.items()} == {
                "First": "a-res-79-1-1",
                "Second": "a-res-79-1-2",
            }
            assert [(new.slug, new.title) for new in plan.new_roll_calls] == [("a-res-79-1-4", "New")]

    def test_vote_entered_by_an_editor_is_matched(self):
        text = make_resolution("A/RES/79/7", status="published")
        make_roll_call("by-hand", resolution=text, decisive=True, kind="text", votes={"CHN": "Y", "USA": "N"})
        make_roll_call("amendment-by-hand", resolution=text, kind="amendment", votes={"CHN": "Y", "USA": "N"})

        assert matches(planned(library(Stated("A/RES/79/7")))) == {0: "by-hand"}


class TestDoubtfulSymbols:
    """Voeten's symbols may mislead, and are believed where the votes agree."""

    early = Stated("A/RES/98(I)", number=7, session="1", date="1946-12-14", month=True, doubtful=True, votes=VOTES)
    official = Stated("A/RES/98(I)", session="1", date="1946-12-14", votes=VOTES)

    def test_page_number_creates_no_text(self):
        plan = taken(voeten(self.early))

        assert problems(plan) == [("page-number", "rcid 7, A/RES/98(I)", {})]
        assert not Resolution.objects.filter(symbol="A/RES/98(I)").exists()
        assert [(r.slug, r.title, r.resolution) for r in RollCall.objects.filter(source__slug="voeten")] == [
            ("ga-1946-12-1", "Peace", None)
        ]

    def test_doubtful_symbol_is_confirmed_by_votes_and_month(self):
        taken(library(self.official))

        plan = planned(voeten(self.early))

        assert matches(plan) == {0: "a-res-98-i"}
        assert problems(plan) == []

    @pytest.mark.parametrize(
        ("date", "votes"),
        [
            ("1946-11-14", VOTES),
            ("1947-12-14", VOTES),
            ("1946-12-14", VOTES.replace("BRAY", "BRAN").replace("FRAY", "FRAN")),
            ("1946-12-14", "AUSY"),
        ],
        ids=["another month", "another year", "two of ten otherwise", "nobody in both"],
    )
    def test_doubtful_symbol_is_not_matched_if_votes_or_month_differ(self, date: str, votes: str):
        taken(library(self.official))

        plan = planned(voeten(replace(self.early, date=date, votes=votes)))

        assert matches(plan) == {}
        assert problems(plan) == [("page-number", "rcid 7, A/RES/98(I)", {})]
        assert [new.text for new in plan.new_roll_calls] == [None]

    def test_nine_of_ten_equal_positions_are_the_same_vote(self):
        taken(library(self.official))

        assert matches(planned(voeten(replace(self.early, votes=VOTES.replace("BRAY", "BRAN"))))) == {0: "a-res-98-i"}

    def test_next_edition_repeats_the_finding_of_an_unmatched_vote(self):
        first = taken(voeten(self.early, replace(self.early, number=8)))
        again = planned(voeten(self.early, replace(self.early, number=8)))

        assert len(problems(first)) == 2
        assert problems(again) == problems(first)
        assert again.is_empty

    def test_official_text_takes_over_the_vote_with_its_doubtful_symbol(self):
        taken(voeten(self.early))

        plan = taken(library(self.official))

        assert matches(plan) == {0: "ga-1946-12-1"}
        (change,) = plan.changes
        assert change == (
            "ga-1946-12-1: symbol A/RES/98(I); date “1946-12” → “1946-12-14”; result – → “adopted”; "
            "announced_yes – → “6”; announced_no – → “2”; announced_abstaining – → “2”; announced_non_voting – → “0”; "
            "source un-digital-library"
        )
        roll_call = RollCall.objects.get(slug="ga-1946-12-1")
        assert (str(roll_call.resolution), roll_call.decisive, roll_call.title) == ("A/RES/98(I)", True, "")

    def test_official_text_does_not_take_over_a_vote_with_other_positions(self):
        taken(voeten(self.early))

        plan = taken(library(replace(self.official, votes="BRAN CHNY FRAN GBRN USAY")))

        assert matches(plan) == {}
        assert [new.slug for new in plan.new_roll_calls] == ["a-res-98-i"]

    def test_trusted_symbol_with_other_votes_is_left_without_a_text(self):
        taken(library(Stated("A/RES/79/1", votes=VOTES)))

        plan = taken(voeten(Stated("A/RES/79/1", number=7, votes=VOTES.replace("Y", "N"))))

        details = {"symbol": "A/RES/79/1", "share": 40}
        assert problems(plan) == [("votes-disagree", "rcid 7, A/RES/79/1", details)]
        assert RollCall.objects.get(slug="ga-2024-12-17-1").resolution is None
        again = planned(voeten(Stated("A/RES/79/1", number=7, votes=VOTES.replace("Y", "N"))))
        assert problems(again) == problems(plan)
        assert again.is_empty

    def test_wrong_month_still_matches_the_vote_on_a_text(self):
        """A/RES/37/84 of December 1982 is of February 1982 in the Digital Library’s file."""
        taken(library(Stated("A/RES/37/84", session="37", date="1982-02-21", votes=MANY)))
        theirs = Stated("A/RES/37/84", session="37", number=2392, date="1982-12-09", month=True)

        plan = planned(voeten(replace(theirs, votes=f"{MANY} HTIY")))

        assert matches(plan) == {0: "a-res-37-84"}
        assert problems(plan) == []

    @pytest.mark.parametrize(
        ("votes", "said"),
        [
            (MANY, {"votes": MANY.replace("FINY", "FINA")}),
            (" ".join(MANY.split()[:19]), {"votes": MANY}),
            (MANY, {"votes": MANY, "kind": "paragraph"}),
            (MANY, {"votes": MANY, "doubtful": True}),
        ],
        ids=["one of 29 otherwise", "too few in both", "on a part", "by a symbol that may be a page"],
    )
    def test_in_another_month_only_equal_votes_on_the_whole_text_match(self, votes: str, said: dict[str, Any]):
        taken(library(Stated("A/RES/37/84", session="37", date="1982-02-21", votes=votes)))
        theirs = Stated("A/RES/37/84", session="37", number=2392, date="1982-12-09", month=True)

        plan = planned(voeten(replace(theirs, **said)))

        assert matches(plan) == {}
        assert len(plan.new_roll_calls) == 1

    def test_vote_without_recorded_votes_matches_by_symbol(self):
        taken(library(Stated("A/RES/79/1", votes="", method="non-recorded", totals=(6, 2, 2, 0))))

        assert matches(planned(voeten(Stated("A/RES/79/1", number=7, votes=VOTES)))) == {0: "a-res-79-1"}


class TestBySlug:
    """Plenary's own export names its roll calls."""

    def test_slug_matches_the_vote_on_record(self):
        taken(library(Stated("A/RES/79/1")))

        plan = planned(by_slug(("a-res-79-1", Stated("A/RES/79/1"))))

        assert matches(plan) == {0: "a-res-79-1"}
        assert plan.is_empty

    def test_new_vote_keeps_its_slug(self):
        plan = planned(by_slug(("a-name-of-its-own", Stated("A/RES/79/1"))))

        assert [new.slug for new in plan.new_roll_calls] == ["a-name-of-its-own"]

    @pytest.mark.parametrize("symbol", ["A/RES/79/2", "S/RES/2774 (2025)"])
    def test_slug_of_another_vote_here_is_refused(self, symbol: str):
        taken(library(Stated("A/RES/79/1")))

        plan = planned(by_slug(("a-res-79-1", Stated(symbol, number=2))))

        assert problems(plan) == [("slug-taken", "a-res-79-1", {})]
        problem = plan.problems[0]
        assert (problem.kind, problem.column, problem.line, problem.rejected, problem.ref) == (
            "conflict",
            "slug",
            2,
            5,
            None,
        )
        assert plan.rejected == 5
        assert plan.is_empty

    @pytest.mark.parametrize("kind", ["withdrawn", "merged"])
    def test_slug_retired_here_is_not_reused(self, kind: str):
        RetiredAddress.objects.create(slug="twice", kind=kind, reason="Entered twice.")

        plan = planned(by_slug(("twice", Stated("A/RES/79/1"))))

        assert problems(plan) == [("slug-retired", "twice", {})]
        assert (plan.problems[0].kind, plan.problems[0].ref, plan.rejected) == ("conflict", None, 5)
        assert plan.is_empty


class TestOrder:
    """The order of the rows decides nothing."""

    def test_shuffled_files_make_the_same_record_and_slugs(self):
        said = [
            Stated("A/RES/79/1", number=30, votes=VOTES),
            Stated("A/RES/79/1", number=9, kind="amendment", title="Ninth", votes="CHNY"),
            Stated("A/RES/79/1", number=10, kind="amendment", title="Tenth", votes="CHNN"),
            Stated("A/RES/79/2", number=31, kind="paragraph", title="Of a text that follows", votes="CHNN"),
            Stated("A/RES/79/2", number=32, votes=VOTES),
            Stated("", number=33, kind="motion", title="A motion", votes="CHNN"),
            Stated("", number=34, kind="motion", title="Another", votes="CHNY"),
        ]
        results = []
        for order in (said, said[::-1], [said[n] for n in (3, 6, 0, 5, 2, 4, 1)]):
            taken(voeten(*order))
            results.append([row for row in contents() if row["source"] == "voeten"])
            assert planned(voeten(*said)).is_empty
            RollCall.objects.filter(source__slug="voeten").delete()
            Resolution.objects.filter(symbol__startswith="A/RES/79/").delete()

        assert results[1] == results[0]
        assert results[2] == results[0]
        assert {(row["slug"], row["symbol"], row["title"]) for row in results[0]} == {
            ("a-res-79-1", "A/RES/79/1", ""),
            ("a-res-79-1-1", "A/RES/79/1", "Ninth"),
            ("a-res-79-1-2", "A/RES/79/1", "Tenth"),
            ("a-res-79-2-1", "A/RES/79/2", "Of a text that follows"),
            ("a-res-79-2", "A/RES/79/2", ""),
            ("ga-2024-12-17-1", "", "A motion"),
            ("ga-2024-12-17-2", "", "Another"),
        }

    def test_references_are_sorted_as_numbers(self):
        first, second = (Stated("", number=n, kind="motion", title=str(n), votes="CHNY") for n in (9, 10))

        plan = planned(voeten(second, first))

        assert [new.title for new in plan.new_roll_calls] == ["9", "10"]
        assert [new.reference for new in plan.new_roll_calls] == ["rcid 9, ", "rcid 10, "]


def test_source_reference_of_a_library_vote_is_its_link():
    taken(library(Stated("A/RES/79/1", number=17)))

    assert RollCall.objects.get(slug="a-res-79-1").source_reference == f"{LINK}17"

"""Sentences of findings."""

from typing import Any

import pytest
from django.utils.functional import Promise

from votes.models import Finding
from votes.models.finding_sentences import BLOC_PROBLEMS, MEANINGS, PROBLEMS, SENTENCES
from votes.verification.blocs import AFTER, BEFORE, CODE, NEVER

CODES = [f"Q{a}{b}" for a in "MNO" for b in "ABCDEFGHIJ"]


@pytest.mark.parametrize(
    ("kind", "details", "said"),
    [
        (
            "totals",
            {"differences": [["Y", 105, 104], ["X", 0, 1]]},
            (
                "Announced and counted totals differ: In favour: 105 announced, 104 counted; Non-voting: "
                "0 announced, 1 counted."
            ),
        ),
        (
            "electorate",
            {"strangers": ["GER"], "missing": ["DEU", "YEM"]},
            (
                "Votes do not match the members on that date: votes of states that were not members: GER; "
                "members without a vote: DEU, YEM."
            ),
        ),
        (
            "electorate",
            {"strangers": [], "missing": ["YEM"]},
            "Votes do not match the members on that date: members without a vote: YEM.",
        ),
        (
            "electorate",
            {"strangers": CODES, "missing": []},
            (
                "Votes do not match the members on that date: votes of states that were not members: "
                f"{', '.join(CODES[:20])}, 10 more."
            ),
        ),
        (
            "admission",
            {
                "state": "Samoa",
                "since": "1976-12-15",
                "before": [1, "1976-12-01", "1976-12-01"],
                "on_the_day": 0,
                "slugs": ["a-res-31-49"],
            },
            (
                "Samoa is listed as non-voting in 1 vote on 1 December 1976, before its admission on 15 "
                "December 1976. (a-res-31-49)"
            ),
        ),
        (
            "admission",
            {"state": "Ruritania", "since": "1976-12-15", "before": [2, "a", "b"], "on_the_day": 3, "slugs": CODES},
            (
                "Ruritania is listed as non-voting in 2 votes from a to b, before its admission on 15 December 1976. "
                "Ruritania is not listed in 3 votes on 15 December 1976, the day of its admission: either it was "
                f"admitted after them, or the source omits it. ({', '.join(CODES[:20])}, 10 more)"
            ),
        ),
        (
            "no-seat",
            {
                "state": "Ruritania",
                "until": "1992",
                "since": "2000",
                "before": [5730, "1993-01-01", "1999-12"],
                "reason": "It left.",
            },
            (
                "Ruritania is listed as non-voting in 5 730 votes from 1 January 1993 to December 1999, "
                "but it had no seat from 1992 to 2000. It left."
            ),
        ),
        (
            "no-seat",
            {
                "state": "Indonesia",
                "until": "1965-01-20",
                "since": "1966-09-28",
                "before": [1, "1965-12-01", "1965-12-01"],
                "reason": "",
            },
            (
                "Indonesia is listed as non-voting in 1 vote on 1 December 1965, but it had no seat from "
                "20 January 1965 to 27 September 1966."
            ),
        ),
        (
            # As the database gives them back: not in their order.
            "sources",
            {
                "source": "Voeten",
                "votes": {"USA": ["Y", None], "AFG": [None, "A"]},
                "facts": {
                    "kind": ["text", "paragraph-amendment"],
                    "date": ["2005-12", "2005-11"],
                    "result": ["adopted", "rejected"],
                    "announced_no": ["0", "1"],
                },
            },
            (
                "Voeten disagrees with the record: date “November 2005” (in the record “December 2005”); "
                "kind “amendment to a paragraph” (in the record “whole text”); result “rejected” (in the "
                "record “adopted”); announced against “1” (in the record “0”); AFG abstaining (in the record no "
                "vote); USA no vote (in the record in favour)."
            ),
        ),
        (
            "sources",
            {"source": "Voeten", "votes": {code: ["Y", "N"] for code in CODES}},
            "Voeten disagrees with the record: "
            + "; ".join(f"{code} against (in the record in favour)" for code in CODES[:20])
            + "; 10 more.",
        ),
        (
            "result",
            {"recorded": "adopted", "figures": "10-1-4", "computed": "vetoed"},
            "Recorded as adopted, but the figures (10-1-4) give vetoed.",
        ),
        ("no-votes", {}, "A recorded vote without the votes of member states."),
        (
            "duplicate-symbol",
            {"symbol": "A/RES/99/7", "slugs": ["a-res-99-7", "a-res-99-7-1"]},
            "A/RES/99/7 has more than one vote on the whole text: a-res-99-7, a-res-99-7-1.",
        ),
        ("no-symbol", {"reference": "rcid 7"}, "A vote without a resolution (rcid 7)."),
        ("no-symbol", {"reference": ""}, "A vote without a resolution."),
        (
            "bloc-dates",
            {"problem": "never", "state": "Ruritania", "bloc": "EU", "since": "1958-01-01", "until": "", "seat": ""},
            "Ruritania is listed in EU from 1 January 1958 to today, when it had no seat in the General Assembly.",
        ),
        (
            "bloc-dates",
            {"problem": "after", "state": "Ruritania", "bloc": "EU", "until": "1990-10-04", "seat": "1990-10-03"},
            (
                "Ruritania is listed in EU to 3 October 1990, but its seat in the General Assembly ended on "
                "2 October 1990."
            ),
        ),
        (
            "bloc-dates",
            {"problem": "before", "state": "Ruritania", "bloc": "WEOG", "since": "1963-12-17", "seat": "1973-09-18"},
            (
                "Ruritania is listed in WEOG, a group of UN members, from 17 December 1963, but its seat "
                "began only on 18 September 1973."
            ),
        ),
        (
            "bloc-dates",
            {"problem": "code", "slug": "nam", "bloc": "Non-Aligned", "state": "NAM"},
            "The name of Non-Aligned in addresses, “nam”, is also the code of a member state (NAM).",
        ),
        (
            "unknown-code",
            {"problem": "unknown-code", "file": "ga.csv", "line": 7, "column": "ms_code", "value": "XX", "name": "X"},
            "ga.csv, line 7, column ms_code: Unknown state code “XX” (X); its rows were not imported.",
        ),
        (
            "conflict",
            {"problem": "vote-twice", "file": "ga.csv", "line": 7, "column": "", "state": "USA", "choices": "Y, N"},
            "ga.csv, line 7: USA has two different votes, Y, N; neither was imported.",
        ),
        (
            "conflict",
            {"problem": "symbol-twice", "value": "A/RES/79/1", "kept": "5", "left_out": "6, 7"},
            "Several records have the symbol A/RES/79/1: 5, the lowest number, was imported; not imported: 6, 7.",
        ),
        (
            "conflict",
            {"problem": "listed-again", "value": "R/50/38B/II", "symbol": "A/RES/50/38 B", "kept": 3898},
            ("“R/50/38B/II” repeats the vote on A/RES/50/38 B (rcid 3898) and was not imported. All votes agree."),
        ),
        (
            "conflict",
            {
                "problem": "listed-otherwise",
                "value": "R/50/38B/II",
                "symbol": "A/RES/50/38 B",
                "kept": 3898,
                "differ": 2,
                "states": "FRA, USA",
            },
            (
                "“R/50/38B/II” repeats the vote on A/RES/50/38 B (rcid 3898) and was not imported. The "
                "votes of some states differ (2): FRA, USA."
            ),
        ),
        (
            "unmatched",
            {"problem": "not-adopted", "value": "R/63/263"},
            (
                "“R/63/263” did not have more votes in favour than against, so no resolution was adopted; "
                "the vote was imported without one."
            ),
        ),
        (
            "unreadable",
            {"problem": "other-body", "value": "S/RES/1(1946)"},
            "“S/RES/1(1946)” is a text of a different body than this file covers; the rows were not imported.",
        ),
        ("unreadable", {"problem": "no-symbol-cell"}, "The symbol is missing; the rows were not imported."),
        (
            "unreadable",
            {"problem": "future-date", "value": "2999-01-01"},
            "“2999-01-01” is in the future; the rows were not imported.",
        ),
        (
            "unmatched",
            {"problem": "draft-kept"},
            (
                "An editor’s draft of this vote already exists. The draft was kept, and the vote from the file "
                "was not published."
            ),
        ),
        # What a newer or a careless writer leaves must not keep the rest of a page from being read.
        (
            "unreadable",
            {"problem": "unreadable-date"},
            "“–” is not a date such as 2022-03-02; the rows were not imported.",
        ),
        ("unreadable", {"problem": "unheard-of", "value": "100%"}, "unheard-of: “100%”."),
    ],
)
def test_a_finding_is_a_sentence(kind: str, details: dict[str, Any], said: str):
    finding = Finding(kind=kind, details=details)

    assert str(finding) == finding.sentence == said


def test_every_kind_has_a_sentence_and_a_meaning():
    assert set(SENTENCES) == set(MEANINGS) == set(Finding.Kind)
    assert set(BLOC_PROBLEMS) == {NEVER, BEFORE, AFTER, CODE}


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_problem_makes_a_sentence_of_what_there_is(problem: str):
    said = Finding(kind="unreadable", details={"problem": problem, "file": "a.csv", "line": 2}).sentence

    assert isinstance(PROBLEMS[problem], Promise)
    assert str(said).startswith("a.csv, line 2: ")
    assert "%(" not in str(said)
    assert str(said).endswith(".")

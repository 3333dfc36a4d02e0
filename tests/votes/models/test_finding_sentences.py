"""Findings in words."""

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
                "Announced and counted totals differ: In favour 105 announced, 104 counted; "
                "Non-voting 0 announced, 1 counted."
            ),
        ),
        (
            "electorate",
            {"strangers": ["GER"], "missing": ["DEU", "YEM"]},
            ("Votes and members of the date differ: not members on that date: GER; members without a vote: DEU, YEM."),
        ),
        (
            "electorate",
            {"strangers": [], "missing": ["YEM"]},
            "Votes and members of the date differ: members without a vote: YEM.",
        ),
        (
            "electorate",
            {"strangers": CODES, "missing": []},
            f"Votes and members of the date differ: not members on that date: {', '.join(CODES[:20])}, 10 more.",
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
                "Samoa is listed as non-voting in 1 vote of 1976-12-01, before its admission on 1976-12-15. "
                "(a-res-31-49)"
            ),
        ),
        (
            "admission",
            {"state": "Ruritania", "since": "1976-12-15", "before": [2, "a", "b"], "on_the_day": 3, "slugs": CODES},
            (
                "Ruritania is listed as non-voting in 2 votes from a to b, before its admission on 1976-12-15. "
                "Ruritania is not listed in 3 votes of 1976-12-15, the day of its admission: it was admitted after "
                f"them, or the source left it out. ({', '.join(CODES[:20])}, 10 more)"
            ),
        ),
        (
            "no-seat",
            {"state": "Ruritania", "until": "1992", "since": "2000", "before": [573, "a", "b"], "reason": "It left."},
            (
                "Ruritania is listed as non-voting in 573 votes from a to b, and held no seat from 1992 to 2000. "
                "It left."
            ),
        ),
        (
            "no-seat",
            {"state": "Ruritania", "until": "1992", "since": "2000", "before": [1, "a", "a"], "reason": ""},
            "Ruritania is listed as non-voting in 1 vote of a, and held no seat from 1992 to 2000.",
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
                "Voeten says otherwise: date “2005-11”, here “2005-12”; kind “amendment to a paragraph”, "
                "here “whole text”; result “rejected”, here “adopted”; announced against “1”, here “0”; "
                "AFG abstaining, here no vote; USA no vote, here in favour."
            ),
        ),
        (
            "sources",
            {"source": "Voeten", "votes": {code: ["Y", "N"] for code in CODES}},
            "Voeten says otherwise: "
            + "; ".join(f"{code} against, here in favour" for code in CODES[:20])
            + "; 10 more.",
        ),
        (
            "result",
            {"recorded": "adopted", "figures": "10-1-4", "computed": "vetoed"},
            "Recorded as adopted; by the figures 10-1-4 it would be vetoed.",
        ),
        ("no-votes", {}, "A recorded vote without the votes of member states."),
        (
            "duplicate-symbol",
            {"symbol": "A/RES/99/7", "slugs": ["a-res-99-7", "a-res-99-7-1"]},
            "A/RES/99/7 has more than one vote on the whole text: a-res-99-7, a-res-99-7-1.",
        ),
        ("no-symbol", {"reference": "rcid 7"}, "A vote that belongs to no resolution (rcid 7)."),
        ("no-symbol", {"reference": ""}, "A vote without a resolution."),
        (
            "bloc-dates",
            {"problem": "never", "state": "Ruritania", "bloc": "EU", "since": "1958-01-01", "until": "", "seat": ""},
            "Ruritania is in EU from 1958-01-01 until today, and had no seat in the General Assembly then.",
        ),
        (
            "bloc-dates",
            {"problem": "after", "state": "Ruritania", "bloc": "EU", "until": "1990-10-04", "seat": "1990-10-03"},
            "Ruritania is in EU until 1990-10-04; its seat in the General Assembly ended on 1990-10-03.",
        ),
        (
            "bloc-dates",
            {"problem": "before", "state": "Ruritania", "bloc": "WEOG", "since": "1963-12-17", "seat": "1973-09-18"},
            (
                "Ruritania is in WEOG, a group of members of the United Nations, from 1963-12-17; "
                "its seat began on 1973-09-18."
            ),
        ),
        (
            "bloc-dates",
            {"problem": "code", "slug": "nam", "bloc": "Non-Aligned", "state": "NAM"},
            "The name “nam” of Non-Aligned spells NAM, the code of a member state.",
        ),
        (
            "unknown-code",
            {"problem": "unknown-code", "file": "ga.csv", "line": 7, "column": "ms_code", "value": "XX", "name": "X"},
            "ga.csv, line 7, column ms_code: “XX” (X) is no code of a member state; its rows were left out.",
        ),
        (
            "conflict",
            {"problem": "vote-twice", "file": "ga.csv", "line": 7, "column": "", "state": "USA", "choices": "Y, N"},
            "ga.csv, line 7: USA has two different votes, Y, N; both were left out.",
        ),
        (
            "conflict",
            {"problem": "symbol-twice", "value": "A/RES/79/1", "kept": "5", "left_out": "6, 7"},
            "More than one record has the symbol A/RES/79/1: 5, the lowest number, was taken; 6, 7 left out.",
        ),
        (
            "conflict",
            {"problem": "listed-again", "value": "R/50/38B/II", "symbol": "A/RES/50/38 B", "kept": 3898},
            (
                "“R/50/38B/II” is the vote on A/RES/50/38 B listed again (rcid 3898 was kept); it was left out. "
                "All votes agree."
            ),
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
                "“R/50/38B/II” is the vote on A/RES/50/38 B listed again (rcid 3898 was kept); it was left out. "
                "States whose votes differ, 2: FRA, USA."
            ),
        ),
        (
            "unmatched",
            {"problem": "not-adopted", "value": "R/63/263"},
            (
                "“R/63/263” had no more votes in favour than against, so that no resolution was adopted; "
                "the vote stands without one."
            ),
        ),
        (
            "unreadable",
            {"problem": "other-body", "value": "S/RES/1(1946)"},
            "“S/RES/1(1946)” is a text of another body than this file is about; the rows were left out.",
        ),
        ("unreadable", {"problem": "no-symbol-cell"}, "The symbol is missing; the rows were not imported."),
        (
            "unreadable",
            {"problem": "future-date", "value": "2999-01-01"},
            "“2999-01-01” is still to come; the rows were left out.",
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
            "“–” is no date; dates look like 2022-03-02. The rows were left out.",
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

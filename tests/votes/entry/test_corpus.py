"""Real texts of landmark roll calls from PDF files and web pages, with the expected reading.

A ``.txt`` has the text, the ``.json`` beside it what it says beyond the landmark's votes: announced figures, result,
symbols, corrections by code, and problems with the words that they point at.
"""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from tests.votes.entry.electorates import landmark, names
from votes.entry.vote_text import understand

TEXTS = sorted((Path(__file__).parent / "corpus").glob("*.txt"))


@pytest.mark.parametrize("path", TEXTS, ids=[path.stem for path in TEXTS])
def test_each_text_of_the_corpus_is_parsed_as_expected(path: Path) -> None:
    text = path.read_bytes().decode()
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    row, votes = landmark(expected["landmark"])
    of = names(row["body"], datetime.date.fromisoformat(row["date"]))
    understood = understand(text, of)
    listed = [found.choice for found in understood.lists]
    in_lists = {code: choice for code, choice in votes.items() if choice in listed}
    assert understood.choices == in_lists
    assert {choice for choice in "YNA" if choice in votes.values()} <= set(listed)
    assert set(understood.not_mentioned) == of.electorate.members - set(in_lists)
    assert {
        "announced": understood.announced,
        "result": understood.result,
        "resolution": understood.resolution,
        "draft": understood.draft,
        "corrections": {intent.code: intent.intended for intent in understood.corrections},
        "problems": [
            [problem.kind, text[problem.place.start : problem.place.end] if problem.place else None]
            for problem in understood.problems
        ],
    } == {key: expected[key] for key in ("announced", "result", "resolution", "draft", "corrections", "problems")}


def test_corpus_has_enough_texts_of_each_style() -> None:
    styles = [json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["style"] for path in TEXTS]
    assert len(TEXTS) >= 30
    assert min(styles.count("verbatim"), styles.count("press-release")) >= 15

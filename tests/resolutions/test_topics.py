"""Topics of texts by the rules of ``data/subjects.csv``: their precedence, their errors, and what they give."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from resolutions import topics as module
from resolutions.topics import FOLDER, SubjectsError, Table, load, subject_headings, table, topics_of
from tests.resolutions.corpora import columns, headings
from votes.importing.digital_library.cells import read_description, read_title, split, tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RULES = """kind,pattern,topics
category,POLITICAL AND LEGAL QUESTIONS,
heading,LAW,law
heading,LAW--SEA,sea
place,Sea State,sea
place,Land,land
words,admission,un-membership
words,agenda,un-institutions
words,law of the sea,law sea
words,peace,peace
words,peace keep*,keeping
words,peace of mind,
words,peaces,sea
words,small arm*,arms
"""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a few topics and ``RULES``."""
    slugs = ["arms", "keeping", "land", "law", "peace", "sea", "un-institutions", "un-membership"]
    (tmp_path / "topics.csv").write_text("slug,name\n" + "".join(f"{slug},{slug}\n" for slug in slugs))
    (tmp_path / "subjects.csv").write_text(RULES)
    return tmp_path


@pytest.fixture
def topics(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return ``topics_of`` by ``RULES``, its slugs in one text."""
    small = load(folder)
    monkeypatch.setattr(module, "table", lambda: small)
    # The caches hold what another table gave.
    for cached in (module._of_heading, module._of_agenda, module._of_title):
        monkeypatch.setattr(module, cached.__name__, cached.__wrapped__)
    return lambda **text: " ".join(topics_of(**text))


class TestPrecedence:
    """What ``data/README.md`` says of it, on a table of a dozen rules."""

    @pytest.mark.parametrize(
        ("title", "expected"),
        [
            ("Peace", "peace"),
            ("PEACE, and Small-Arms: Peace", "arms peace"),
            ("Péace", "peace"),
            ("Peaceful", ""),
            ("Small print on arms", ""),
            ("A small armoury", "arms"),
            # The longest pattern that begins at a word, and none within it.
            ("Peace-keeping", "keeping"),
            ("Peace of mind", ""),
            ("Peace of mind and peace", "peace"),
            ("Law of the Sea State", "law sea"),
            # A whole word before a stem, where both fit.
            ("Peaces", "sea"),
            ("", ""),
        ],
    )
    def test_longest_matching_words_of_title_or_agenda_give_the_topic(self, topics, title, expected):
        assert topics(title=title) == expected
        assert topics(agenda=title) == expected

    def test_topics_of_title_agenda_and_headings_are_combined(self, topics):
        assert topics(title="Peace", agenda="Small arms|Land", subjects=["LAW"]) == "arms land law peace"

    @pytest.mark.parametrize(
        ("heading", "expected"),
        [
            ("LAW", "law"),
            ("Law", "law"),
            ("LAW--REPORTS (1986)--DRAFTS", "law"),
            ("LAW--SEA--DRAFTS", "sea"),
            ("Law–Sea–Drafts", "sea"),
            ("LAWS", ""),
            ("LAW (1986)", ""),
            # No rule of its own: read by its words.
            ("SMALL ARMS--LAND", "arms land"),
        ],
    )
    def test_heading_with_the_longest_rule_gives_the_topic(self, topics, heading, expected):
        assert topics(subjects=[heading]) == expected
        assert topics(agenda=f"Item|[12] {heading}") == expected

    def test_a_heading_in_an_agenda_item_needs_its_number(self, topics):
        assert topics(agenda="Item|LAW") == ""

    def test_place_names_are_ignored_in_admissions(self, topics):
        assert topics(title="Land") == "land"
        assert topics(title="Admission of Land") == "un-membership"
        assert topics(title="Land and peace", agenda="Admission") == "peace un-membership"

    def test_fallback_topic_is_given_only_without_another(self, topics):
        assert topics(title="Agenda") == "un-institutions"
        assert topics(title="Agenda", agenda="Peace") == "peace"
        assert topics(title="Agenda for admission") == "un-membership"

    def test_category_names_are_not_headings(self, topics):
        subjects = ("Political and legal questions", "LAW", "SMALL ARMS")
        assert topics(title="Peace", subjects=subjects) == "peace"
        assert subject_headings(subjects) == ()

    def test_repeated_heading_is_listed_once(self):
        assert subject_headings(["APARTHEID", "RACISM", "APARTHEID"]) == ("APARTHEID", "RACISM")


class TestErrors:
    """A row that cannot be used is named by its place."""

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ("title,war,peace", "subjects.csv, line 15, column kind: unknown kind of rule “title”"),
            ("words,war,war", "subjects.csv, line 15, column topics: unknown topic “war”"),
            ("words,war,peace war", "subjects.csv, line 15, column topics: unknown topic “war”"),
            ("words,…,peace", "subjects.csv, line 15, column pattern: the pattern has no word"),
            ("heading,,peace", "subjects.csv, line 15, column pattern: the pattern has no word"),
            ("words,Péace,law", "subjects.csv, line 15, column pattern: “Péace” already has a rule"),
            ("place,peace,law", "subjects.csv, line 15, column pattern: “peace” already has a rule"),
            ("heading,Law--Sea,law", "subjects.csv, line 15, column pattern: “Law--Sea” already has a rule"),
            ("category,LAW,", "subjects.csv, line 15, column pattern: “LAW” already has a rule"),
            ("category,PEACE,peace", "subjects.csv, line 15, column topics: a category has no topics"),
            ("words,war", "subjects.csv, line 15: a row has 3 cells."),
        ],
    )
    def test_invalid_row_is_named_with_line_and_column(self, folder, row, message):
        (folder / "subjects.csv").write_text(f"{RULES}{row}\n")
        with pytest.raises(SubjectsError) as raised:
            load(folder)
        assert str(raised.value).startswith(message)

    def test_wrong_header_states_the_expected_columns(self, folder):
        (folder / "subjects.csv").write_text("kind,pattern,topic\n")
        with pytest.raises(
            SubjectsError, match=r"^subjects\.csv, line 1: the columns should be kind, pattern, topics\.$"
        ):
            load(folder)


class TestTheProjectsTable:
    """``data/topics.csv`` and ``data/subjects.csv``."""

    def test_rules_are_sorted_and_use_every_topic(self):
        rules = rows(FOLDER / "subjects.csv")
        slugs = [row["slug"] for row in rows(FOLDER / "topics.csv")]
        keys = [(row["kind"], row["pattern"]) for row in rules]
        assert keys == sorted(keys)
        assert all(row["topics"].split() == sorted({*row["topics"].split()}) for row in rules)
        assert slugs == sorted(slugs)
        assert {slug for row in rules for slug in row["topics"].split()} == {*slugs}

    def test_rules_are_loaded_once(self):
        assert isinstance(table(), Table)
        assert table() is table()

    @pytest.mark.parametrize(
        "row",
        rows(Path(__file__).with_name("topic_examples.csv")),
        ids=lambda row: row["symbol"],
    )
    def test_sample_titles_get_the_expected_topics(self, row):
        subjects = split(row["subjects"], "|")
        assert topics_of(subjects=subjects, agenda=row["agenda"], title=row["title"]) == tuple(row["topics"].split())

    def test_landmarks_have_the_topics_of_the_rules(self):
        landmarks = rows(FOLDER / "landmark_roll_calls.csv")
        on_zionism = {"a-res-3379-xxx", "a-res-46-86"}
        assert on_zionism < {row["slug"] for row in landmarks}
        for row in landmarks:
            more = {"palestinian-question"} if row["slug"] in on_zionism else set()
            topics = {*topics_of(title=row["title"], agenda=row["agenda"])} | more
            assert (row["slug"], row["topics"].split()) == (row["slug"], sorted(topics))


FILES = {
    "GA": [
        ("ga_voting_1946_2025.csv.gz", ("undl_id", "resolution", "title", "agenda_title", "subjects")),
        ("ga_outcomes_non_recorded_1946_1982.csv.gz", ("undl_id", "resolution", "title", "agenda_title", "subjects")),
    ],
    "SC": [
        ("sc_voting_1946_2026.csv.gz", ("undl_id", "resolution", "description", "agenda", "subjects")),
    ],
}


def texts_of(body: str) -> Iterator[tuple[str, str, str]]:
    """Yield title, agenda item and subjects of each text in the files of a body."""
    read = read_title if body == "GA" else read_description
    for name, fields in FILES[body]:
        # The voting files repeat them in every row of a text.
        for _number, _symbol, title, agenda, subjects in dict.fromkeys(columns(name, *fields)):
            yield read(tidy(title)), agenda, subjects
    if body == "SC":
        yield from ((title, "", "") for (title,) in columns("sc_not_adopted_1946_2025.csv.gz", "title"))


@pytest.mark.parametrize(("body", "count"), [("GA", 5696 + 1660), ("SC", 2812 + 393)])
def test_nearly_every_text_of_the_real_files_has_a_topic_that_says_something(body, count):
    found = [
        topics_of(subjects=split(subjects, "|"), agenda=agenda, title=title)
        for title, agenda, subjects in texts_of(body)
    ]
    assert len(found) == count
    assert sum(map(bool, found)) >= 0.99 * count
    assert found.count(("un-institutions",)) <= 0.03 * count


def test_every_heading_of_the_real_file_has_a_topic():
    assert len(headings()) == 420
    assert {heading for heading in headings() if not topics_of(subjects=[heading])} == set()

"""The cookbook's recipes run against a live site and give the same answers with every tool."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
from collections import Counter
from typing import TYPE_CHECKING

import duckdb
import pytest
from django.conf import settings

from tests.waiting import PATIENCE
from votes.models import RollCall, Vote

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.live_server_helper import LiveServer

COOKBOOK = (settings.BASE_DIR / "docs" / "cookbook.md").read_text(encoding="utf-8")
SITE = "https://plenary.example"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", COOKBOOK, re.DOTALL | re.MULTILINE)
FETCH, RECIPES = BLOCKS[0][1], BLOCKS[1:]
TOOLS = ["python", "r", "sql", "sh"]
END = "-- end of a recipe --"


def recipes(tool: str) -> list[str]:
    """Return the recipes for a tool, in the order of the questions."""
    return [code for of, code in RECIPES if of == tool]


def run(*command: str, folder: Path) -> str:
    """Return what a command prints; one that fails or complains fails the test."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr) == (0, ""), (command[-1], done.stderr)
    return done.stdout


def printed(code: str) -> str:
    """Return what Python code prints."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        exec(compile(code, "cookbook.md", "exec"), {})  # noqa: S102  # our own documentation
    return text.getvalue()


def landmark(slug: str) -> dict[str, str]:
    """Return who chose what in a vote, by code."""
    return dict(Vote.objects.filter(roll_call__slug=slug).values_list("state__code", "choice"))


def missing(said: str) -> None:
    """Skip, or fail where COOKBOOK_TESTS=required."""
    if os.environ.get("COOKBOOK_TESTS") == "required":
        pytest.fail(said)
    pytest.skip(said)


def test_each_question_has_a_recipe_for_each_tool() -> None:
    assert BLOCKS[0][0] == "sh"
    assert [tool for tool, _code in RECIPES] == TOOLS * 5
    assert COOKBOOK.count("\n## ") == 7
    assert [code for _tool, code in BLOCKS if SITE not in code and ".parquet'" not in code] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("record")
def test_every_tool_gives_the_same_answers(
    live_server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One test, since each of a live site's empties the database after it."""
    monkeypatch.chdir(tmp_path)
    if shutil.which("curl") is None:
        missing("The cookbook was not run: curl is not installed.")
    r = shutil.which("Rscript")

    def here(code: str) -> str:
        return code.replace(SITE, live_server.url)

    run("sh", "-c", here(FETCH), folder=tmp_path)
    said = {
        "python": [printed(here(code)) for code in recipes("python")],
        "sh": [run("sh", "-c", here(code), folder=tmp_path) for code in recipes("sh")],
    }
    if r:
        # One process for all, as each takes half a second to start.
        said["r"] = run(r, "-e", f'cat("{END}\\n")\n'.join(here(code) for code in recipes("r")), folder=tmp_path).split(
            END
        )
    rows = [duckdb.connect().execute(code).fetchall() for code in recipes("sql")]

    first, second = landmark("a-res-es-11-1"), landmark("a-res-es-11-7")
    with_usa = Counter(second[state] for state, choice in first.items() if choice == "Y" and state in second)
    stayed = sorted(state for state, choice in first.items() if choice == "Y" and second.get(state) == "N")
    left = with_usa["Y"] + with_usa["A"]
    assert (left, stayed) == (128, ["HTI", "HUN", "ISR", "MHL", "NER", "PLW", "USA"])
    assert rows[0] == [("left", "A", with_usa["A"]), ("left", "Y", with_usa["Y"]), ("stayed", "N", len(stayed))]
    for tool, answers in said.items():
        assert re.search(rf"left: {left}\b", answers[0]), tool
        assert " ".join(stayed) in " ".join(answers[0].split()), tool

    assert rows[1] == [("HUN", 2, 2)]
    for tool, answers in said.items():
        lines = [re.findall(r"HUN|\d+", line) for line in answers[1].splitlines() if "HUN" in line]
        assert [line[-3:] for line in lines] == [["HUN", "2", "2"]], tool
        assert re.search(r"members: 27\b", answers[1]), tool

    usa, france = (
        dict(Vote.objects.filter(state__code=code, choice__in="YNA").values_list("roll_call", "choice"))
        for code in ("USA", "FRA")
    )
    both = usa.keys() & france.keys()
    agreement = sum(usa[one] == france[one] for one in both) / len(both)
    (overall,) = [row for row in rows[2] if row[0] == "all"]
    assert overall == ("all", len(both), round(agreement, 4))
    assert sum(row[1] for row in rows[2]) == 2 * len(both)
    for tool, answers in said.items():
        number, share = re.search(r"all: (\d+) ([\d.]+)", answers[2]).groups()  # type: ignore[union-attr]  # or it fails
        assert (int(number), round(float(share), 4)) == (len(both), round(agreement, 4)), tool

    assert rows[3] == [("RUS", 1)]
    for tool, answers in said.items():
        assert re.search(r"RUS\W+1\b", answers[3]), tool

    listed = RollCall.objects.published().decisive().closest_first()[:5]
    closest = [f"{one.resolution}: {one.totals}" for one in listed]
    assert [f"{symbol}: {tally}" for symbol, tally in rows[4]] == closest
    for tool, answers in said.items():
        assert answers[4].strip().splitlines() == closest, tool

    if r is None:
        missing("The cookbook's R was not run: Rscript is not installed. All else was.")


@pytest.mark.usefixtures("whole_record")
def test_recipes_give_the_answers_of_the_shipped_record() -> None:
    said = COOKBOOK.replace("\n", " ")
    recorded = RollCall.objects.published().filter(method__in=RollCall.METHODS_WITH_VOTES).count()
    assert f"{recorded:,} recorded votes of the General Assembly" in said

    usa, france = (
        dict(Vote.objects.filter(state__code=code, choice__in="YNA").values_list("roll_call", "choice"))
        for code in ("USA", "FRA")
    )
    both = usa.keys() & france.keys()
    same = sum(usa[one] == france[one] for one in both)
    assert f"In {100 * same / len(both):.1f}% of {len(both):,} votes of both bodies." in said

    vetoed = Vote.objects.filter(roll_call__result="vetoed", roll_call__kind="text", choice="N")
    by = Counter(vetoed.filter(state__code__in=("CHN", "FRA", "GBR", "RUS", "SUN", "USA")).values_list("state__name"))
    names = {"Union of Soviet Socialist Republics": "Soviet Union", "Russian Federation": "Russian Federation"}
    for (name,), count in by.items():
        assert re.search(rf"{names.get(name, name)}(?: of America)? {count}\b", said), name

    listed = RollCall.objects.published().filter(method__in=RollCall.METHODS_WITH_VOTES).decisive().closest_first()[:5]
    assert [f"{one.resolution}, {one.totals}" in said for one in listed] == [True] * 5

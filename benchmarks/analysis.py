"""Benchmarks of the vote matrix, agreement and conditions on votes, against the minimum work that they need.

What is compared is measured in turn, several times, in one process; the table has the medians.
"""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from benchmarks import positions
from benchmarks.common import in_subprocess, seconds_of, setup, use_database
from benchmarks.serving import prepare

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROUNDS = 10  # even, so that what is edited is edited back
# What it takes PostgreSQL to hand all votes over, in the form in which the record is read.
BARE = """
    SELECT roll_call_id, string_agg(int4send((state_id * 256 + ascii(choice))::integer), '')
    FROM votes_vote GROUP BY roll_call_id
"""
EDIT = """
    UPDATE votes_vote SET choice = CASE choice WHEN 'Y' THEN 'N' ELSE 'Y' END
    WHERE id = (SELECT min(id) FROM votes_vote)
"""


def measure_analysis(home: Path) -> None:
    """Print the tables for the record in the database below ``home``, which is made and filled where it is not there.

    The first vote of the record is edited and edited back.
    """
    if not home.exists():
        prepare(home)
    use_database(home)
    for table in (lines, positions.lines):
        print("\n".join(in_subprocess(table)))
        print()


def lines() -> list[str]:
    connection = setup()
    from votes.record.record import load, reading

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(BARE)
            cursor.fetchall()

    def edit() -> None:
        with connection.cursor() as cursor:
            cursor.execute(EDIT)

    def reload() -> None:
        with reading():
            pass

    matrix = load().matrix
    whole = matrix.take(matrix.rows(body="GA"))
    rolls, states = whole.choices.shape
    return [
        f"{rolls:,} roll calls of the General Assembly, {states} states; one thread.\n",
        "| task | ms | compared with | ms | ratio | target |",
        "|---|---:|---|---:|---:|---:|",
        line("load the record", load, "the bare `string_agg` query", bare, 3),
        line("read it after one edit", reload, "the bare `string_agg` query", bare, 3, before=edit),
        agreement_line(whole),
    ]


def agreement_line(matrix: Any) -> str:
    """Return the line of agreement, against four products of flags that are already there."""
    import numpy as np

    from votes.analysis.agreement import all_agreement, flags
    from votes.analysis.matrix import ABSTAINING, NO, YES

    factors = [flags(matrix.choices, choice) for choice in (YES, ABSTAINING, NO)]
    factors.append(np.sum(factors, axis=0))
    return line(
        "agreement of all states",
        lambda: all_agreement(matrix, ("agreement",)).agreement,
        "four float32 products",
        lambda: [factor.T @ factor for factor in factors],
        2,
    )


def line(
    name: str,
    work: Callable[[], object],
    against: str,
    least: Callable[[], object],
    aim: float,
    *,
    before: Callable[[], object] = lambda: None,
) -> str:
    """Return a line: ``work``, made ready by ``before``, against ``least``."""
    measured, compared = [], []
    for _round in range(ROUNDS):
        compared.append(seconds_of(least))
        before()
        measured.append(seconds_of(work))
    own, bare = 1000 * statistics.median(measured), 1000 * statistics.median(compared)
    return f"| {name} | {own:.1f} | {against} | {bare:.1f} | {own / bare:.2f} | {aim} |"

"""Files in the UN Digital Library's layouts: headers of every edition, and rows with a default for every cell."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import polars as pl

from votes.models.finding_sentences import PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from votes.importing.edition import Edition, Known


def columns(header: str) -> list[str]:
    return header.split(",")


GA = columns(
    "undl_id,ms_code,ms_name,ms_vote,date,session,resolution,draft,committee_report,meeting,title,agenda_title,"
    "subjects,vote_note,total_yes,total_no,total_abstentions,total_non_voting,total_ms,undl_link"
)
GA_2024 = columns(
    "undl_id,ms_codes,ms_names,ms_votes,date,session,resolutions,draft,committee_report,meeting,title,agenda_titles,"
    "subjects,vote_note,yes,no,abstentions,non-voting,total-voting,undl_link"
)
GA_MARCH_2025 = [name for name in GA if name != "vote_note"]
SC = columns(
    "undl_id,ms_code,ms_name,permanent_member,ms_vote,date,resolution,draft,meeting,description,agenda,subjects,"
    "vote_note,total_yes,total_no,total_abstentions,total_non_voting,total_ms,modality,undl_link"
)
OUTCOMES = columns(
    "undl_id,resolution,session,date,title,modality,draft,committee_report,meeting,agenda_title,subjects,vote_note,"
    "total_yes,total_no,total_abstentions,total_non_voting,total_ms,undl_link"
)
SC_NOT_ADOPTED = columns("symbol,date,title,result,vetoed_by,yes,no,abstaining,non_voting,Y,N,A,X,note")
MEMBER_STATES = columns(
    "Member State,M49 Code,ISO Code,Start date,End date,Other Names,Earlier or Later Name,Earlier (a) or Later (b),"
    "Geographic Term,Membership Document Symbol,Scope Note,French,Spanish,Arabic,Chinese,Russian"
)
MEMBER_STATES_2025 = ["", *MEMBER_STATES]
MEMBER_STATES_2026 = columns(
    "undl_id,member_state,name_status,m49,iso,coverage_periods,other_names,earlier_names,later_names,geographic_term,"
    "founding_member,membership_resolution,scope_note,french,spanish,arabic,chinese,russian,undl_link,unms_ontology_link"
)

NAMES_2024 = dict(zip(GA, GA_2024, strict=True))

ASSEMBLY = {
    "undl_id": "4000001",
    "ms_code": "FRA",
    "ms_name": "FRANCE",
    "ms_vote": "Y",
    "date": "2024-12-17",
    "session": "79",
    "resolution": "A/RES/79/1",
    "title": "Peace : resolution / adopted by the General Assembly",
    "total_yes": "2.0",
    "total_no": "1.0",
    "total_abstentions": "0.0",
    "total_non_voting": "0.0",
    "total_ms": "3.0",
    "undl_link": "https://digitallibrary.un.org/record/4000001",
}
COUNCIL = {
    **ASSEMBLY,
    "undl_id": "4000002",
    "permanent_member": "True",
    "resolution": "S/RES/2774 (2025)",
    "date": "2025-02-24",
    "description": "Security Council resolution 2774 (2025) [on peace]",
    "modality": "Vote, recorded",
    "undl_link": "https://digitallibrary.un.org/record/4000002",
}
OUTCOME = {**ASSEMBLY, "modality": "Vote, recorded"}


def sheet(header: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Return a CSV file; cells of columns that the header lacks are left out, those not given are empty."""
    text = io.StringIO()
    table = csv.DictWriter(text, header, restval="", extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


def votes(choices: str, **cells: str) -> list[dict[str, str]]:
    """Return a row of the Assembly's layout for each of ``choices``, written ``FRA:Y USA:N``."""
    pairs = (choice.split(":") for choice in choices.split())
    return [
        {**ASSEMBLY, "ms_code": code, "ms_name": f"{code}'S NAME", "ms_vote": vote, **cells} for code, vote in pairs
    ]


def check_edition(edition: Edition, known: Known) -> None:
    assert [roll_call.ref for roll_call in edition.roll_calls] == list(range(len(edition.roll_calls)))
    assert edition.votes.columns == ["ref", "state", "choice"]
    assert edition.votes.dtypes == [pl.UInt32, pl.Categorical, pl.Categorical]
    rows = list(edition.votes.iter_rows())
    assert len({(ref, state) for ref, state, _choice in rows}) == len(rows)
    assert {ref for ref, _state, _choice in rows} <= set(range(len(edition.roll_calls)))
    assert {state for _ref, state, _choice in rows} <= known.states
    assert {choice for _ref, _state, choice in rows} <= set("YNAX")
    for problem in edition.problems:
        details = {**problem.details, "value": problem.value}
        assert PROBLEMS[problem.problem] % details
        assert 0 <= problem.rejected <= problem.rows

"""Error reports in the admin: the work list, a report with the vote beside it, and closing one."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from resolutions.attribution import attributed
from tests.votes.admin.pages import errors, fields, messages, page, recorded, text, url
from tests.votes.roles import make_user
from votes.editing.error_reports import close_report, report_error
from votes.editing.votes import record_votes
from votes.models import ErrorReport, Finding, RollCall

LIST = "/admin/votes/errorreport/"


@pytest.fixture
def roll_call(record: None) -> RollCall:
    """Return a vote that has long been public, so that its changes are history."""
    facts = {"meeting": "A/ES-11/PV.19", "source_reference": "https://digitallibrary.un.org/record/1"}
    RollCall.objects.filter(slug="a-res-es-11-7").update(**facts)
    return RollCall.objects.get(slug="a-res-es-11-7")


@pytest.fixture
def report(roll_call: RollCall) -> ErrorReport:
    return report_error(
        page="/resolutions/A/RES/ES-11/7",
        wrong="France abstained.",
        right="<b>It voted.</b>",
        document="A/79/PV.54",
        email="reader@example.org",
        roll_call=roll_call,
    )


@pytest.fixture
def verifier(client: Client, db: None) -> Client:
    client.force_login(make_user("Verifiers"))
    return client


def test_list_shows_open_reports_and_the_front_page_how_many(verifier: Client, report: ErrorReport):
    done = report_error(page="/vetoes/", wrong="x", right="y", document="z")
    close_report(report=done, outcome="The record is right.")
    front = page(verifier.get("/admin/")).select_one(f"#work a[href='{LIST}']")
    assert text(front.find_parent("tr")) == "Errors reported by readers 1"

    def numbers(query: str) -> list[str]:
        return [text(cell) for cell in page(verifier.get(LIST + query)).select(".field-number")]

    assert numbers("") == [f"Report {report.pk}"]
    assert numbers("?status=closed") == [f"Report {done.pk}"]
    assert numbers("?status=all") == [f"Report {report.pk}", f"Report {done.pk}"]
    assert numbers("?q=a-res-es-11-7") == [f"Report {report.pk}"]
    assert numbers("?status=all&q=vetoes") == [f"Report {done.pk}"]


def test_report_has_the_page_the_vote_and_its_sources_beside_it(
    verifier: Client, report: ErrorReport, roll_call: RollCall
):
    Finding.objects.create(kind="no-votes", key="a", origin="record", roll_call=roll_call)
    other = report_error(page="/roll-calls/a-res-es-11-7/", wrong="Date.", right="y", document="z", roll_call=roll_call)
    shown = page(verifier.get(url(report)))
    beside = shown.select_one(".report-record")
    assert "Announced 93-18-65" in text(beside)
    assert "Against: " in text(beside.select_one("details"))
    links = [link["href"] for link in beside.select("a")]
    for address in (
        "/resolutions/A/RES/ES-11/7",
        url(roll_call),
        "https://docs.un.org/en/A/RES/ES-11/7",
        "https://docs.un.org/en/A/ES-11/PV.19",
        "https://digitallibrary.un.org/record/1",
        "/roll-calls/a-res-es-11-7/history/",
        url(roll_call, "history"),
        url(roll_call.findings.get()),
        url(other),
    ):
        assert address in links, address
    assert "<b>" not in str(shown.select_one(".field-right"))


@pytest.mark.parametrize(
    ("page_of", "edited"),
    [
        ("/states/usa/?choice=against", "memberstate"),
        ("/blocs/eu/", "bloc"),
        ("/resolutions/A/RES/ES-11%2F7", "resolution"),
        ("/vetoes/", ""),
        ("/gone/", ""),
    ],
)
def test_report_on_another_page_leads_to_its_record(verifier: Client, record: None, page_of: str, edited: str):
    report = report_error(page=page_of, wrong="x", right="y", document="z")
    links = [link["href"] for link in page(verifier.get(url(report))).select(".report-record a.button")]
    assert [edited in link for link in links] == ([True] if edited else [])


def test_closing_takes_a_sentence_links_the_correction_and_mails_the_reader(
    verifier: Client, report: ErrorReport, roll_call: RollCall, settings
):
    settings.EMAIL_HOST = "mail.example.org"
    form = fields(page(verifier.get(url(report))))
    assert errors(page(verifier.post(url(report), form))) == ["This field is required."]
    with attributed(reason="As in A/79/PV.54."):
        record_votes(roll_call=roll_call, choices=recorded(roll_call) | {"FRA": "A"})
    choices = page(verifier.get(url(report))).select("[name=revision] option")
    (revision,) = [choice["value"] for choice in choices if "As in A/79/PV.54." in choice.text]

    closed = verifier.post(url(report), {**form, "outcome": "France’s vote was corrected.", "revision": revision})

    assert (closed["Location"], messages(closed)) == (
        LIST,
        [f"Report {report.pk} was closed.", "The reader was e-mailed what was done."],
    )
    (message,) = mail.outbox
    assert "http://testserver/roll-calls/a-res-es-11-7/history/" in str(message.body)
    report.refresh_from_db()
    assert (str(report.revision_id), report.email, report.is_open) == (revision, "", False)
    # A closed report is read-only, and leads to the correction.
    shown = page(verifier.get(url(report)))
    assert shown.select("#errorreport_form [name=outcome], #errorreport_form [name=_save]") == []
    assert [link["href"] for link in shown.select(".field-correction a")] == ["/roll-calls/a-res-es-11-7/history/"]
    verifier.post(url(report), {**form, "outcome": "Something else."})
    report.refresh_from_db()
    assert report.outcome == "France’s vote was corrected."


def test_refused_mail_leaves_the_report_closed_and_says_so(
    verifier: Client, report: ErrorReport, settings, monkeypatch: pytest.MonkeyPatch
):
    settings.EMAIL_HOST = "mail.example.org"

    def refuse(*_: object) -> None:
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    form = fields(page(verifier.get(url(report)))) | {"outcome": "The record is right."}
    said = messages(verifier.post(url(report), form))
    assert said[-1] == "The report is closed, but the e-mail was not sent (refused). Write to the reader yourself."
    report.refresh_from_db()
    assert (report.is_open, report.email) == (False, "reader@example.org")


@pytest.mark.parametrize(("role", "status"), [("nobody", 403), ("Recorders", 403), ("Administrators", 200)])
def test_reports_are_for_verifiers_and_administrators(client: Client, report: ErrorReport, role: str, status: int):
    client.force_login(make_user(role))
    assert {client.get(address).status_code for address in (LIST, url(report))} == {status}
    assert client.get(f"{LIST}add/").status_code == 403

"""Files as responses: contents, names, ETags, pictures and errors."""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
from typing import TYPE_CHECKING

import pytest
from django.test import RequestFactory

from tests.votes.small_record import record_of, written
from votes.exporting.papers import DataVersion
from web.files import answers
from web.files.answers import csv_file, json_file, picture_file
from web.pictures.picture import Picture
from web.pictures.png import BusyError, NotDrawnError
from web.serving.problems import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

    from votes.record.record import Record

RECORD = record_of(written(["Y"], ["2001-01-01"], ("QQA",)))
HEADER = ("one", "two")
DRAWING = Picture("Who & whom", "A square", 120, 80, '<rect class="f-ink" width="120" height="80"/>')


@pytest.fixture(autouse=True)
def version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the data version be the seventh, of a day in May."""
    changed = datetime.datetime(2024, 5, 6, 7, 8, tzinfo=datetime.UTC)
    monkeypatch.setattr(answers, "current_version", lambda: DataVersion(7, changed))


def request(address: str = "/a.csv?x=1", **headers: str) -> HttpRequest:
    return RequestFactory().get(address, headers=headers)


def table(address: str = "/a.csv?x=1", record: Record = RECORD, **headers: str) -> HttpResponse:
    return csv_file(request(address, **headers), record, "a", HEADER, [("x", 1)])


class TestRefusal:
    """What is wrong with a question, for programs."""

    def test_valid_request_is_not_refused(self):
        assert refusal({}) is None

    def test_refusal_names_each_invalid_parameter(self):
        errors = {"since": ["No date."], "state": ["No X.", "No Y."]}
        refused = refusal(errors, ["colour", "since=x"])

        assert refused is not None
        assert refused.status_code == 400
        assert refused["Content-Type"] == "application/problem+json"
        assert json.loads(refused.content) == {
            "type": "about:blank",
            "title": "Bad Request",
            "status": 400,
            "detail": "Nothing was selected: the query has an unknown parameter or value.",
            "errors": {
                "since": [
                    "No date.",
                    "“since=x” was not applied: the parameter is given more than once, or belongs to a form.",
                ],
                "state": ["No X.", "No Y."],
                "colour": ["Unknown parameter: “colour”."],
            },
        }
        # The question's own are left as they were: a page may show them yet.
        assert errors == {"since": ["No date."], "state": ["No X.", "No Y."]}


class TestTables:
    """CSV."""

    def test_cells_are_escaped_and_missing_values_empty(self):
        rows: Iterator[tuple[object, ...]] = iter(
            [("=SUM(A1)", 1), ("a, b", None), (0.5, -2), ("“é”", "-x"), ('say "a"', "")]
        )
        response = csv_file(request(), RECORD, "a", HEADER, rows)

        assert response.content.decode() == (
            'one,two\r\n\'=SUM(A1),1\r\n"a, b",\r\n0.5,-2\r\n“é”,\'-x\r\n"say ""a""",\r\n'
        )
        assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
        assert response["Content-Disposition"] == 'attachment; filename="a.csv"'


class TestContent:
    """JSON."""

    def test_content_begins_with_record_and_address(self):
        response = json_file(request("/a.json?x=1"), RECORD, "a", {"b": [1, None], "a": "“é”"})

        content = json.loads(response.content)
        assert list(content) == ["record", "b", "a"]
        about = content.pop("record")
        assert content == {"b": [1, None], "a": "“é”"}
        assert about["address"] == "http://testserver/a.json?x=1"
        assert about["changed"] == "2024-05-06"
        assert list(about) == ["title", "address", "changed", "cite", "codebook", "methods"]
        assert about["address"] in about["cite"]
        assert "“é”".encode() in response.content
        assert response["Content-Type"] == "application/json"
        assert response["Content-Disposition"] == 'attachment; filename="a.json"'

    def test_unchanged_record_has_no_date(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(answers, "current_version", lambda: DataVersion(0, None))

        response = json_file(request("/a.json"), RECORD, "a", {})
        assert json.loads(response.content)["record"]["changed"] is None


class TestWhetherItChanged:
    """A file has the name of its version, and is not sent to whoever has it."""

    def test_matching_etag_is_a_304_without_making_the_file(self):
        tag = table()["ETag"]

        def never() -> Iterator[tuple[object, ...]]:
            raise AssertionError
            yield

        again = csv_file(request(if_none_match=tag), RECORD, "a", HEADER, never())

        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)

    def test_different_etag_gets_the_file(self):
        response = table(if_none_match='"other"')

        assert (response.status_code, response.content) == (200, b"one,two\r\nx,1\r\n")

    def test_etag_depends_on_data_version_and_address(self):
        other = dataclasses.replace(RECORD, version=2)
        tags = [
            table()["ETag"],
            table("/a.csv?x=2")["ETag"],
            table("/a.csv")["ETag"],
            table(record=other)["ETag"],
            json_file(request("/a.json?x=1"), RECORD, "a", {})["ETag"],
        ]

        assert len(set(tags)) == 5
        assert table()["ETag"] == tags[0]
        assert re.fullmatch(r'W/"1-[0-9a-f]{24}"', tags[0])
        assert re.fullmatch(r'W/"2-[0-9a-f]{24}"', tags[3])


class TestPictures:
    """SVG and PNG."""

    def picture(self, form: str, **headers: str) -> HttpResponse:
        asked = request(f"/a.{form}?x=1", **headers)
        return picture_file(asked, RECORD, "a", form, lambda: DRAWING)

    def test_svg_has_the_picture_and_its_source(self):
        response = self.picture("svg")

        source = "Plenary, testserver, data version 7 of 2024-05-06"
        assert response.content.decode() == DRAWING.standalone(source)
        assert f">{source}</text>" in response.content.decode()
        assert response["Content-Type"] == "image/svg+xml"
        # It is shown, not saved: a page has it as its picture.
        assert "Content-Disposition" not in response

    def test_source_has_no_date_if_the_record_never_changed(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(answers, "current_version", lambda: DataVersion(0, None))

        assert ">Plenary, testserver, data version 0</text>" in self.picture("svg").content.decode()

    def test_png_is_drawn_from_the_svg(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(answers, "png", lambda svg: f"drawn {svg}".encode())
        response = self.picture("png")

        assert response.content == b"drawn " + self.picture("svg").content
        assert response["Content-Type"] == "image/png"

    @pytest.mark.parametrize("form", ["svg", "png"])
    def test_matching_etag_saves_drawing(self, form: str, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(answers, "png", str.encode)
        tag = self.picture(form)["ETag"]
        monkeypatch.delattr(answers, "png")

        asked = request(f"/a.{form}?x=1", if_none_match=tag)
        again = picture_file(asked, RECORD, "a", form, pytest.fail)
        assert (again.status_code, again["ETag"]) == (304, tag)

    def test_too_many_drawings_are_a_503_with_retry_after(self, monkeypatch: pytest.MonkeyPatch):
        def busy(_svg: str) -> bytes:
            raise BusyError

        monkeypatch.setattr(answers, "png", busy)
        response = self.picture("png")

        assert (response.status_code, response["Retry-After"]) == (503, "5")
        assert response["Content-Type"] == "application/problem+json"
        assert json.loads(response.content)["detail"] == (
            "Too many pictures are being drawn. Try again in a moment, or download the SVG."
        )
        assert "ETag" not in response

    def test_failed_drawing_is_a_500_and_logged(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ):
        def failing(_svg: str) -> bytes:
            raise NotDrawnError("out of memory")

        monkeypatch.setattr(answers, "png", failing)
        response = self.picture("png")

        assert response.status_code == 500
        assert response["Content-Type"] == "application/problem+json"
        assert json.loads(response.content)["detail"] == (
            "The picture could not be drawn as PNG, which has been logged. Download the SVG instead."
        )
        assert "ETag" not in response
        [noted] = caplog.records
        assert noted.getMessage() == "A picture could not be drawn: /a.png?x=1"
        assert "out of memory" in caplog.text

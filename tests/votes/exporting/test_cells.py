"""Escaping of spreadsheet formulas in exports, in Python and in SQL."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from votes.exporting.cells import plain, safe, safe_sql

CELLS = [
    ("", ""),
    ("Peace", "Peace"),
    ("=1+1", "'=1+1"),
    ("+33", "'+33"),
    ("-1", "'-1"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1", "'\t=1"),
    ("\r=1", "'\r=1"),
    ("'=1", "''=1"),
    ("''''-", "'''''-"),
    ("'", "'"),
    ("'quoted'", "'quoted'"),
    ("a=1", "a=1"),
    (" =1", " =1"),
    ("\n=1", "\n=1"),
    ("–1", "–1"),
    ("é", "é"),
]
texts = st.text(alphabet=st.sampled_from("'=+-@\t\r\n a\"é–"), max_size=6) | st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=6
)


@pytest.mark.parametrize(("text", "cell"), CELLS)
def test_text_is_escaped_against_formulas(text: str, cell: str):
    assert safe(text) == cell
    assert plain(cell) == text


@given(text=texts)
def test_any_text_round_trips_and_never_begins_like_a_formula(text: str):
    assert plain(safe(text)) == text
    assert not safe(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.django_db
def test_sql_escaping_equals_python_escaping():
    @given(st.lists(texts, max_size=20))
    def same(drawn: list[str]):
        cells = [text for text, _cell in CELLS] + drawn
        with connection.cursor() as cursor:
            query = (
                f"SELECT {safe_sql('text')} FROM unnest(%s::text[]) WITH ORDINALITY AS t (text, place) ORDER BY place"  # noqa: S608  # the expression under test
            )
            cursor.execute(query, [cells])
            assert [cell for (cell,) in cursor.fetchall()] == [safe(text) for text in cells]

    same()


@pytest.mark.django_db
def test_sql_escaping_keeps_null():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {safe_sql('text')} FROM (SELECT NULL::text AS text) AS t")  # noqa: S608  # the expression under test
        assert cursor.fetchall() == [(None,)]

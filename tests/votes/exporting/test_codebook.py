"""The codebook describes every table, column and code."""

import pytest
from django.apps import apps
from django.db import models
from django.utils import translation

from votes.exporting.codebook import CODES, codes, markdown
from votes.exporting.tables import TABLES

MODELS = {
    "sessions": "resolutions.Session",
    "states": "votes.MemberState",
    "state-names": "votes.StateName",
    "body-memberships": "votes.BodyMembership",
    "blocs": "votes.Bloc",
    "bloc-memberships": "votes.BlocMembership",
    "resolutions": "resolutions.Resolution",
    "roll-calls": "votes.RollCall",
    "votes": "votes.Vote",
    "corrections": "votes.Correction",
    "statements": "votes.Statement",
    "retired-addresses": "votes.RetiredAddress",
    "retired-texts": "resolutions.RetiredText",
}


@pytest.mark.parametrize("table", TABLES)
def test_codebook_describes_every_column(table: str):
    section = markdown().partition(f"\n## {table}\n")[2].partition("\n## ")[0]

    assert section.startswith(f"{TABLES[table].description}\n")
    for column in TABLES[table].columns:
        lines = [line for line in section.splitlines() if line.startswith(f"| `{column.name}` | ")]
        assert len(lines) == 1, column.name
        _, _, kind, meaning, _ = lines[0].replace("\\|", "¦").split("|")
        assert kind.strip() == (f"{column.kind}, may be empty" if column.optional else column.kind)
        assert len(meaning.strip()) > 5
        assert "``" not in meaning


@pytest.mark.parametrize("table", MODELS)
def test_codebook_lists_every_value_of_columns_with_choices(table: str):
    """The slow twin: what the models say, column by column."""
    fields = {field.name: field for field in apps.get_model(MODELS[table])._meta.fields}
    text = markdown()
    found = 0
    for column in TABLES[table].columns:
        field = fields.get(column.name)
        if isinstance(field, models.BooleanField):
            expected = {"yes": "yes", "no": "no"}
        elif field is not None and field.choices:
            expected = {str(code): str(label) for code, label in field.flatchoices}
        else:
            assert codes(table, column.name) == {}, column.name
            continue
        found += 1
        assert {code: str(label) for code, label in codes(table, column.name).items()} == expected, column.name
        listed = "; ".join(f"`{code}` {label}" for code, label in expected.items())
        assert f"Codes: {listed}." in text.partition(f"\n## {table}\n")[2].partition("\n## ")[0]
    assert found == sum(name.startswith(f"{table}.") for name in CODES)


def test_every_list_of_codes_belongs_to_a_column():
    columns = {f"{table.name}.{column.name}" for table in TABLES.values() for column in table.columns}

    assert set(CODES) <= columns


def test_codebook_is_english_in_every_language():
    english = markdown()
    with translation.override("fr"):
        assert markdown() == english

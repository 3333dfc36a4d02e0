"""Migrations are compatible with the release before, which keeps running during an upgrade."""

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

OURS = ("config", "resolutions", "votes")

REMOVALS = (
    migrations.DeleteModel,
    migrations.RemoveField,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)

EXEMPT: dict[str, str] = {}
"""Migrations that take away what no release has used since the named one, such as {"votes.0020": "1.3"}."""


def incompatibilities(operation: Operation) -> list[str]:
    """Return why the release before would fail on the tables that an operation leaves, and why there is no way back."""
    reasons = []
    if isinstance(operation, REMOVALS):
        reasons.append("takes away what the release before reads")
    if isinstance(operation, migrations.AddField):
        field = operation.field
        is_filled = (
            field.null or field.has_db_default() or field.many_to_many or isinstance(field, models.GeneratedField)
        )
        if not is_filled:
            reasons.append("adds a column that the release before does not fill")
    if not operation.reversible:
        reasons.append("cannot be taken back")
    return reasons


def test_migrations_are_compatible_with_the_previous_release():
    incompatible = {
        f"{app}.{name}: {operation.describe()}": reasons
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if app in OURS and not migration.initial and f"{app}.{name[:4]}" not in EXEMPT
        for operation in migration.operations
        if (reasons := incompatibilities(operation))
    }
    assert incompatible == {}


@pytest.mark.parametrize(
    ("operation", "number"),
    [
        (migrations.RemoveField("vote", "choice"), 1),
        (migrations.RenameModel("Vote", "Ballot"), 1),
        (migrations.AddField("vote", "weight", models.IntegerField(default=1)), 1),
        (migrations.AddField("vote", "weight", models.IntegerField(db_default=1)), 0),
        (migrations.AddField("vote", "weight", models.IntegerField(null=True)), 0),
        (migrations.RunSQL("SELECT 1"), 1),
        (migrations.RunSQL("SELECT 1", "SELECT 2"), 0),
        (migrations.RunPython(lambda *_: None), 1),
    ],
)
def test_incompatible_operations_are_detected(operation: Operation, number: int):
    assert len(incompatibilities(operation)) == number

"""Ideal points as last fitted, and the triggers by which storing them moves the data version."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("votes_idealpointfit", "votes_idealpoint", "votes_cutpoint")
# As in 0004_data_version, which is not edited.
EVENTS = {
    "insert": "AFTER INSERT ON {table} REFERENCING NEW TABLE AS written",
    "update": "AFTER UPDATE ON {table} REFERENCING OLD TABLE AS removed NEW TABLE AS written",
    "delete": "AFTER DELETE ON {table} REFERENCING OLD TABLE AS removed",
    "truncate": "BEFORE TRUNCATE ON {table}",
}
TRIGGERS = "".join(
    f"CREATE TRIGGER note_{event} {when.format(table=table)} "
    "FOR EACH STATEMENT EXECUTE FUNCTION votes_note_change('true');\n"
    for table in TABLES
    for event, when in EVENTS.items()
)
DROP = "".join(f"DROP TRIGGER IF EXISTS note_{event} ON {table};\n" for table in TABLES for event in EVENTS)


class Migration(migrations.Migration):
    dependencies = [
        ("votes", "0005_tally_in_one_pass"),
    ]

    operations = [
        migrations.CreateModel(
            name="IdealPointFit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fitted_at", models.DateTimeField(verbose_name="fitted at")),
                (
                    "data_version",
                    models.PositiveBigIntegerField(
                        help_text="Of the record it was fitted to.", verbose_name="data version"
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        help_text="Of exactly what was fitted, and how: it tells whether the fit is stale.",
                        max_length=32,
                        verbose_name="digest",
                    ),
                ),
                ("model", models.CharField(max_length=100, verbose_name="model")),
                ("settings", models.JSONField(verbose_name="settings")),
                ("iterations", models.PositiveIntegerField(verbose_name="iterations")),
                ("converged", models.BooleanField(verbose_name="converged")),
                (
                    "change",
                    models.FloatField(
                        help_text="How far the last step moved a point at most, in standard deviations.",
                        verbose_name="last change",
                    ),
                ),
                (
                    "bound",
                    models.FloatField(help_text="What the fit maximised.", verbose_name="bound on the log evidence"),
                ),
                (
                    "roll_calls",
                    models.PositiveIntegerField(
                        help_text="Those on which positions differed, of the General Assembly.",
                        verbose_name="roll calls",
                    ),
                ),
                (
                    "items",
                    models.PositiveIntegerField(
                        help_text="Roll calls, repeated texts counted once.", verbose_name="questions"
                    ),
                ),
                ("states", models.PositiveIntegerField(verbose_name="member states")),
                ("votes", models.PositiveIntegerField(verbose_name="votes")),
            ],
            options={
                "verbose_name": "fit of ideal points",
                "verbose_name_plural": "fits of ideal points",
                "ordering": ("-fitted_at",),
            },
        ),
        migrations.CreateModel(
            name="IdealPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "session",
                    models.PositiveSmallIntegerField(
                        help_text="The number of the regular session.", verbose_name="session"
                    ),
                ),
                ("estimate", models.FloatField(verbose_name="estimate")),
                ("standard_error", models.FloatField(verbose_name="standard error")),
                (
                    "votes",
                    models.PositiveSmallIntegerField(help_text="Positions that it rests on.", verbose_name="votes"),
                ),
                (
                    "state",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ideal_points",
                        to="votes.memberstate",
                        verbose_name="member state",
                    ),
                ),
                (
                    "fit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="points",
                        to="votes.idealpointfit",
                        verbose_name="fit",
                    ),
                ),
            ],
            options={
                "verbose_name": "ideal point",
                "verbose_name_plural": "ideal points",
                "ordering": ("state", "session"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("state", "session", "fit"), name="one_ideal_point_a_state_and_session"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("standard_error__gt", 0)), name="ideal_point_standard_error"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CutPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "session",
                    models.PositiveSmallIntegerField(
                        help_text="The session whose ideal points it divides.", verbose_name="session"
                    ),
                ),
                ("discrimination", models.FloatField(verbose_name="discrimination")),
                ("lower", models.FloatField(verbose_name="lower cut")),
                ("upper", models.FloatField(verbose_name="upper cut")),
                (
                    "roll_calls",
                    models.PositiveSmallIntegerField(
                        help_text="Roll calls on the same text, this one counted, that share the estimate.",
                        verbose_name="roll calls",
                    ),
                ),
                (
                    "roll_call",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cut_point",
                        to="votes.rollcall",
                        verbose_name="roll call",
                    ),
                ),
                (
                    "fit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cut_points",
                        to="votes.idealpointfit",
                        verbose_name="fit",
                    ),
                ),
            ],
            options={
                "verbose_name": "cut point",
                "verbose_name_plural": "cut points",
                "ordering": ("roll_call",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("lower__lte", models.F("upper"))), name="cut_point_order"
                    )
                ],
            },
        ),
        migrations.RunSQL(TRIGGERS, DROP),
    ]

"""What the whole record needs: editions of sources and what they have wrong, derived absences, illegible choices."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


OF_ROLL_CALL = "EXISTS (SELECT FROM votes_rollcall p WHERE p.id = r.roll_call_id AND p.status = ''published'')"
EVENTS = {
    "insert": "AFTER INSERT ON {table} REFERENCING NEW TABLE AS written",
    "update": "AFTER UPDATE ON {table} REFERENCING OLD TABLE AS removed NEW TABLE AS written",
    "delete": "AFTER DELETE ON {table} REFERENCING OLD TABLE AS removed",
    "truncate": "BEFORE TRUNCATE ON {table}",
}


def triggers(table: str, condition: str) -> str:
    """Return the SQL by which changes of a table move the data version, where a row r meets the condition."""
    return "".join(
        f"CREATE TRIGGER note_{event} {when.format(table=table)} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION votes_note_change('{condition}');\n"
        for event, when in EVENTS.items()
    )


def no_triggers(table: str) -> str:
    """Return the SQL that takes them off."""
    return "".join(f"DROP TRIGGER note_{event} ON {table};\n" for event in EVENTS)


# An import that changed nothing is nothing that the public sees; see ImportRunQuerySet.public.
DONE = "r.state = ''done''"
CHANGED = DONE + (
    " AND (r.added + r.changed + r.removed + r.resolutions_added + r.votes_added + r.votes_changed + r.votes_removed"
    " > 0 OR r.changes <> ''[]'')"
)

# Sciences Po goes between the library and Voeten; the small facts that tests begin with give way to every source.
# Only where the numbers are still those that came with the reference facts.
PRECEDENCE = """
UPDATE votes_source SET precedence = 6 WHERE slug = 'landmark' AND precedence = 2
    AND NOT EXISTS (SELECT FROM votes_source WHERE precedence = 6);
UPDATE votes_source SET precedence = 5 WHERE slug = 'voeten' AND precedence = 4
    AND NOT EXISTS (SELECT FROM votes_source WHERE precedence = 5);
"""
PRECEDENCE_BEFORE = """
UPDATE votes_source SET precedence = 2 WHERE slug = 'landmark' AND precedence = 6
    AND NOT EXISTS (SELECT FROM votes_source WHERE precedence = 2);
UPDATE votes_source SET precedence = 4 WHERE slug = 'voeten' AND precedence = 5
    AND NOT EXISTS (SELECT FROM votes_source WHERE precedence = 4);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('resolutions', '0003_subjects'),
        ('votes', '0012_version_after_a_restore'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SourceCorrection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fact', models.CharField(help_text="A state's code for its vote, or the name of another fact.", max_length=40, verbose_name='fact')),
                ('old', models.TextField(blank=True, verbose_name='in the source')),
                ('new', models.TextField(blank=True, verbose_name='corrected')),
                ('reason', models.TextField(verbose_name='reason')),
                ('document', models.CharField(max_length=200, verbose_name='document that proves it')),
                ('roll_call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='source_corrections', to='votes.rollcall', verbose_name='roll call')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='votes.source', verbose_name='source')),
            ],
            options={
                'verbose_name': 'correction of a source',
                'verbose_name_plural': 'corrections of sources',
                'ordering': ('roll_call', 'source', 'fact'),
            },
        ),
        migrations.RemoveConstraint(
            model_name='importrun',
            name='import_format',
        ),
        migrations.RemoveConstraint(
            model_name='statement',
            name='statement_format',
        ),
        migrations.AddField(
            model_name='rollcall',
            name='absences_derived',
            field=models.BooleanField(db_default=False, default=False, help_text='The source lists no absent members: who is non-voting was derived from the membership.', verbose_name='absences derived'),
        ),
        migrations.AddField(
            model_name='rollcall',
            name='not_legible',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3), blank=True, db_default=[], default=list, help_text='Codes of members that the source lists without a legible choice; they are in no total.', size=None, verbose_name='not legible'),
        ),
        migrations.AddField(
            model_name='statement',
            name='edition',
            field=models.DateField(blank=True, help_text='The last day that the edition covers: of two editions of a source, the newer one counts.', null=True, verbose_name='edition'),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='format',
            field=models.CharField(choices=[('ga-voting', 'UN Digital Library: General Assembly voting'), ('sc-voting', 'UN Digital Library: Security Council voting'), ('ga-outcomes', 'UN Digital Library: General Assembly outcomes'), ('member-states', 'UN Digital Library: Member States'), ('sc-not-adopted', 'Sciences Po: Security Council proposals not adopted'), ('voeten', 'Voeten: votes, roll calls and issues'), ('plenary', 'Plenary’s own export'), ('record', 'The record that ships with Plenary')], max_length=16, verbose_name='format'),
        ),
        migrations.AlterField(
            model_name='statement',
            name='format',
            field=models.CharField(choices=[('ga-voting', 'UN Digital Library: General Assembly voting'), ('sc-voting', 'UN Digital Library: Security Council voting'), ('ga-outcomes', 'UN Digital Library: General Assembly outcomes'), ('member-states', 'UN Digital Library: Member States'), ('sc-not-adopted', 'Sciences Po: Security Council proposals not adopted'), ('voeten', 'Voeten: votes, roll calls and issues'), ('plenary', 'Plenary’s own export'), ('record', 'The record that ships with Plenary')], max_length=16, verbose_name='format'),
        ),
        migrations.AddConstraint(
            model_name='importrun',
            constraint=models.CheckConstraint(condition=models.Q(('format__in', ['ga-voting', 'sc-voting', 'ga-outcomes', 'member-states', 'sc-not-adopted', 'voeten', 'plenary', 'record'])), name='import_format'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('format__in', ['ga-voting', 'sc-voting', 'ga-outcomes', 'member-states', 'sc-not-adopted', 'voeten', 'plenary', 'record'])), name='statement_format'),
        ),
        migrations.AddConstraint(
            model_name='sourcecorrection',
            constraint=models.UniqueConstraint(fields=('roll_call', 'source', 'fact'), name='source_corrected_once'),
        ),
        migrations.RunSQL(triggers("votes_sourcecorrection", OF_ROLL_CALL), migrations.RunSQL.noop),  # They go with it.
        migrations.RunSQL(
            no_triggers("votes_importrun") + triggers("votes_importrun", CHANGED),
            no_triggers("votes_importrun") + triggers("votes_importrun", DONE),
        ),
        migrations.RunSQL(PRECEDENCE, PRECEDENCE_BEFORE),
    ]

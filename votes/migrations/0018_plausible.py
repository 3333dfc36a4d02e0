"""Findings on facts that contradict each other; the history of new reference facts; a state's name is its own;
proposed changes.

Until now the history had reference facts from their first change on, not that they were added. What the first
loading brings, before anything has been public, still leaves nothing.
"""

import importlib

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

history = importlib.import_module("votes.migrations.0007_history")

# Something was public before this transaction.
PUBLIC = (
    "EXISTS (SELECT FROM votes_publication WHERE (transaction, at) IS DISTINCT FROM "
    "(pg_current_xact_id(), transaction_timestamp()))"
)
REFERENCE = (
    "votes_memberstate",
    "votes_statename",
    "votes_memberstate_successors",
    "votes_bodymembership",
    "votes_bloc",
    "votes_blocmembership",
    "resolutions_body",
    "resolutions_session",
)
TRIGGERS = "".join(
    f"CREATE TRIGGER trail_insert {history.INSERT['insert'].format(table=table)} FOR EACH STATEMENT "
    f"EXECUTE FUNCTION votes_trail({history.quoted(*history.TRACKED[table][:2], PUBLIC)});\n"
    for table in REFERENCE
)
DROP = "".join(f"DROP TRIGGER trail_insert ON {table};\n" for table in REFERENCE)


class Migration(migrations.Migration):

    dependencies = [
        ('resolutions', '0005_bodies'),
        ('votes', '0017_bodies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='finding',
            name='finding_kind',
        ),
        migrations.AlterField(
            model_name='finding',
            name='kind',
            field=models.CharField(choices=[('totals', 'announced and counted totals differ'), ('electorate', 'votes do not match the members on that date'), ('admission', 'new member listed early or missing'), ('no-seat', 'state listed while it had no seat'), ('sources', 'sources disagree'), ('result', 'result does not match the figures'), ('no-votes', 'votes missing'), ('duplicate-symbol', 'several votes on one text'), ('no-symbol', 'vote without a resolution'), ('implausible', 'facts contradict each other'), ('bloc-dates', 'impossible dates of a bloc'), ('unknown-code', 'unknown state code'), ('unreadable', 'unreadable cell'), ('conflict', 'contradictory rows'), ('unmatched', 'symbol without a matching text')], max_length=20, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['totals', 'electorate', 'admission', 'no-seat', 'sources', 'result', 'no-votes', 'duplicate-symbol', 'no-symbol', 'implausible', 'bloc-dates', 'unknown-code', 'unreadable', 'conflict', 'unmatched'])), name='finding_kind'),
        ),
        migrations.AddConstraint(
            model_name='memberstate',
            constraint=models.UniqueConstraint(fields=('sort_name',), name='member_state_name_once', violation_error_message='Another member state has this name.'),
        ),
        migrations.CreateModel(
            name='Amendment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='proposed')),
                ('reason', models.TextField(verbose_name='reason')),
                ('changes', models.JSONField(help_text='What, from which value, to which: [[what, before, after]].', verbose_name='changes')),
                ('form', models.TextField(editable=False)),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('is_confirmed', models.BooleanField(null=True, verbose_name='confirmed')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='proposed by')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('resolution', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='amendments', to='resolutions.resolution', verbose_name='resolution')),
                ('roll_call', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='amendments', to='votes.rollcall', verbose_name='roll call')),
            ],
            options={
                'verbose_name': 'proposed change',
                'verbose_name_plural': 'proposed changes',
                'ordering': ('-at',),
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('roll_call__isnull', True), ('resolution__isnull', True), _connector='XOR'), name='amendment_of_one_record'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('is_confirmed__isnull', True)), models.Q(('decided_at__isnull', False), ('is_confirmed__isnull', False)), _connector='OR'), name='amendment_decided_whole')],
            },
        ),
        migrations.RunSQL(TRIGGERS, DROP),
    ]

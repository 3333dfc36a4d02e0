"""Who entered what, why totals differ, and what became of addresses that are no longer there."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


# As votes/migrations/0004 has them: withdrawn and merged votes answer with what stands here.
TRIGGERS = "".join(
    f"CREATE TRIGGER note_{event} {when} ON votes_retiredaddress {rows} "
    "FOR EACH STATEMENT EXECUTE FUNCTION votes_note_change('true');\n"
    for event, when, rows in (
        ("insert", "AFTER INSERT", "REFERENCING NEW TABLE AS written"),
        ("update", "AFTER UPDATE", "REFERENCING OLD TABLE AS removed NEW TABLE AS written"),
        ("delete", "AFTER DELETE", "REFERENCING OLD TABLE AS removed"),
        ("truncate", "BEFORE TRUNCATE", ""),
    )
)


class Migration(migrations.Migration):

    dependencies = [
        ('votes', '0007_history'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='rollcall',
            options={'ordering': ('-date', 'slug'), 'permissions': [('publish_rollcall', 'Can publish and unpublish roll calls'), ('amend_rollcall', 'Can change published roll calls'), ('withdraw_rollcall', 'Can withdraw roll calls that have been public'), ('merge_rollcall', 'Can merge two records of one vote')], 'verbose_name': 'roll call', 'verbose_name_plural': 'roll calls'},
        ),
        migrations.AddField(
            model_name='rollcall',
            name='difference_reason',
            field=models.TextField(blank=True, db_default='', default='', help_text='Shown in public. A vote whose totals differ is not published without it.', verbose_name='why counted and announced totals differ'),
        ),
        migrations.AddField(
            model_name='rollcall',
            name='entered_by',
            field=models.ManyToManyField(blank=True, help_text='Who entered or changed its facts or votes. Publishing it is for somebody else.', related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by'),
        ),
        migrations.CreateModel(
            name='RetiredAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=120, unique=True, verbose_name='slug')),
                ('kind', models.CharField(choices=[('withdrawn', 'withdrawn'), ('merged', 'merged with another record of the same vote')], max_length=10, verbose_name='kind')),
                ('reason', models.TextField(help_text='Shown in public.', verbose_name='reason')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('roll_call', models.ForeignKey(blank=True, db_constraint=False, help_text='The record that was withdrawn, or that the address leads to.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='retired_addresses', to='votes.rollcall', verbose_name='roll call')),
            ],
            options={
                'verbose_name': 'retired address',
                'verbose_name_plural': 'retired addresses',
                'ordering': ('-at', 'slug'),
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['withdrawn', 'merged'])), name='retired_address_kind'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='retired_with_a_reason')],
            },
        ),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),  # They go with their table.
    ]

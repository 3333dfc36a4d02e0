import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('resolutions', '0003_subjects'),
        ('votes', '0014_finding_kinds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='blocmembership',
            name='since_precision',
            field=models.CharField(choices=[('day', 'day'), ('month', 'month'), ('year', 'year')], default='day', max_length=5, verbose_name='precision of “since”'),
        ),
        migrations.AlterField(
            model_name='blocmembership',
            name='until',
            field=models.DateField(blank=True, help_text='The first day on which it no longer applied.', null=True, verbose_name='until'),
        ),
        migrations.AlterField(
            model_name='blocmembership',
            name='until_precision',
            field=models.CharField(choices=[('day', 'day'), ('month', 'month'), ('year', 'year')], default='day', max_length=5, verbose_name='precision of “until”'),
        ),
        migrations.AlterField(
            model_name='bodymembership',
            name='since_precision',
            field=models.CharField(choices=[('day', 'day'), ('month', 'month'), ('year', 'year')], default='day', max_length=5, verbose_name='precision of “since”'),
        ),
        migrations.AlterField(
            model_name='bodymembership',
            name='until',
            field=models.DateField(blank=True, help_text='The first day on which it no longer applied.', null=True, verbose_name='until'),
        ),
        migrations.AlterField(
            model_name='bodymembership',
            name='until_precision',
            field=models.CharField(choices=[('day', 'day'), ('month', 'month'), ('year', 'year')], default='day', max_length=5, verbose_name='precision of “until”'),
        ),
        migrations.AlterField(
            model_name='correction',
            name='reference',
            field=models.CharField(blank=True, help_text='For example the verbatim record.', max_length=200, verbose_name='where it was recorded'),
        ),
        migrations.AlterField(
            model_name='cutpoint',
            name='roll_calls',
            field=models.PositiveSmallIntegerField(help_text='The number of roll calls on the same text, including this one, that share the estimate.', verbose_name='roll calls'),
        ),
        migrations.AlterField(
            model_name='cutpoint',
            name='session',
            field=models.PositiveSmallIntegerField(help_text='The session to which it belongs.', verbose_name='session'),
        ),
        migrations.AlterField(
            model_name='finding',
            name='kind',
            field=models.CharField(choices=[('totals', 'announced and counted totals differ'), ('electorate', 'votes do not match the members on that date'), ('admission', 'new member listed early or missing'), ('no-seat', 'state listed while it had no seat'), ('sources', 'sources disagree'), ('result', 'result does not match the figures'), ('no-votes', 'votes missing'), ('duplicate-symbol', 'several votes on one text'), ('no-symbol', 'vote without a resolution'), ('bloc-dates', 'impossible dates of a bloc'), ('unknown-code', 'unknown state code'), ('unreadable', 'unreadable cell'), ('conflict', 'contradictory rows'), ('unmatched', 'symbol without a matching text')], max_length=20, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='finding',
            name='reason',
            field=models.TextField(blank=True, help_text='Why this finding is acceptable. The reason is public.', verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='historyevent',
            name='name',
            field=models.CharField(help_text='The row of the subject: for a vote, the code of the state.', max_length=400, verbose_name='which'),
        ),
        migrations.AlterField(
            model_name='historyevent',
            name='shown',
            field=models.BooleanField(help_text='No for changes made while the record was not public.', verbose_name='public'),
        ),
        migrations.AlterField(
            model_name='idealpoint',
            name='votes',
            field=models.PositiveSmallIntegerField(help_text='The number of positions it is estimated from.', verbose_name='votes'),
        ),
        migrations.AlterField(
            model_name='idealpointfit',
            name='bound',
            field=models.FloatField(help_text='The quantity that the fit maximises.', verbose_name='bound on the log evidence'),
        ),
        migrations.AlterField(
            model_name='idealpointfit',
            name='change',
            field=models.FloatField(help_text='The largest change of a point in the last step, in standard deviations.', verbose_name='last change'),
        ),
        migrations.AlterField(
            model_name='idealpointfit',
            name='data_version',
            field=models.PositiveBigIntegerField(help_text='The data version it was fitted to.', verbose_name='data version'),
        ),
        migrations.AlterField(
            model_name='idealpointfit',
            name='digest',
            field=models.CharField(help_text='A hash of the data and settings of the fit, which shows whether it is stale.', max_length=32, verbose_name='digest'),
        ),
        migrations.AlterField(
            model_name='idealpointfit',
            name='items',
            field=models.PositiveIntegerField(help_text='Roll calls, with repeated texts counted once.', verbose_name='questions'),
        ),
        migrations.AlterField(
            model_name='idealpointfit',
            name='roll_calls',
            field=models.PositiveIntegerField(help_text='Roll calls of the General Assembly on which positions differed.', verbose_name='roll calls'),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='by_name',
            field=models.CharField(help_text='The name of the account, or of the person who ran the command.', max_length=200, verbose_name='by'),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='changes',
            field=models.JSONField(blank=True, default=list, help_text='Changes in each roll call, in words.', verbose_name='changes'),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='findings',
            field=models.PositiveIntegerField(default=0, help_text='About rows of these files that could not be imported unchanged.', verbose_name='findings'),
        ),
        migrations.AlterField(
            model_name='retiredaddress',
            name='resolution',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='The text of the vote when it was withdrawn. Its page mentions the withdrawal.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='resolutions.resolution', verbose_name='resolution'),
        ),
        migrations.AlterField(
            model_name='retiredaddress',
            name='roll_call',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='The record that was withdrawn, or to which the address redirects.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='retired_addresses', to='votes.rollcall', verbose_name='roll call'),
        ),
        migrations.AlterField(
            model_name='revision',
            name='by_name',
            field=models.CharField(help_text='The name of the account at that time, or of the person.', max_length=200, verbose_name='by'),
        ),
        migrations.AlterField(
            model_name='revision',
            name='context',
            field=models.CharField(help_text='Tells apart several reasons within one transaction.', max_length=36, verbose_name='context'),
        ),
        migrations.AlterField(
            model_name='revision',
            name='role',
            field=models.CharField(help_text='The database role that made the change.', max_length=63, verbose_name='database role'),
        ),
        migrations.AlterField(
            model_name='revision',
            name='transaction',
            field=models.BigIntegerField(help_text='The number of the database transaction.', verbose_name='transaction'),
        ),
        migrations.AlterField(
            model_name='rollcall',
            name='absences_derived',
            field=models.BooleanField(db_default=False, default=False, help_text='The source does not list absent members, so non-voting was derived from the membership.', verbose_name='absences derived'),
        ),
        migrations.AlterField(
            model_name='rollcall',
            name='decisive',
            field=models.BooleanField(default=False, help_text='This vote represents its resolution in lists. Each resolution has at most one.', verbose_name='decisive'),
        ),
        migrations.AlterField(
            model_name='rollcall',
            name='difference_reason',
            field=models.TextField(blank=True, db_default='', default='', help_text='Shown in public. Required for publishing if the totals differ.', verbose_name='why counted and announced totals differ'),
        ),
        migrations.AlterField(
            model_name='rollcall',
            name='entered_by',
            field=models.ManyToManyField(blank=True, help_text='The people who entered or changed its facts or votes. Someone else should publish it.', related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by'),
        ),
        migrations.AlterField(
            model_name='rollcall',
            name='meeting',
            field=models.CharField(blank=True, help_text='For example A/ES-11/PV.19.', max_length=40, verbose_name='meeting'),
        ),
        migrations.AlterField(
            model_name='rollcall',
            name='not_legible',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3), blank=True, db_default=[], default=list, help_text='Codes of members whose choice is illegible in the source. They are not counted in any total.', size=None, verbose_name='illegible'),
        ),
        migrations.AlterField(
            model_name='rollcall',
            name='slug',
            field=models.SlugField(help_text='The permanent name in the address. It cannot be changed.', max_length=120, unique=True, verbose_name='slug'),
        ),
        migrations.AlterField(
            model_name='rollcall',
            name='source_reference',
            field=models.CharField(blank=True, help_text='A record number or a web address.', max_length=200, verbose_name='reference in the source'),
        ),
        migrations.AlterField(
            model_name='rollcall',
            name='title',
            field=models.TextField(blank=True, help_text='Title of what was voted on, if it was not the whole text.', verbose_name='title'),
        ),
        migrations.AlterField(
            model_name='sourcecorrection',
            name='fact',
            field=models.CharField(help_text='The code of the state whose vote is corrected, or the name of another fact.', max_length=40, verbose_name='fact'),
        ),
        migrations.AlterField(
            model_name='statement',
            name='edition',
            field=models.DateField(blank=True, help_text='The last day covered by the edition; of two editions of a source, the newer one is followed.', null=True, verbose_name='edition'),
        ),
        migrations.AlterField(
            model_name='statement',
            name='votes',
            field=models.TextField(blank=True, help_text='Each state code followed by its choice, in the order of codes: “AFGY ALBN”.', verbose_name='votes'),
        ),
        migrations.AlterField(
            model_name='statename',
            name='since',
            field=models.DateField(blank=True, help_text='Leave empty if it had this name since it became a member.', null=True, verbose_name='since'),
        ),
        migrations.AlterField(
            model_name='statename',
            name='since_precision',
            field=models.CharField(choices=[('day', 'day'), ('month', 'month'), ('year', 'year')], default='day', max_length=5, verbose_name='precision of “since”'),
        ),
        migrations.AlterField(
            model_name='statename',
            name='until_precision',
            field=models.CharField(choices=[('day', 'day'), ('month', 'month'), ('year', 'year')], default='day', max_length=5, verbose_name='precision of “until”'),
        ),
        migrations.AlterConstraint(
            model_name='finding',
            name='acknowledged_with_a_reason',
            constraint=models.CheckConstraint(condition=models.Q(('acknowledged_at__isnull', True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='acknowledged_with_a_reason', violation_error_message='Enter the reason for acknowledging this finding.'),
        ),
        migrations.AlterConstraint(
            model_name='rollcall',
            name='one_decisive_roll_call_a_resolution',
            constraint=models.UniqueConstraint(condition=models.Q(('decisive', True)), fields=('resolution',), name='one_decisive_roll_call_a_resolution', violation_error_message='This resolution already has another decisive roll call.'),
        ),
        migrations.AlterConstraint(
            model_name='rollcall',
            name='roll_call_ordinal_once_a_meeting',
            constraint=models.UniqueConstraint(condition=models.Q(('meeting', ''), _negated=True), fields=('body', 'meeting', 'ordinal'), name='roll_call_ordinal_once_a_meeting', violation_error_message='Another roll call of this meeting already has this ordinal.'),
        ),
    ]

"""Errors that readers report, who works on them, and drafts that are sent back with a comment.

Verifiers and administrators read and close reports; recorders correct drafts, and these are about what is public.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


# As votes/migrations/0009 makes the roles: nothing is added twice, and a role that was removed stays so.
ROLES = {
    "Recorders": {"returneddraft": ("view",)},
    "Verifiers": {"returneddraft": ("view",), "errorreport": ("view", "change")},
    "Administrators": {"returneddraft": ("view",), "errorreport": ("view", "change", "delete")},
}
NAMES = {"returneddraft": "draft sent back", "errorreport": "error report"}


def allow(apps, schema_editor):
    """Give the roles that still exist their permissions."""
    content_types, permissions = apps.get_model("contenttypes", "ContentType"), apps.get_model("auth", "Permission")
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        for model, actions in ROLES[group.name].items():
            about = content_types.objects.get_or_create(app_label="votes", model=model)[0]
            for action in actions:
                defaults = {"name": f"Can {action} {NAMES[model]}"}
                group.permissions.add(
                    permissions.objects.get_or_create(
                        content_type=about, codename=f"{action}_{model}", defaults=defaults
                    )[0]
                )


class Migration(migrations.Migration):

    dependencies = [
        ('votes', '0018_plausible'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ErrorReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page', models.CharField(help_text='The path of the page and its query.', max_length=2000, verbose_name='page')),
                ('wrong', models.TextField(max_length=2000, verbose_name='what is wrong')),
                ('right', models.TextField(max_length=2000, verbose_name='what is right')),
                ('document', models.TextField(max_length=500, verbose_name='document that shows it')),
                ('email', models.EmailField(blank=True, help_text='Deleted once the answer has been sent.', max_length=254, verbose_name='address for the answer')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='received')),
                ('outcome', models.TextField(blank=True, help_text='One sentence: what was corrected, or why the record is right. Where e-mail is set up, a reader who gave an address gets it.', verbose_name='what was done')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='closed by')),
                ('revision', models.ForeignKey(blank=True, db_constraint=False, help_text='The change in the history of the vote that corrected the error.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='error_reports', to='votes.revision', verbose_name='correction')),
                ('roll_call', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='error_reports', to='votes.rollcall', verbose_name='roll call')),
            ],
            options={
                'verbose_name': 'error report',
                'verbose_name_plural': 'error reports',
                'ordering': ('-at', '-pk'),
                'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['at'], name='error_report_open'), models.Index(condition=models.Q(('email', ''), _negated=True), fields=['at'], name='error_report_address')],
                'constraints': [models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), models.Q(('outcome', ''), _negated=True), _connector='OR'), name='error_report_closed_with_a_sentence', violation_error_message='Say in a sentence what was done.')],
            },
        ),
        migrations.CreateModel(
            name='ReturnedDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('comment', models.TextField(max_length=2000, verbose_name='comment')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('roll_call', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='returned', to='votes.rollcall', verbose_name='roll call')),
            ],
            options={
                'verbose_name': 'draft sent back',
                'verbose_name_plural': 'drafts sent back',
                'constraints': [models.CheckConstraint(condition=models.Q(('comment', ''), _negated=True), name='returned_with_a_comment')],
            },
        ),
        migrations.RunPython(allow, migrations.RunPython.noop),  # The permissions go with the groups.
    ]

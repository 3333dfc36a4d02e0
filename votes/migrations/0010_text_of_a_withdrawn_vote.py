"""The text that a withdrawn vote was on stands with its address: the record itself may be deleted, or be elsewhere."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
UPDATE votes_retiredaddress a SET resolution_id = r.resolution_id
FROM votes_rollcall r WHERE r.id = a.roll_call_id AND a.kind = 'withdrawn' AND r.resolution_id IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('resolutions', '0001_initial'),
        ('votes', '0009_roles'),
    ]

    operations = [
        migrations.AddField(
            model_name='retiredaddress',
            name='resolution',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='The text that the record was on when it was withdrawn, whose page says so.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='resolutions.resolution', verbose_name='resolution'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),  # The column goes with what is in it.
    ]

"""A row that a restored backup leaves may move the data version by more than one.

A backup holds fewer changes than the server it replaces has counted, and would count the same numbers again for other
contents, while caches and readers still hold pages under them. What restores one adds a row that takes the version
beyond every number there can have been. Releases before this one count rows, which stays right until a restore.
"""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [('votes', '0011_history_is_kept')]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE votes_change ADD COLUMN steps integer NOT NULL DEFAULT 1 CHECK (steps > 0)",
            "ALTER TABLE votes_change DROP COLUMN steps",
        )
    ]

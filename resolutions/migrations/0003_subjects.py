import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('resolutions', '0002_workflow'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='resolution',
            name='subjects',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, db_default=[], default=list, help_text='Subject headings as the UN Digital Library writes them, such as CUBA--UNITED STATES.', size=None, verbose_name='subjects'),
        ),
        migrations.AddIndex(
            model_name='resolution',
            index=django.contrib.postgres.indexes.GinIndex(fields=['subjects'], name='resolution_subjects'),
        ),
    ]

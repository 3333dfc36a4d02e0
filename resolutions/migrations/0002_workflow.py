"""Who entered a text, and who may publish and change it."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('resolutions', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='resolution',
            options={'ordering': ('-symbol_sort',), 'permissions': [('publish_resolution', 'Can publish and unpublish texts'), ('amend_resolution', 'Can change published texts')], 'verbose_name': 'resolution', 'verbose_name_plural': 'resolutions'},
        ),
        migrations.AddField(
            model_name='resolution',
            name='entered_by',
            field=models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by'),
        ),
    ]

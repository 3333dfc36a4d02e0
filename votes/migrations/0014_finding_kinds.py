from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('resolutions', '0003_subjects'),
        ('votes', '0013_whole_record'),
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
            field=models.CharField(choices=[('totals', 'announced and counted totals differ'), ('electorate', 'votes and members of the date differ'), ('admission', 'new member listed early or missing'), ('no-seat', 'listed without a seat'), ('sources', 'sources disagree'), ('result', 'result and figures disagree'), ('no-votes', 'votes missing'), ('duplicate-symbol', 'two votes on one text'), ('no-symbol', 'no resolution'), ('bloc-dates', 'dates of a bloc'), ('unknown-code', 'code not known'), ('unreadable', 'cell that cannot be read'), ('conflict', 'rows that contradict each other'), ('unmatched', 'symbol that leads to no text')], max_length=20, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['totals', 'electorate', 'admission', 'no-seat', 'sources', 'result', 'no-votes', 'duplicate-symbol', 'no-symbol', 'bloc-dates', 'unknown-code', 'unreadable', 'conflict', 'unmatched'])), name='finding_kind'),
        ),
    ]

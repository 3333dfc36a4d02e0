import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


# The six topics of before, where nobody renamed them; the new ones come with the reference facts.
NAMES = {
    "arms-control": ("Arms control and disarmament", "Disarmament and arms control"),
    "decolonization": ("Decolonization", "Decolonization and self-determination"),
    "economic-development": ("Economic development", "Development, trade and poverty"),
    "nuclear-weapons": ("Nuclear weapons and nuclear material", "Nuclear weapons and nuclear energy"),
    "palestinian-question": ("Palestinian question", "Israel and the Palestinians"),
}


def renamed(old: int, new: int) -> list[tuple[str, list[str]]]:
    """Return the statements that rename the topics, from one place of NAMES to the other."""
    return [
        ("UPDATE resolutions_topic SET name = %s WHERE slug = %s AND name = %s", [names[new], slug, names[old]])
        for slug, names in NAMES.items()
    ]


def spelled(old: str, new: str) -> str:
    """Return the SQL that spells a special session otherwise in the symbols of its texts; their keys stay."""
    return "".join(
        f"UPDATE {table} SET symbol = replace(symbol, '(S-{old})', '(S-{new})'), "
        f"symbol_loose = replace(symbol_loose, '-S-{old}-', '-S-{new}-') WHERE symbol LIKE '%(S-{old})%';\n"
        for table in ("resolutions_resolution", "resolutions_othersymbol")
    )


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
        migrations.RunSQL(renamed(0, 1), renamed(1, 0)),
        # The United Nations writes the first two special sessions in Arabic numerals.
        migrations.RunSQL(spelled("I", "1") + spelled("II", "2"), spelled("1", "I") + spelled("2", "II")),
    ]

"""Two formats, or two words of the language helper, never differ by case alone. Those that do are settled first."""

from django.db import migrations, models
from django.db.models.functions import Lower


def settle_twins(apps, _schema_editor):
    """Formats get a number behind their name; of two words the first stays."""
    formats = apps.get_model("retros", "RetrospectiveFormat").objects.annotate(lower=Lower("name")).order_by("pk")
    taken = set(formats.values_list("lower", flat=True))
    seen = set()
    for one in formats:
        if one.lower in seen:
            number = 2
            while (name := f"{one.name[:50]} {number}").lower() in taken:
                number += 1
            one.name = name
            one.save(update_fields=["name"])
            taken.add(name.lower())
        seen.add(one.lower)
    words = set()
    for word in apps.get_model("retros", "HintWord").objects.annotate(lower=Lower("words")).order_by("pk"):
        if word.lower in words:
            word.delete()
        words.add(word.lower)


class Migration(migrations.Migration):
    dependencies = [("retros", "0019_timeline_rows")]

    operations = [
        migrations.RunPython(settle_twins, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="retrospectiveformat",
            constraint=models.UniqueConstraint(
                Lower("name"),
                name="retros_format_named_once",
                violation_error_message="There is a format of this name already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="hintword",
            constraint=models.UniqueConstraint(
                Lower("words"),
                name="retros_hint_word_once",
                violation_error_message="It is in the list already.",
            ),
        ),
    ]

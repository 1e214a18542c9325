from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    """The library shows the newest first without sorting all."""

    dependencies = [("retros", "0015_action_items_app")]
    operations = [
        migrations.AddIndex(
            "retrospective",
            models.Index(F("published_at").desc(), F("id").desc(), name="retros_newest_published"),
        ),
    ]

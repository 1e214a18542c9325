from django.db import migrations, models


class Migration(migrations.Migration):
    """A status page shows the incidents that were told of last, without sorting all updates."""

    dependencies = [("incidents", "0013_names_and_impacts_of_update")]
    operations = [
        migrations.AddIndex(
            "statusupdate", models.Index(fields=["-posted_at", "-id"], name="update_newest")
        ),
    ]

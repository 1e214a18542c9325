from django.db import migrations, models


class Migration(migrations.Migration):
    """Insights asks for the action items of a period without reading those of all time."""

    dependencies = [("action_items", "0001_initial")]
    operations = [
        migrations.AddIndex(
            "actionitem", models.Index(fields=["due_on", "id"], name="action_items_by_due_day")
        ),
        migrations.AddIndex(
            "actionitem", models.Index(fields=["created_at"], name="action_items_by_added")
        ),
        migrations.AddIndex(
            "actionitem", models.Index(fields=["done_at"], name="action_items_by_done")
        ),
    ]

"""Action items are an app of their own. Their tables stay as they are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0005_action_items"),
        ("subscribers", "0006_action_items_app"),
        ("retros", "0014_calendar_and_search"),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name="ActionDigest"),
                migrations.DeleteModel(name="ActionReminder"),
                migrations.DeleteModel(name="ActionItem"),
            ]
        )
    ]

"""Action items are an app of their own; the column stays as it is."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("action_items", "0001_initial"),
        ("history", "0004_date_order"),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="importedentry",
                    name="action_item",
                    field=models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imported_from",
                        to="action_items.actionitem",
                    ),
                ),
            ]
        )
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    """Invitations already sent had the version as their sequence: later ones go on from there."""

    dependencies = [("retros", "0011_versions_are_text")]

    operations = [
        migrations.AddField(
            model_name="retrospective",
            name="calendar_sequence",
            field=models.PositiveIntegerField(
                blank=True,
                editable=False,
                help_text="Of the last invitation or cancellation; RFC 5545, 3.8.7.4",
                null=True,
            ),
        ),
        migrations.RunSQL(
            "UPDATE retros_retrospective SET calendar_sequence = version WHERE scheduled_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]

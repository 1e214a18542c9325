from django.db import migrations


class Migration(migrations.Migration):
    """Periods are asked for by impact start, else by declaration; Insights owns no table of its own."""

    dependencies = [("incidents", "0005_reminders")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX incident_began ON incidents_incident (coalesce(impact_started_at, declared_at))",
            "DROP INDEX incident_began",
        ),
    ]

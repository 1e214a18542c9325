from django.db import migrations


class Migration(migrations.Migration):
    """Periods are asked for by impact start, else by declaration; Insights owns no table of its own."""

    dependencies = [("incidents", "0005_reminders")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX incident_began ON incidents_incident (coalesce(impact_started_at, declared_at))",
            "DROP INDEX incident_began",
        ),
        migrations.RunSQL(
            "CREATE INDEX incident_left_out ON incidents_incident "
            "(coalesce(impact_started_at, declared_at, created_at)) "
            # a constant array of text: pg_dump writes the condition back as it read it
            "WHERE is_drill OR status::text = ANY ('{triage,declined,merged}'::text[])",
            "DROP INDEX incident_left_out",
        ),
    ]

from django.db import migrations


class Migration(migrations.Migration):
    """What Insights counts is read from an index that has every time of it, instead of from rows ten times as wide."""

    dependencies = [("incidents", "0022_updates_not_posted"), ("insights", "0003_annotations_and_goals")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX incident_counted ON incidents_incident (coalesce(impact_started_at, declared_at)) "
            "INCLUDE (id, status, is_private, severity_id, incident_type_id, introduced_at, impact_started_at, "
            "detected_at, declared_at, acknowledged_at, mitigated_at, impact_ended_at, resolved_at, closed_at, "
            "created_at) WHERE NOT is_drill AND status::text <> ALL ('{triage,declined,merged}'::text[])",
            "DROP INDEX incident_counted",
        ),
        migrations.RunSQL(
            "DROP INDEX incident_began",
            "CREATE INDEX incident_began ON incidents_incident (coalesce(impact_started_at, declared_at))",
        ),
    ]

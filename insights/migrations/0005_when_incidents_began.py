from django.db import migrations


class Migration(migrations.Migration):
    """PostgreSQL knows how many incidents began in a period, which it guessed as a third of all: its statistics are
    of columns, and `incident_counted` is partial, so none are kept for what it is made of.
    """

    dependencies = [("insights", "0004_counted_incidents")]

    operations = [
        migrations.RunSQL(
            "CREATE STATISTICS incident_began_known ON (coalesce(impact_started_at, declared_at)) "
            "FROM incidents_incident",
            "DROP STATISTICS incident_began_known",
        ),
        migrations.RunSQL("ANALYZE incidents_incident", migrations.RunSQL.noop),
    ]

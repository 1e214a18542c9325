import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("insights", "0001_by_beginning"),
        ("insights", "0002_pdfs"),
    ]

    dependencies = [
        ("incidents", "0001_squashed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InsightsPdf",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("making", "Being made"),
                            ("ready", "Ready"),
                            ("failed", "Did not work"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("file", models.FileField(blank=True, upload_to="exports/%Y/%m/")),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                ("key", models.CharField(blank=True, max_length=40, verbose_name="question")),
                (
                    "query",
                    models.CharField(blank=True, help_text="The filters, as in the address", max_length=500),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "abstract": False,
                "indexes": [models.Index(fields=["state", "asked_at"], name="insights_pdfs_waiting")],
            },
        ),
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

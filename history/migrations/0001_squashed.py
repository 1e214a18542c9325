import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("history", "0001_initial"),
        ("history", "0002_origins"),
        ("history", "0003_exports"),
        ("history", "0004_date_order"),
    ]

    dependencies = [
        ("incidents", "0001_squashed"),
        ("retros", "0001_squashed"),
        ("statuspages", "0001_squashed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("format", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=200, verbose_name="file")),
                ("file", models.FileField(blank=True, upload_to="imports/")),
                ("size", models.PositiveBigIntegerField(default=0)),
                (
                    "source",
                    models.CharField(
                        help_text="Names the system the numbers of the entries belong to", max_length=40
                    ),
                ),
                (
                    "zone",
                    models.CharField(
                        blank=True, max_length=64, verbose_name="time zone of times without one"
                    ),
                ),
                (
                    "date_order",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("dmy", "Day/month/year"),
                            ("mdy", "Month/day/year"),
                            ("ymd", "Year/month/day"),
                        ],
                        help_text="Of dates such as 03/04/2024",
                        max_length=3,
                        verbose_name="date format",
                    ),
                ),
                ("columns", models.JSONField(blank=True, default=dict)),
                (
                    "severities",
                    models.JSONField(
                        blank=True, default=dict, help_text="The file's word → the severity's id"
                    ),
                ),
                (
                    "is_public",
                    models.BooleanField(default=False, verbose_name="show it on public status pages"),
                ),
                (
                    "ends_open",
                    models.BooleanField(
                        default=False, verbose_name="take those that are open in the file as over"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "Being read"),
                            ("ready", "Read, waits for your word"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("broken", "Cannot be imported"),
                            ("dropped", "Dropped"),
                        ],
                        default="checking",
                        max_length=10,
                    ),
                ),
                ("problem", models.TextField(blank=True)),
                ("summary", models.JSONField(blank=True, default=dict)),
                ("place", models.PositiveIntegerField(default=0)),
                ("created_count", models.PositiveIntegerField(default=0)),
                ("maintenance_count", models.PositiveIntegerField(default=0)),
                (
                    "other_count",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Retrospectives, action items, changes, status pages, pieces of files",
                    ),
                ),
                ("known_count", models.PositiveIntegerField(default=0)),
                ("refused_count", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("token", models.UUIDField(default=uuid.uuid4)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="statuspages.statuspage",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="RefusedEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveIntegerField()),
                ("source_id", models.CharField(blank=True, max_length=200)),
                ("reason", models.CharField(max_length=500)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refused",
                        to="history.import",
                    ),
                ),
            ],
            options={
                "ordering": ["place", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Export",
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
                ("has_files", models.BooleanField(default=True, verbose_name="with the files of evidence")),
                (
                    "total",
                    models.PositiveIntegerField(
                        default=0, help_text="Lines, as far as they can be counted before"
                    ),
                ),
                ("done_count", models.PositiveIntegerField(default=0)),
                ("size", models.PositiveBigIntegerField(default=0)),
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
                "indexes": [models.Index(fields=["state", "asked_at"], name="history_exports_waiting")],
            },
        ),
        migrations.CreateModel(
            name="ImportedEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=200)),
                (
                    "origin",
                    models.CharField(
                        blank=True, help_text="How it had begun, where it was exported", max_length=10
                    ),
                ),
                (
                    "merged_into",
                    models.CharField(
                        blank=True,
                        help_text="The id of the one it was merged into, until that is here as well",
                        max_length=200,
                    ),
                ),
                (
                    "action_item",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imported_from",
                        to="retros.actionitem",
                    ),
                ),
                (
                    "change",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imported_from",
                        to="incidents.changeevent",
                    ),
                ),
                (
                    "incident",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imported_from",
                        to="incidents.incident",
                    ),
                ),
                (
                    "maintenance",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imported_from",
                        to="statuspages.scheduledmaintenance",
                    ),
                ),
                (
                    "retrospective",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imported_from",
                        to="retros.retrospective",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="entries",
                        to="history.import",
                    ),
                ),
                (
                    "status_page",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imported_from",
                        to="statuspages.statuspage",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("source", "source_id"), name="imported_once")
                ],
            },
        ),
    ]

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.search_column import searchable


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("timeline", "0001_initial"),
        ("timeline", "0002_evidence_cited"),
        ("timeline", "0003_search_words"),
        ("timeline", "0004_search_inside_words"),
    ]

    dependencies = [
        ("incidents", "0001_squashed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TimelineEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                (
                    "precision_seconds",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="±, seconds"),
                ),
                ("recorded_at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("note", "Note"),
                            ("decision", "Decision"),
                            ("question", "Question"),
                            ("answer", "Answer"),
                            ("hypothesis", "Hypothesis"),
                            ("mitigation", "Mitigation"),
                            ("update", "Status update"),
                            ("alert", "Alert"),
                            ("change", "Change"),
                            ("milestone", "Milestone"),
                            ("status", "Status"),
                            ("severity", "Severity"),
                            ("role", "Role"),
                            ("service", "Service"),
                            ("task", "Task"),
                            ("check", "Recovery check"),
                            ("fact", "Incident"),
                            ("gap", "Gap"),
                        ],
                        default="note",
                        max_length=20,
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=60)),
                ("text", models.TextField()),
                ("detail", models.TextField(blank=True)),
                (
                    "data",
                    models.JSONField(
                        blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("introduced", "Introduced"),
                            ("detected", "Detected"),
                            ("escalated", "Escalated"),
                            ("mitigated", "Mitigated"),
                            ("resolved", "Resolved"),
                        ],
                        max_length=20,
                    ),
                ),
                ("is_starred", models.BooleanField(default=False)),
                (
                    "gap",
                    models.CharField(
                        blank=True,
                        choices=[("missing", "Information missing"), ("delayed", "Information delayed")],
                        max_length=10,
                    ),
                ),
                (
                    "is_recollection",
                    models.BooleanField(default=False, verbose_name="a recollection, not a fact"),
                ),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "answers",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="timeline.timelineevent",
                    ),
                ),
                (
                    "hypothesis",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="incidents.hypothesis",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="timeline",
                        to="incidents.incident",
                    ),
                ),
                (
                    "mitigation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="incidents.mitigation",
                    ),
                ),
                (
                    "status_update",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="incidents.statusupdate",
                    ),
                ),
            ],
            options={
                "ordering": ["occurred_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("log", "Log excerpt"),
                            ("metric", "Metric"),
                            ("trace", "Trace"),
                            ("deployment", "Deployment"),
                            ("alert", "Alert"),
                            ("picture", "Picture"),
                            ("link", "Link"),
                        ],
                        max_length=20,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("body", models.TextField(blank=True, verbose_name="text")),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="address")),
                ("file", models.FileField(blank=True, upload_to="evidence/%Y/%m/")),
                ("file_type", models.CharField(blank=True, max_length=100)),
                ("captured_at", models.DateTimeField()),
                ("data", models.JSONField(blank=True, default=dict)),
                (
                    "captured_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cited_in",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Updates that rest on it",
                        related_name="evidence",
                        to="incidents.statusupdate",
                    ),
                ),
                (
                    "hypothesis",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="evidence",
                        to="incidents.hypothesis",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="incidents.incident",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="evidence",
                        to="timeline.timelineevent",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "evidence",
                "ordering": ["captured_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="TimelineEventEdit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("before", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="edits",
                        to="timeline.timelineevent",
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.AddIndex(
            model_name="timelineevent",
            index=models.Index(fields=["incident", "-occurred_at", "-id"], name="timeline_by_incident"),
        ),
        searchable("timeline_timelineevent", "timeline_search", "text", "detail"),
    ]

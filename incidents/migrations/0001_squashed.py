import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import incidents.models.catalogue
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

from core.search_column import searchable


GRAMS = """
CREATE FUNCTION allclear_grams(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_to_tsvector(array_agg(DISTINCT substr(run.found[1], place, 2))), ''::tsvector)
    FROM regexp_matches(
        left(words, 50000),
        '[\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+',
        'g'
    ) AS run(found), generate_series(1, length(run.found[1])) AS place
$$;
"""


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("incidents", "0001_initial"),
        ("incidents", "0002_presence"),
        ("incidents", "0003_public_words"),
        ("incidents", "0004_templates_and_approval"),
        ("incidents", "0005_reminders"),
        ("incidents", "0006_history_source"),
        ("incidents", "0006_title_of_update"),
        ("incidents", "0007_search_words"),
        ("incidents", "0008_saved_views"),
        ("incidents", "0009_participation_reach"),
        ("incidents", "0010_data_loss_question"),
        ("incidents", "0011_search_inside_words"),
    ]

    dependencies = [
        ("accounts", "0001_squashed"),
        ("notifications", "0001_squashed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="IncidentType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("description", models.CharField(blank=True, max_length=200)),
                (
                    "is_private_by_default",
                    models.BooleanField(default=False, verbose_name="private by default"),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=60, unique=True)),
                (
                    "brief",
                    models.TextField(
                        blank=True, help_text="What whoever takes this role needs to know, shown then."
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=100)),
                ("is_single", models.BooleanField(default=True, verbose_name="one person at a time")),
                ("is_built_in", models.BooleanField(default=False, editable=False)),
            ],
            options={
                "ordering": ["order", "name"],
            },
        ),
        migrations.CreateModel(
            name="Severity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rank",
                    models.PositiveSmallIntegerField(
                        unique=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=20, unique=True)),
                (
                    "criteria",
                    models.CharField(
                        help_text="One plain sentence anybody can answer at 3 a.m.", max_length=200
                    ),
                ),
                (
                    "acknowledge_minutes",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="acknowledge target, minutes"
                    ),
                ),
                (
                    "mitigate_minutes",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="mitigation target, minutes"
                    ),
                ),
                (
                    "retrospective",
                    models.CharField(
                        choices=[("required", "Required"), ("offered", "Offered"), ("none", "Not asked for")],
                        default="offered",
                        max_length=10,
                    ),
                ),
                (
                    "retrospective_due_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="retrospective due, business days"
                    ),
                ),
                (
                    "approves_updates",
                    models.BooleanField(
                        default=False,
                        help_text="What others write reaches its audiences once the commander or the deputy has approved it",
                        verbose_name="updates wait for the commander's approval",
                    ),
                ),
                (
                    "public_if_seen",
                    models.BooleanField(
                        default=False,
                        help_text="Owed once a service is marked as affected, or the public was told something",
                        verbose_name="public updates only where customers notice",
                    ),
                ),
                (
                    "when_unsure",
                    models.BooleanField(default=False, verbose_name="taken when “not sure” is chosen"),
                ),
            ],
            options={
                "verbose_name_plural": "severities",
                "ordering": ["rank"],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(editable=False, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("summary", models.CharField(blank=True, max_length=500)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("triage", "Suspected"),
                            ("investigating", "Investigating"),
                            ("fixing", "Fixing"),
                            ("mitigated", "Mitigated"),
                            ("resolved", "Resolved"),
                            ("closed", "Closed"),
                            ("declined", "Declined"),
                            ("merged", "Merged"),
                        ],
                        default="triage",
                        max_length=20,
                    ),
                ),
                ("is_private", models.BooleanField(default=False, verbose_name="private")),
                ("is_drill", models.BooleanField(default=False, verbose_name="drill")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("person", "A person"),
                            ("alert", "An alert"),
                            ("api", "The API"),
                            ("replay", "A recorded day"),
                            ("import", "Brought in from elsewhere"),
                        ],
                        default="person",
                        max_length=10,
                    ),
                ),
                ("source_id", models.CharField(blank=True, max_length=200, null=True, unique=True)),
                ("now_note", models.CharField(blank=True, max_length=200, verbose_name="now")),
                ("next_note", models.CharField(blank=True, max_length=200, verbose_name="next")),
                (
                    "degraded_note",
                    models.CharField(
                        blank=True,
                        help_text="E.g. “running on standby, writes off”.",
                        max_length=200,
                        verbose_name="running degraded",
                    ),
                ),
                ("impact_summary", models.CharField(blank=True, max_length=300)),
                (
                    "cost_low",
                    models.CharField(blank=True, max_length=40, verbose_name="cost so far, at least"),
                ),
                (
                    "cost_high",
                    models.CharField(blank=True, max_length=40, verbose_name="cost so far, at most"),
                ),
                (
                    "impact_figures",
                    models.JSONField(blank=True, default=list, help_text='[{"label": …, "value": …}]'),
                ),
                ("introduced_at", models.DateTimeField(blank=True, null=True)),
                ("impact_started_at", models.DateTimeField(blank=True, null=True)),
                ("detected_at", models.DateTimeField(blank=True, null=True)),
                ("declared_at", models.DateTimeField(blank=True, null=True)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                ("mitigated_at", models.DateTimeField(blank=True, null=True)),
                ("impact_ended_at", models.DateTimeField(blank=True, null=True)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "milestone_basis",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='{"detected_at": {"source": "alert", "uncertainty_seconds": 60}}',
                    ),
                ),
                ("decline_reason", models.CharField(blank=True, max_length=300)),
                ("reopen_count", models.PositiveSmallIntegerField(default=0)),
                ("form_token", models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="incidents.incident",
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reported_incidents",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident_type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="incidents.incidenttype",
                    ),
                ),
                (
                    "severity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="incidents.severity",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="Hypothesis",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("claim", models.CharField(max_length=300)),
                (
                    "confidence",
                    models.CharField(
                        choices=[("unsure", "Unsure"), ("possible", "Possible"), ("likely", "Likely")],
                        default="possible",
                        max_length=20,
                    ),
                ),
                ("test", models.CharField(blank=True, max_length=300, verbose_name="how to test it")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("testing", "Testing"),
                            ("supported", "Supported"),
                            ("refuted", "Refuted"),
                        ],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("verdict", models.CharField(blank=True, max_length=300, verbose_name="what decided it")),
                ("raised_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hypotheses",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "hypotheses",
                "ordering": ["-raised_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="BriefLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("public", "Public"),
                            ("stakeholders", "Stakeholders"),
                            ("executives", "Executives"),
                            ("responders", "Responders"),
                        ],
                        default="stakeholders",
                        max_length=20,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="brief_links",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="IncidentLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bridge", "Bridge call"),
                            ("channel", "Channel"),
                            ("dashboard", "Dashboard"),
                            ("runbook", "Runbook"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=20,
                    ),
                ),
                ("url", models.URLField(max_length=500)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "label"],
            },
        ),
        migrations.CreateModel(
            name="ChecklistTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("task", "Task"),
                            ("signal", "Recovery: a signal stays normal"),
                            ("test", "Recovery: a test"),
                            ("confirmation", "Recovery: an affected party confirms"),
                            ("data_loss", "Recovery: was data lost?"),
                        ],
                        default="task",
                        max_length=20,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("investigating", "Declared"),
                            ("fixing", "Fixing"),
                            ("mitigated", "Mitigated"),
                            ("resolved", "Resolved"),
                        ],
                        default="investigating",
                        max_length=20,
                        verbose_name="appears when",
                    ),
                ),
                (
                    "minutes",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="For a signal: how long it must stay normal.",
                        null=True,
                        verbose_name="time box, minutes",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=100)),
                (
                    "incident_type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="incidents.incidenttype",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="incidents.role",
                        verbose_name="goes to",
                    ),
                ),
                (
                    "lowest_severity",
                    models.ForeignKey(
                        blank=True,
                        help_text="From SEV1 down to this one; empty means all.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="incidents.severity",
                    ),
                ),
            ],
            options={
                "ordering": ["status", "order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="MessageTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("public", "Public"),
                            ("stakeholders", "Stakeholders"),
                            ("executives", "Executives"),
                            ("responders", "Responders"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("declared", "Declared"),
                            ("scope", "Scope known"),
                            ("no_change", "No change"),
                            ("mitigated", "Mitigated"),
                            ("monitoring", "Monitoring"),
                            ("resolved", "Resolved"),
                            ("retrospective", "Retrospective published"),
                            ("correction", "Correction"),
                            ("maintenance", "Maintenance"),
                            ("security", "Security, restricted"),
                            ("third_party", "Third party"),
                            ("false_alarm", "False alarm"),
                        ],
                        max_length=20,
                    ),
                ),
                ("known", models.TextField(blank=True, max_length=2000, verbose_name="what we know")),
                (
                    "unknown",
                    models.TextField(blank=True, max_length=2000, verbose_name="what we do not know"),
                ),
                ("doing", models.TextField(blank=True, max_length=2000, verbose_name="what we are doing")),
                ("workaround", models.TextField(blank=True, max_length=1000, verbose_name="what you can do")),
                ("ask", models.TextField(blank=True, max_length=1000, verbose_name="what we ask")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("audience", "stage"), name="one_template_per_audience_and_stage"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Participation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("joined_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                ("last_active_at", models.DateTimeField()),
                (
                    "seen_at",
                    models.DateTimeField(
                        blank=True, help_text="Up to when “catch me up” has been read.", null=True
                    ),
                ),
                ("access_revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participations",
                        to="incidents.incident",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="participations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["joined_at"],
            },
        ),
        migrations.CreateModel(
            name="ActivitySession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                (
                    "participation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to="incidents.participation",
                    ),
                ),
            ],
            options={
                "ordering": ["started_at"],
            },
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="presences",
                        to="incidents.incident",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryCheck",
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
                            ("signal", "Recovery: a signal stays normal"),
                            ("test", "Recovery: a test"),
                            ("confirmation", "Recovery: an affected party confirms"),
                            ("data_loss", "Recovery: was data lost?"),
                        ],
                        max_length=20,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "minutes",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="must stay normal, minutes"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("watching", "Watching"),
                            ("passed", "Passed"),
                            ("failed", "Failed"),
                            ("waived", "Waived"),
                        ],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("watching_since", models.DateTimeField(blank=True, null=True)),
                (
                    "result",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="what was seen, or why it is waived"
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("order", models.PositiveSmallIntegerField(default=100)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recovery_checks",
                        to="incidents.incident",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="incidents.checklisttemplate",
                    ),
                ),
            ],
            options={
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ReferenceCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_reference_counter")
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("public", "Public"),
                            ("stakeholders", "Stakeholders"),
                            ("executives", "Executives"),
                            ("responders", "Responders"),
                            ("command", "Nobody commands"),
                        ],
                        max_length=20,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                (
                    "step",
                    models.SmallIntegerField(
                        choices=[
                            (-5, "Due in 5 min"),
                            (0, "Due now"),
                            (5, "5 min overdue"),
                            (15, "15 min overdue"),
                        ]
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("group", models.CharField(blank=True, help_text="What was told together", max_length=80)),
                (
                    "is_open",
                    models.BooleanField(default=True, help_text="What it is about may still be owed"),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="incidents.incident",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="notifications.outboxmessage",
                    ),
                ),
            ],
            options={
                "ordering": ["recorded_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="RoleAssignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("handover_note", models.TextField(blank=True)),
                (
                    "assigned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="role_assignments",
                        to="incidents.incident",
                    ),
                ),
                ("role", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="incidents.role")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="role_assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["started_at"],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(max_length=3000)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True)),
                ("slug", models.SlugField(max_length=100, unique=True)),
                ("description", models.CharField(blank=True, max_length=300)),
                (
                    "tier",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Tier 0, everything needs it"),
                            (1, "Tier 1"),
                            (2, "Tier 2"),
                            (3, "Tier 3"),
                        ],
                        default=2,
                    ),
                ),
                ("is_archived", models.BooleanField(default=False, verbose_name="no longer in use")),
                (
                    "depends_on",
                    models.ManyToManyField(blank=True, related_name="dependents", to="incidents.service"),
                ),
                (
                    "owner_team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="services",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Mitigation",
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
                            ("rollback", "Rollback"),
                            ("feature_flag", "Feature flag"),
                            ("scale", "Scale"),
                            ("redirect", "Redirect traffic"),
                            ("isolate", "Isolate"),
                            ("restart", "Restart"),
                            ("patch", "Patch"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=20,
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="what")),
                ("risk", models.CharField(blank=True, max_length=200)),
                ("is_reversible", models.BooleanField(default=True, verbose_name="can be reversed")),
                (
                    "time_box_minutes",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="time box, minutes"),
                ),
                ("expected_effect", models.CharField(blank=True, max_length=300)),
                ("observed_effect", models.CharField(blank=True, max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("applying", "Applying"),
                            ("worked", "Worked"),
                            ("no_effect", "No effect"),
                            ("made_worse", "Made worse"),
                            ("reverted", "Reverted"),
                            ("rejected", "Not tried"),
                        ],
                        default="proposed",
                        max_length=20,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("reverted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mitigations",
                        to="incidents.incident",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="incidents.service",
                    ),
                ),
            ],
            options={
                "ordering": ["-proposed_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="LinkTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bridge", "Bridge call"),
                            ("channel", "Channel"),
                            ("dashboard", "Dashboard"),
                            ("runbook", "Runbook"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=20,
                    ),
                ),
                (
                    "url_template",
                    models.CharField(
                        help_text="May hold {reference}, {number}, {severity}, {service}.",
                        max_length=500,
                        validators=[incidents.models.catalogue.validate_link_template],
                        verbose_name="address",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        help_text="Only when this service is affected; empty means always.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="incidents.service",
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "label"],
            },
        ),
        migrations.CreateModel(
            name="ChangeEvent",
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
                            ("deployment", "Deployment"),
                            ("feature_flag", "Feature flag"),
                            ("configuration", "Configuration"),
                            ("merge", "Merge"),
                            ("ci", "Build"),
                            ("infrastructure", "Infrastructure"),
                            ("other", "Other"),
                        ],
                        default="deployment",
                        max_length=20,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("url", models.URLField(blank=True, max_length=500)),
                ("source", models.CharField(blank=True, max_length=60)),
                (
                    "incidents",
                    models.ManyToManyField(blank=True, related_name="changes", to="incidents.incident"),
                ),
                (
                    "suspected_in",
                    models.ManyToManyField(
                        blank=True, related_name="suspected_changes", to="incidents.incident"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="incidents.service",
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="AffectedService",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "impact",
                    models.CharField(
                        choices=[
                            ("degraded", "Degraded"),
                            ("partial_outage", "Partial outage"),
                            ("major_outage", "Major outage"),
                        ],
                        max_length=20,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="affected_services",
                        to="incidents.incident",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="impacts",
                        to="incidents.service",
                    ),
                ),
            ],
            options={
                "ordering": ["started_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ImpactAssessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "users_affected",
                    models.CharField(
                        choices=[("few", "A few"), ("many", "Many"), ("most", "Most or all")], max_length=10
                    ),
                ),
                (
                    "criticality",
                    models.CharField(
                        choices=[
                            ("side", "A side function"),
                            ("main", "A main function"),
                            ("vital", "What we live on"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "data_at_risk",
                    models.CharField(
                        choices=[("no", "No"), ("unknown", "Not known"), ("yes", "Yes")], max_length=10
                    ),
                ),
                (
                    "has_workaround",
                    models.CharField(
                        choices=[("no", "No"), ("unknown", "Not known"), ("yes", "Yes")], max_length=10
                    ),
                ),
                (
                    "is_spreading",
                    models.CharField(
                        choices=[("no", "No"), ("unknown", "Not known"), ("yes", "Yes")], max_length=10
                    ),
                ),
                ("override_reason", models.CharField(blank=True, max_length=300)),
                ("assessed_at", models.DateTimeField()),
                (
                    "assessed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assessments",
                        to="incidents.incident",
                    ),
                ),
                (
                    "chosen",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.severity"
                    ),
                ),
                (
                    "suggested",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.severity"
                    ),
                ),
            ],
            options={
                "ordering": ["-assessed_at"],
            },
        ),
        migrations.CreateModel(
            name="Cadence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("public", "Public"),
                            ("stakeholders", "Stakeholders"),
                            ("executives", "Executives"),
                            ("responders", "Responders"),
                        ],
                        max_length=20,
                    ),
                ),
                ("first_minutes", models.PositiveIntegerField(blank=True, null=True, verbose_name="first")),
                (
                    "investigating_minutes",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="investigating"),
                ),
                ("fixing_minutes", models.PositiveIntegerField(blank=True, null=True, verbose_name="fixing")),
                (
                    "mitigated_minutes",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="mitigated"),
                ),
                (
                    "severity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cadences",
                        to="incidents.severity",
                    ),
                ),
            ],
            options={
                "ordering": ["severity__rank", "audience"],
            },
        ),
        migrations.CreateModel(
            name="Snooze",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("public", "Public"),
                            ("stakeholders", "Stakeholders"),
                            ("executives", "Executives"),
                            ("responders", "Responders"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "due_at",
                    models.DateTimeField(blank=True, help_text="What was owed when it was moved", null=True),
                ),
                ("until", models.DateTimeField()),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="snoozes",
                        to="incidents.incident",
                    ),
                ),
                (
                    "severity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.severity"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="StatusPeriod",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("triage", "Suspected"),
                            ("investigating", "Investigating"),
                            ("fixing", "Fixing"),
                            ("mitigated", "Mitigated"),
                            ("resolved", "Resolved"),
                            ("closed", "Closed"),
                            ("declined", "Declined"),
                            ("merged", "Merged"),
                        ],
                        max_length=20,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="status_periods",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "ordering": ["started_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="StatusUpdate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "audiences",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("public", "Public"),
                                ("stakeholders", "Stakeholders"),
                                ("executives", "Executives"),
                                ("responders", "Responders"),
                            ],
                            max_length=20,
                        )
                    ),
                ),
                ("known", models.TextField(verbose_name="what we know")),
                ("unknown", models.TextField(blank=True, verbose_name="what we do not know")),
                ("doing", models.TextField(blank=True, verbose_name="what we are doing")),
                ("workaround", models.TextField(blank=True)),
                ("ask", models.TextField(blank=True, verbose_name="what we ask")),
                ("next_update_at", models.DateTimeField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("triage", "Suspected"),
                            ("investigating", "Investigating"),
                            ("fixing", "Fixing"),
                            ("mitigated", "Mitigated"),
                            ("resolved", "Resolved"),
                            ("closed", "Closed"),
                            ("declined", "Declined"),
                            ("merged", "Merged"),
                        ],
                        max_length=20,
                    ),
                ),
                ("correction_reason", models.CharField(blank=True, max_length=300)),
                (
                    "wordings",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="By audience, where it reads other words than the fields above",
                    ),
                ),
                (
                    "public_title",
                    models.CharField(
                        blank=True,
                        help_text="What public pages call the incident from this update on",
                        max_length=120,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("awaiting", "Awaiting approval"),
                            ("posted", "Posted"),
                            ("returned", "Returned"),
                            ("withdrawn", "Taken back"),
                        ],
                        default="posted",
                        max_length=10,
                    ),
                ),
                ("posted_at", models.DateTimeField()),
                (
                    "leaves_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        help_text="Until then it can be taken back; then it goes to its audiences",
                    ),
                ),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("return_reason", models.CharField(blank=True, max_length=300)),
                ("form_token", models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                (
                    "approver",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction",
                        to="incidents.statusupdate",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="status_updates",
                        to="incidents.incident",
                    ),
                ),
                (
                    "severity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.severity"
                    ),
                ),
            ],
            options={
                "ordering": ["posted_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="DueTime",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("public", "Public"),
                            ("stakeholders", "Stakeholders"),
                            ("executives", "Executives"),
                            ("responders", "Responders"),
                        ],
                        max_length=20,
                    ),
                ),
                ("since_at", models.DateTimeField(help_text="The word before, or the declaration")),
                ("due_at", models.DateTimeField()),
                (
                    "ended_at",
                    models.DateTimeField(
                        help_text="When the update came, or another time took this one's place"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="due_times",
                        to="incidents.incident",
                    ),
                ),
                (
                    "update",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="incidents.statusupdate",
                    ),
                ),
            ],
            options={
                "ordering": ["due_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="time box ends")),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("order", models.PositiveSmallIntegerField(default=100)),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tasks",
                        to="incidents.incident",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incident_tasks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="incidents.checklisttemplate",
                    ),
                ),
            ],
            options={
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="UpdateRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("public", "Public"),
                            ("stakeholders", "Stakeholders"),
                            ("executives", "Executives"),
                            ("responders", "Responders"),
                        ],
                        default="stakeholders",
                        max_length=20,
                    ),
                ),
                (
                    "visitor",
                    models.CharField(blank=True, help_text="Tells readers of one link apart", max_length=32),
                ),
                ("question", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "answer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="answered_requests",
                        to="incidents.statusupdate",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="update_requests",
                        to="incidents.incident",
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="incidents.brieflink",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="UpdateSchedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("public", "Public"),
                            ("stakeholders", "Stakeholders"),
                            ("executives", "Executives"),
                            ("responders", "Responders"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "since_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Declared or last reopened: what was said before does not count",
                        null=True,
                    ),
                ),
                (
                    "told_at",
                    models.DateTimeField(
                        blank=True, help_text="The last update to them since then", null=True
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(
                        blank=True, help_text="When what they were told last stopped being true", null=True
                    ),
                ),
                ("policy_due_at", models.DateTimeField(blank=True, null=True)),
                ("promised_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                (
                    "next_step_at",
                    models.DateTimeField(
                        blank=True, db_index=True, help_text="When the next reminder is due", null=True
                    ),
                ),
                (
                    "asks",
                    models.PositiveIntegerField(
                        default=0, help_text="People asking for an update since the last one"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="update_schedules",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "ordering": ["due_at"],
            },
        ),
        migrations.AddIndex(
            model_name="participation",
            index=models.Index(
                condition=models.Q(("access_revoked_at__isnull", True)),
                fields=["user", "incident"],
                name="participation_reach",
            ),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.UniqueConstraint(fields=("incident", "user"), name="one_participation_each"),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.UniqueConstraint(fields=("incident", "user"), name="one_presence_each"),
        ),
        migrations.AddConstraint(
            model_name="recoverycheck",
            constraint=models.UniqueConstraint(
                fields=("incident", "template"), name="recovery_check_lands_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=("incident", "about", "due_at", "step"), name="one_reminder_per_step"
            ),
        ),
        migrations.AddConstraint(
            model_name="roleassignment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("incident", "role", "user"),
                name="role_held_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(fields=("person", "name"), name="one_view_of_a_name"),
        ),
        migrations.AddIndex(
            model_name="changeevent",
            index=models.Index(fields=["service", "-at"], name="change_by_service"),
        ),
        migrations.AddConstraint(
            model_name="affectedservice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("incident", "service"),
                name="one_running_impact",
            ),
        ),
        migrations.AddConstraint(
            model_name="affectedservice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True), ("ended_at__gte", models.F("started_at")), _connector="OR"
                ),
                name="impact_interval_forward",
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["status", "-number"], name="incident_by_status"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["severity", "-number"], name="incident_by_severity"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["title"], name="incident_title_trigrams", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("impact_started_at__isnull", True),
                    ("mitigated_at__isnull", True),
                    ("mitigated_at__gte", models.F("impact_started_at")),
                    _connector="OR",
                ),
                name="impact_before_mitigation",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mitigated_at__isnull", True),
                    ("resolved_at__isnull", True),
                    ("resolved_at__gte", models.F("mitigated_at")),
                    _connector="OR",
                ),
                name="mitigation_before_resolution",
            ),
        ),
        migrations.AddConstraint(
            model_name="cadence",
            constraint=models.UniqueConstraint(
                fields=("severity", "audience"), name="one_cadence_per_audience"
            ),
        ),
        migrations.AddConstraint(
            model_name="statusperiod",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("incident",),
                name="one_running_status_period",
            ),
        ),
        migrations.AddIndex(
            model_name="statusupdate",
            index=models.Index(fields=["incident", "-posted_at"], name="update_by_incident"),
        ),
        migrations.AddIndex(
            model_name="duetime",
            index=models.Index(fields=["incident", "audience", "due_at"], name="due_time_by_incident"),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                fields=("incident", "template"), name="checklist_line_lands_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="updaterequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answer__isnull", True), ("person__isnull", False)),
                fields=("incident", "audience", "person"),
                name="one_open_request_per_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="updaterequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answer__isnull", True), ("link__isnull", False)),
                fields=("link", "visitor"),
                name="one_open_request_per_visitor",
            ),
        ),
        migrations.AddConstraint(
            model_name="updateschedule",
            constraint=models.UniqueConstraint(
                fields=("incident", "audience"), name="one_schedule_per_audience"
            ),
        ),
        migrations.RunSQL(
            "INSERT INTO incidents_referencecounter (id, last) VALUES (1, 0)", migrations.RunSQL.noop
        ),
        migrations.RunSQL(GRAMS, "DROP FUNCTION allclear_grams(text)"),
        searchable("incidents_incident", "incident_search", "title", "summary", "impact_summary"),
        searchable(
            "incidents_statusupdate", "update_search", "known", "unknown", "doing", "workaround", "ask"
        ),
    ]

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

from core.search_column import searchable


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("retros", "0001_initial"),
        ("retros", "0002_workspace"),
        ("retros", "0003_core"),
        ("retros", "0004_affected_users"),
        ("retros", "0005_causes"),
        ("retros", "0006_actions"),
        ("retros", "0007_search_words"),
        ("retros", "0008_kept_figures"),
        ("retros", "0009_factor_trigrams"),
        ("retros", "0010_cost_assumptions"),
        ("retros", "0011_versions_are_text"),
        ("retros", "0012_open_until_closed"),
        ("retros", "0013_waivers_agreed"),
        ("retros", "0014_calendar_and_search"),
    ]

    dependencies = [
        ("accounts", "0001_squashed"),
        ("incidents", "0001_squashed"),
        ("notifications", "0001_squashed"),
        ("timeline", "0001_squashed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "section",
                    models.CharField(
                        choices=[
                            ("summary", "In short"),
                            ("what_happened", "What happened"),
                            ("response", "How we responded"),
                            ("outlook", "What we take with us"),
                        ],
                        max_length=20,
                    ),
                ),
                ("state", models.BinaryField(default=b"")),
                (
                    "compacted_to",
                    models.BigIntegerField(
                        default=0, help_text="The last update that `state` and `text` hold"
                    ),
                ),
                ("text", models.TextField(blank=True)),
                (
                    "version",
                    models.PositiveIntegerField(default=0, help_text="Counts up whenever `text` changes"),
                ),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Factor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=300)),
                (
                    "key",
                    models.CharField(
                        help_text="The text without case, punctuation and doubled spaces",
                        max_length=300,
                        unique=True,
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("People", "People"),
                            ("Process", "Process"),
                            ("Platform", "Platform"),
                            ("Code", "Code"),
                            ("Data", "Data"),
                        ],
                        max_length=20,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["text"],
            },
        ),
        migrations.CreateModel(
            name="HintWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.CharField(max_length=100, unique=True)),
                ("ask", models.CharField(max_length=300, verbose_name="ask instead")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["words"],
            },
        ),
        migrations.CreateModel(
            name="CostAssumptions",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(default="EUR", max_length=3)),
                (
                    "hour_low",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="an hour, low"
                    ),
                ),
                (
                    "hour_likely",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="an hour, likely"
                    ),
                ),
                (
                    "hour_high",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="an hour, high"
                    ),
                ),
                (
                    "minute_low",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="a minute, low"
                    ),
                ),
                (
                    "minute_likely",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        verbose_name="a minute, likely",
                    ),
                ),
                (
                    "minute_high",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="a minute, high"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="retros_assumptions_are_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quote", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "mentions",
                    models.ManyToManyField(blank=True, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="retros.comment",
                    ),
                ),
                (
                    "resolved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="retros.document",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Retrospective",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("incident", "Incident"),
                            ("release", "Release"),
                            ("sprint", "Sprint"),
                            ("project", "Project"),
                        ],
                        default="incident",
                        max_length=20,
                        verbose_name="looks back on",
                    ),
                ),
                (
                    "scope",
                    models.TextField(
                        blank=True, help_text="What is looked at, from when to when, and what is not"
                    ),
                ),
                ("objectives", models.TextField(blank=True, help_text="What we want to know at the end")),
                ("period_from", models.DateField(blank=True, null=True, verbose_name="from")),
                ("period_to", models.DateField(blank=True, null=True, verbose_name="to")),
                (
                    "is_private",
                    models.BooleanField(default=False, verbose_name="only for those who take part"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("collecting", "Collecting"),
                            ("scheduled", "Scheduled"),
                            ("in_session", "In session"),
                            ("soaking", "Soaking"),
                            ("in_review", "In review"),
                            ("published", "Published"),
                        ],
                        default="collecting",
                        max_length=20,
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True)),
                ("scheduled_at", models.DateTimeField(blank=True, null=True, verbose_name="session at")),
                ("minutes", models.PositiveSmallIntegerField(default=60, verbose_name="length, minutes")),
                ("place", models.CharField(blank=True, help_text="A room or a link", max_length=300)),
                (
                    "calendar_sequence",
                    models.PositiveIntegerField(
                        blank=True,
                        editable=False,
                        help_text="Of the last invitation or cancellation; RFC 5545, 3.8.7.4",
                        null=True,
                    ),
                ),
                ("session_started_at", models.DateTimeField(blank=True, null=True)),
                ("session_ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "soak_until",
                    models.DateField(blank=True, help_text="Thoughts may settle up to this day", null=True),
                ),
                ("review_started_at", models.DateTimeField(blank=True, null=True)),
                ("learnings_revealed_at", models.DateTimeField(blank=True, null=True)),
                ("dots_closed_at", models.DateTimeField(blank=True, null=True, verbose_name="voting closed")),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "public_text",
                    models.TextField(
                        blank=True,
                        help_text="For readers outside; a text of its own, nothing is taken over by itself",
                    ),
                ),
                (
                    "material",
                    models.JSONField(
                        blank=True, default=dict, help_text="Brought along from elsewhere, kept whole."
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("form_token", models.UUIDField(blank=True, null=True, unique=True)),
                (
                    "facilitator",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facilitated",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="retrospective",
                        to="incidents.incident",
                    ),
                ),
                (
                    "incidents",
                    models.ManyToManyField(
                        blank=True, related_name="retrospectives", to="incidents.incident"
                    ),
                ),
                (
                    "note_taker",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retrospectives",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["due_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="LearningGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("order", models.PositiveIntegerField(default=0)),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="learning_groups",
                        to="retros.retrospective",
                    ),
                ),
            ],
            options={
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Learning",
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
                            ("helped", "Helped"),
                            ("hindered", "Hindered"),
                            ("surprised", "Surprised"),
                            ("invalidated", "Invalidated assumption"),
                            ("lucky", "Lucky"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", models.TextField()),
                ("order", models.PositiveIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=0)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="learnings",
                        to="retros.learninggroup",
                    ),
                ),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="learnings",
                        to="retros.retrospective",
                    ),
                ),
            ],
            options={
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="FactorStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("what", models.CharField(max_length=400)),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="factor_steps",
                        to="retros.retrospective",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.AddField(
            model_name="document",
            name="retrospective",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="documents",
                to="retros.retrospective",
            ),
        ),
        migrations.CreateModel(
            name="ContributingFactor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=300)),
                (
                    "question",
                    models.CharField(
                        blank=True, help_text="What was asked that this answers: how, or why", max_length=200
                    ),
                ),
                (
                    "explanation",
                    models.TextField(
                        blank=True,
                        help_text="How it made sense, how it came about, how it worked out on other days",
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("People", "People"),
                            ("Process", "Process"),
                            ("Platform", "Platform"),
                            ("Code", "Code"),
                            ("Data", "Data"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("proximate", "Proximate"), ("systemic", "Systemic")],
                        default="proximate",
                        max_length=20,
                    ),
                ),
                ("is_confirmed", models.BooleanField(default=False, verbose_name="supported by evidence")),
                ("order", models.PositiveIntegerField(default=0)),
                ("evidence_text", models.TextField(blank=True, verbose_name="evidence")),
                ("version", models.PositiveIntegerField(default=0)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("evidence", models.ManyToManyField(blank=True, related_name="+", to="timeline.evidence")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="children",
                        to="retros.contributingfactor",
                    ),
                ),
                (
                    "factor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appearances",
                        to="retros.factor",
                    ),
                ),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="factors",
                        to="retros.retrospective",
                    ),
                ),
            ],
            options={
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ClosedQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "question",
                    models.CharField(
                        choices=[
                            ("safety_start", "Safety, at the start"),
                            ("safety_end", "Safety, at the end"),
                            ("pulse", "Well-being"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closed_questions",
                        to="retros.retrospective",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CheckWaiver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("check_name", models.CharField(max_length=40)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "agreed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waivers",
                        to="retros.retrospective",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Ballot",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "question",
                    models.CharField(
                        choices=[
                            ("safety_start", "Safety, at the start"),
                            ("safety_end", "Safety, at the end"),
                            ("pulse", "Well-being"),
                        ],
                        max_length=20,
                    ),
                ),
                ("score", models.PositiveSmallIntegerField()),
                ("cast_on", models.DateField(help_text="The day only, so that no clock tells who it was")),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ballots",
                        to="retros.retrospective",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("minutes", models.PositiveSmallIntegerField()),
                ("order", models.PositiveSmallIntegerField(default=0)),
                ("spent_seconds", models.PositiveIntegerField(default=0)),
                ("running_since", models.DateTimeField(blank=True, null=True)),
                ("is_done", models.BooleanField(default=False)),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agenda",
                        to="retros.retrospective",
                    ),
                ),
            ],
            options={
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="AffectedUsers",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("users", models.PositiveBigIntegerField(verbose_name="users of it at that time")),
                (
                    "share",
                    models.DecimalField(decimal_places=2, max_digits=5, verbose_name="share affected, %"),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="incidents.service"
                    ),
                ),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="affected_users",
                        to="retros.retrospective",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ActionItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("code", "Code & architecture"),
                            ("tooling", "Tooling & observability"),
                            ("process", "Process & collaboration"),
                        ],
                        default="code",
                        max_length=20,
                    ),
                ),
                (
                    "priority",
                    models.CharField(
                        choices=[("P1", "P1"), ("P2", "P2"), ("P3", "P3"), ("P4", "P4")],
                        default="P2",
                        max_length=2,
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                ("verification", models.TextField(blank=True, verbose_name="how we will know it worked")),
                (
                    "due_set_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        help_text="What lies before is not reminded of afterwards",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("in_progress", "In progress"),
                            ("done", "Done"),
                            ("verified", "Verified"),
                            ("wont_do", "Won't do"),
                        ],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("state_since", models.DateTimeField(default=django.utils.timezone.now)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("wont_do_reason", models.TextField(blank=True, verbose_name="why it will not be done")),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("verification_note", models.TextField(blank=True, verbose_name="what was seen")),
                (
                    "helped",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "It helped"),
                            ("partly", "It helped in part"),
                            ("no", "It did not help"),
                            ("too_early", "Too early to say"),
                        ],
                        max_length=20,
                        verbose_name="did it help?",
                    ),
                ),
                ("helped_note", models.TextField(blank=True)),
                ("helped_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ask_helped_on",
                    models.DateField(blank=True, help_text="90 days after it was done", null=True),
                ),
                ("external_key", models.CharField(blank=True, max_length=100, verbose_name="in the tracker")),
                ("external_url", models.URLField(blank=True, max_length=500)),
                ("sync_state", models.CharField(blank=True, max_length=20)),
                ("synced_at", models.DateTimeField(blank=True, null=True)),
                (
                    "source_key",
                    models.CharField(
                        blank=True, help_text="Its name where it was brought from", max_length=100
                    ),
                ),
                ("order", models.PositiveIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("form_token", models.UUIDField(blank=True, null=True, unique=True)),
                (
                    "created_by",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="action_items",
                        to="incidents.incident",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="action_items",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="action_items",
                        to="accounts.team",
                    ),
                ),
                (
                    "verified_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "factor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="action_items",
                        to="retros.contributingfactor",
                        verbose_name="factor it addresses",
                    ),
                ),
                (
                    "learning",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="action_items",
                        to="retros.learning",
                    ),
                ),
                (
                    "retrospective",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="action_items",
                        to="retros.retrospective",
                    ),
                ),
            ],
            options={
                "ordering": ["due_on", "priority", "pk"],
            },
        ),
        migrations.CreateModel(
            name="RetrospectiveSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "framing",
                    models.TextField(
                        default="We look at what made sense at the time, with what people could see. Nothing said here is held against anyone."
                    ),
                ),
                (
                    "soak_days",
                    models.PositiveSmallIntegerField(default=2, verbose_name="working days of soak"),
                ),
                (
                    "hides_dots",
                    models.BooleanField(
                        default=True,
                        help_text="People see only their own dots until the facilitator closes the voting",
                        verbose_name="hide dots until voting is closed",
                    ),
                ),
                (
                    "waivers_need_second_person",
                    models.BooleanField(
                        default=False,
                        help_text="Anyone who can write in the retrospective, except the person who waived the check",
                        verbose_name="a second person agrees to each waived check",
                    ),
                ),
                (
                    "reading_hours",
                    models.PositiveSmallIntegerField(
                        default=24, verbose_name="hours to read before publishing"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="retros_settings_are_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("approved", "Approved"),
                            ("changes", "Asks for changes"),
                        ],
                        default="asked",
                        max_length=20,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reviews",
                        to="retros.retrospective",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="RoleRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("low", models.DecimalField(decimal_places=2, max_digits=12)),
                ("likely", models.DecimalField(decimal_places=2, max_digits=12)),
                ("high", models.DecimalField(decimal_places=2, max_digits=12)),
                (
                    "role",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rate", to="incidents.role"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TimelineEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, help_text="For gaps and stretches of time", null=True),
                ),
                ("known_at", models.DateTimeField(blank=True, null=True)),
                (
                    "precision_seconds",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="±, seconds"),
                ),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                (
                    "source_id",
                    models.CharField(
                        blank=True, help_text="Stops the same row from coming in twice", max_length=200
                    ),
                ),
                (
                    "system",
                    models.CharField(blank=True, help_text="The system that did or said it", max_length=100),
                ),
                ("text", models.TextField()),
                ("detail", models.TextField(blank=True)),
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
                ("is_starred", models.BooleanField(default=False)),
                ("version", models.PositiveIntegerField(default=0)),
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
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "beside",
                    models.ForeignKey(
                        blank=True,
                        help_text="The fact this recollection stands beside",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recollections",
                        to="retros.timelineentry",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        help_text="The event of the incident it was taken over from",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="entries",
                        to="timeline.timelineevent",
                    ),
                ),
                ("evidence", models.ManyToManyField(blank=True, related_name="+", to="timeline.evidence")),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="retros.retrospective",
                    ),
                ),
                (
                    "service",
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
                "ordering": ["occurred_at", "pk"],
            },
        ),
        migrations.AddField(
            model_name="learning",
            name="entries",
            field=models.ManyToManyField(blank=True, related_name="learnings", to="retros.timelineentry"),
        ),
        migrations.AddField(
            model_name="contributingfactor",
            name="entries",
            field=models.ManyToManyField(blank=True, related_name="factors", to="retros.timelineentry"),
        ),
        migrations.CreateModel(
            name="VotedToken",
            fields=[
                ("token", models.CharField(max_length=64, primary_key=True, serialize=False)),
                (
                    "question",
                    models.CharField(
                        choices=[
                            ("safety_start", "Safety, at the start"),
                            ("safety_end", "Safety, at the end"),
                            ("pulse", "Well-being"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="voted_tokens",
                        to="retros.retrospective",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ActionDigest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("week", models.DateField(help_text="Its Monday, where the person is")),
                ("recorded_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "week"), name="retros_digest_once_a_week")
                ],
            },
        ),
        migrations.CreateModel(
            name="ActionReminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("before", "Due in 3 days"),
                            ("due", "Due today"),
                            ("late", "3 days overdue"),
                            ("very_late", "A week overdue"),
                            ("helped", "Did it help?"),
                        ],
                        max_length=10,
                    ),
                ),
                ("day", models.DateField(help_text="The day it was due, or was to be asked about")),
                ("recorded_at", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="retros.actionitem",
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
                "constraints": [
                    models.UniqueConstraint(fields=("item", "step", "day"), name="retros_item_reminded_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentUpdate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("update_bytes", models.BinaryField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="updates",
                        to="retros.document",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["document", "id"], name="retros_updates_in_order")],
            },
        ),
        migrations.CreateModel(
            name="DocumentVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "authors",
                    models.ManyToManyField(blank=True, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="retros.document",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("document", "number"), name="retros_version_numbered_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LearningVote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("dots", models.PositiveSmallIntegerField(default=1)),
                (
                    "learning",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="votes",
                        to="retros.learning",
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
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("learning", "user"), name="retros_dots_of_a_person")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReaderMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reader_marks",
                        to="retros.retrospective",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("retrospective", "user"), name="retros_reader_marks_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("text", models.TextField()),
                (
                    "figures",
                    models.JSONField(
                        editable=False,
                        help_text="As they were drawn; none where it is from before they were kept",
                        null=True,
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, help_text="What is new in this version", max_length=300),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("search", django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="publications",
                        to="retros.retrospective",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["search"], name="retros_publication_search"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("retrospective", "number"), name="retros_publication_numbered_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("invited_at", models.DateTimeField(blank=True, null=True)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participates_in",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participants",
                        to="retros.retrospective",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("retrospective", "user"), name="retros_takes_part_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ImpactStatement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "dimension",
                    models.CharField(
                        choices=[
                            ("customers", "Users & customers"),
                            ("business", "Business & reputation"),
                            ("technical", "Technical health"),
                            ("team", "Team well-being"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                (
                    "numbers",
                    models.JSONField(
                        blank=True, default=list, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                (
                    "evidence_text",
                    models.TextField(
                        blank=True,
                        help_text="Links, queries, where the numbers are from",
                        verbose_name="evidence",
                    ),
                ),
                (
                    "debt",
                    models.TextField(
                        blank=True,
                        help_text="Shortcuts taken that someone will have to pay back",
                        verbose_name="technical debt incurred",
                    ),
                ),
                (
                    "not_affected",
                    models.BooleanField(default=False, verbose_name="looked at, and not affected"),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="impact_statements",
                        to="retros.retrospective",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("retrospective", "dimension"), name="retros_dimension_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HintDismissal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.CharField(help_text="The section or row it was found in", max_length=60)),
                ("rule", models.CharField(max_length=60)),
                ("found", models.CharField(max_length=300)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hint_dismissals",
                        to="retros.retrospective",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("retrospective", "place", "rule", "found"), name="retros_hint_left_once"
                    )
                ],
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
                ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="version")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exports",
                        to="retros.retrospective",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "abstract": False,
                "indexes": [models.Index(fields=["state", "asked_at"], name="retros_exports_waiting")],
            },
        ),
        migrations.CreateModel(
            name="DueReminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_on", models.DateField()),
                ("days", models.SmallIntegerField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="due_reminders",
                        to="retros.retrospective",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("retrospective", "due_on", "days"), name="retros_reminded_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                fields=("retrospective", "section"), name="retros_section_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="closedquestion",
            constraint=models.UniqueConstraint(
                fields=("retrospective", "question"), name="retros_question_closed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="checkwaiver",
            constraint=models.UniqueConstraint(
                fields=("retrospective", "check_name"), name="retros_waived_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__range", (1, 5))), name="retros_score_1_to_5"
            ),
        ),
        migrations.AddConstraint(
            model_name="affectedusers",
            constraint=models.UniqueConstraint(
                fields=("retrospective", "service"), name="retros_users_told_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="affectedusers",
            constraint=models.CheckConstraint(
                condition=models.Q(("share__range", (0, 100))), name="retros_share_of_users"
            ),
        ),
        migrations.AddIndex(
            model_name="actionitem",
            index=models.Index(fields=["state", "due_on"], name="retros_actions_by_due"),
        ),
        migrations.AddIndex(
            model_name="actionitem",
            index=models.Index(fields=["owner", "state"], name="retros_actions_of_owner"),
        ),
        migrations.AddConstraint(
            model_name="actionitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "wont_do"), _negated=True),
                    models.Q(("wont_do_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="retros_wont_do_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                fields=("retrospective", "reviewer"), name="retros_reviewer_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="rolerate",
            constraint=models.CheckConstraint(
                condition=models.Q(("low__lte", models.F("likely")), ("likely__lte", models.F("high"))),
                name="retros_rate_in_order",
            ),
        ),
        migrations.AddIndex(
            model_name="timelineentry",
            index=models.Index(fields=["retrospective", "occurred_at", "id"], name="retros_entries_in_order"),
        ),
        migrations.AddConstraint(
            model_name="timelineentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("event__isnull", False)),
                fields=("retrospective", "event"),
                name="retros_event_taken_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="timelineentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source_id", ""), _negated=True),
                fields=("retrospective", "source", "source_id"),
                name="retros_row_brought_once",
            ),
        ),
        migrations.AddIndex(
            model_name="contributingfactor",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["text"], name="retros_factor_trigrams", opclasses=["gin_trgm_ops"]
            ),
        ),
        searchable("retros_retrospective", "retros_search", "title", "scope", "objectives"),
        searchable("retros_document", "retros_document_search", "text"),
    ]

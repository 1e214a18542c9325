"""Action items are an app of their own. Their tables stay as they are."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("accounts", "0003_checklist_hidden"),
        ("incidents", "0013_names_and_impacts_of_update"),
        ("notifications", "0006_unlisted_channels"),
        ("retros", "0014_calendar_and_search"),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
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
                        (
                            "verification",
                            models.TextField(blank=True, verbose_name="how we will know it worked"),
                        ),
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
                        (
                            "wont_do_reason",
                            models.TextField(blank=True, verbose_name="why it will not be done"),
                        ),
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
                        (
                            "external_key",
                            models.CharField(blank=True, max_length=100, verbose_name="in the tracker"),
                        ),
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
                            "retrospective",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="action_items",
                                to="retros.retrospective",
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
                    ],
                    options={
                        "db_table": "retros_actionitem",
                        "ordering": ["due_on", "priority", "pk"],
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
                                to="action_items.actionitem",
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
                        "db_table": "retros_actionreminder",
                        "ordering": ["recorded_at", "pk"],
                    },
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
                        "db_table": "retros_actiondigest",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("person", "week"), name="retros_digest_once_a_week"
                            )
                        ],
                    },
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
                    model_name="actionreminder",
                    constraint=models.UniqueConstraint(
                        fields=("item", "step", "day"), name="retros_item_reminded_once"
                    ),
                ),
            ]
        )
    ]

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("subscribers", "0001_initial"),
        ("subscribers", "0002_retrospectives"),
        ("subscribers", "0003_action_items"),
        ("subscribers", "0004_reports"),
        ("subscribers", "0005_news_of_retrospectives"),
    ]

    dependencies = [
        ("incidents", "0001_squashed"),
        ("notifications", "0001_squashed"),
        ("retros", "0001_squashed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NotificationPreference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "by_mail",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("duty", "What is asked of me"),
                                ("requests", "Somebody asks for an update"),
                                ("declared", "New incidents"),
                                ("progress", "Severity and status"),
                                ("updates", "Status updates"),
                                ("actions", "My action items, each week"),
                                ("retros", "News of retrospectives"),
                            ],
                            max_length=12,
                        ),
                        blank=True,
                        default=list,
                    ),
                ),
                (
                    "in_inbox",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("duty", "What is asked of me"),
                                ("requests", "Somebody asks for an update"),
                                ("declared", "New incidents"),
                                ("progress", "Severity and status"),
                                ("updates", "Status updates"),
                                ("actions", "My action items, each week"),
                                ("retros", "News of retrospectives"),
                            ],
                            max_length=12,
                        ),
                        blank=True,
                        default=list,
                    ),
                ),
                (
                    "in_browser",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("duty", "What is asked of me"),
                                ("requests", "Somebody asks for an update"),
                                ("declared", "New incidents"),
                                ("progress", "Severity and status"),
                                ("updates", "Status updates"),
                                ("actions", "My action items, each week"),
                                ("retros", "News of retrospectives"),
                            ],
                            max_length=12,
                        ),
                        blank=True,
                        default=list,
                    ),
                ),
                ("quiet_from", models.TimeField(blank=True, null=True)),
                ("quiet_to", models.TimeField(blank=True, null=True)),
                (
                    "follows_worst",
                    models.BooleanField(default=True, verbose_name="hears of every SEV1 and SEV2"),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notification_preference",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OutsideAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "asked_at",
                    models.DateTimeField(
                        blank=True, help_text="When the confirmation was last mailed", null=True
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, help_text="When it unsubscribed", null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["email"],
            },
        ),
        migrations.CreateModel(
            name="ReportWish",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "every",
                    models.CharField(
                        choices=[("week", "Each week"), ("month", "Each month")], default="week", max_length=5
                    ),
                ),
                (
                    "query",
                    models.CharField(
                        blank=True, help_text="As in the address, without the period", max_length=500
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        blank=True, help_text="The same in words; empty for all", max_length=200
                    ),
                ),
                (
                    "last_period",
                    models.DateField(
                        blank=True, help_text="The Monday, or the first, of the last one sent", null=True
                    ),
                ),
                (
                    "held_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Somebody writes it until then; one that fails holds up no other",
                        null=True,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="report_wishes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["every", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
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
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to="notifications.channel",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
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
                        related_name="subscriptions",
                        to="incidents.incident",
                    ),
                ),
                (
                    "incident_type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="incidents.incidenttype",
                    ),
                ),
                (
                    "outside",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to="subscribers.outsideaddress",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to="incidents.service",
                    ),
                ),
                (
                    "severity",
                    models.ForeignKey(
                        blank=True,
                        help_text="At least as bad as this",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="incidents.severity",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Notice",
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
                            ("duty", "What is asked of me"),
                            ("requests", "Somebody asks for an update"),
                            ("declared", "New incidents"),
                            ("progress", "Severity and status"),
                            ("updates", "Status updates"),
                            ("actions", "My action items, each week"),
                            ("retros", "News of retrospectives"),
                        ],
                        max_length=12,
                    ),
                ),
                ("title", models.CharField(max_length=250)),
                ("text", models.CharField(blank=True, max_length=500)),
                ("url", models.CharField(max_length=300)),
                (
                    "pops",
                    models.BooleanField(default=False, help_text="An open tab may show it beside the page"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "action_item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="retros.actionitem",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="incidents.incident",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="notices",
                        to="notifications.outboxmessage",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "retrospective",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="retros.retrospective",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["person", "-id"], name="notice_by_person"),
                    models.Index(
                        condition=models.Q(("read_at__isnull", True)), fields=["person"], name="notice_unread"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "message"), name="one_notice_per_message"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("action_item", None), ("retrospective", None)),
                            models.Q(("action_item", None), ("incident", None)),
                            models.Q(("incident", None), ("retrospective", None)),
                            _connector="OR",
                        ),
                        name="notice_is_about_one_thing_at_most",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="outsideaddress",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"), name="one_outside_address_per_email"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportwish",
            constraint=models.UniqueConstraint(
                fields=("person", "every", "query"), name="report_wished_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel__isnull", True), ("outside__isnull", True), ("person__isnull", False)),
                    models.Q(("channel__isnull", False), ("outside__isnull", True), ("person__isnull", True)),
                    models.Q(("channel__isnull", True), ("outside__isnull", False), ("person__isnull", True)),
                    _connector="OR",
                ),
                name="subscription_has_one_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                fields=(
                    "person",
                    "channel",
                    "outside",
                    "audience",
                    "service",
                    "severity",
                    "incident",
                    "incident_type",
                ),
                name="subscribed_once",
                nulls_distinct=False,
            ),
        ),
    ]

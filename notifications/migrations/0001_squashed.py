import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("notifications", "0001_initial"),
        ("notifications", "0002_mail_is_sent"),
        ("notifications", "0003_deliveries"),
        ("notifications", "0004_engine"),
        ("notifications", "0005_mail_becomes_deliveries"),
        ("notifications", "0006_unlisted_channels"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Channel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("webhook", "Webhook"), ("chat", "Chat or push service")], max_length=10
                    ),
                ),
                (
                    "url",
                    models.CharField(
                        help_text="A webhook's address, or an Apprise address",
                        max_length=1000,
                        verbose_name="address",
                    ),
                ),
                (
                    "secret",
                    models.CharField(blank=True, help_text="Signs what a webhook gets", max_length=200),
                ),
                ("previous_secret", models.CharField(blank=True, max_length=200)),
                ("previous_secret_until", models.DateTimeField(blank=True, null=True)),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("is_listed", models.BooleanField(default=True, editable=False)),
                ("paused_because", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Destination",
            fields=[
                ("key", models.CharField(max_length=300, primary_key=True, serialize=False)),
                ("failures", models.PositiveSmallIntegerField(default=0, help_text="In a row")),
                ("held_until", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=200)),
                ("failed_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("topic", models.CharField(max_length=64)),
                ("subject", models.CharField(help_text="What it is about, e.g. incident:42", max_length=64)),
                (
                    "payload",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                ("due_at", models.DateTimeField(help_text="When it may be told")),
                (
                    "try_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, help_text="Later than due after a failure"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "dead_at",
                    models.DateTimeField(blank=True, help_text="Given up: somebody has to look", null=True),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("dead_at", None), ("done_at", None)),
                        fields=["due_at"],
                        name="outbox_pending",
                    ),
                    models.Index(
                        condition=models.Q(("dead_at", None), ("done_at", None)),
                        fields=["subject", "due_at"],
                        name="outbox_pending_by_subject",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="One key is delivered once, whoever asks again", max_length=250, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("mail", "E-mail"),
                            ("webhook", "Webhook"),
                            ("chat", "Chat or push service"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "address",
                    models.CharField(
                        blank=True,
                        help_text="Mail address or URL, where no channel names it",
                        max_length=1000,
                    ),
                ),
                (
                    "about",
                    models.CharField(blank=True, db_index=True, help_text="e.g. incident:42", max_length=64),
                ),
                (
                    "group",
                    models.CharField(
                        blank=True, db_index=True, help_text="What is withdrawn together", max_length=80
                    ),
                ),
                (
                    "content",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("delivered", "Delivered"),
                            ("withdrawn", "Withdrawn"),
                            ("dead", "Given up"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                (
                    "destination",
                    models.CharField(
                        blank=True, help_text="Whose trouble is whose: server, origin", max_length=300
                    ),
                ),
                (
                    "lane",
                    models.CharField(
                        blank=True, help_text="What stays in order; empty: nothing", max_length=64
                    ),
                ),
                (
                    "try_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, help_text="Later than due after a failure"
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "token",
                    models.PositiveIntegerField(
                        default=0, help_text="Who holds the newest one may say how it went"
                    ),
                ),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                (
                    "answer",
                    models.CharField(
                        blank=True, help_text="What the last attempt was answered", max_length=200
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="notifications.channel",
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
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="notifications.outboxmessage",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["destination", "try_at"],
                        name="delivery_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["lane", "due_at"],
                        name="delivery_lane",
                    ),
                    models.Index(fields=["state", "due_at"], name="delivery_by_state"),
                    models.Index(fields=["channel", "-created_at"], name="delivery_of_channel"),
                ],
            },
        ),
    ]

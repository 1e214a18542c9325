import accounts.models
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import statuspages.models.page
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("statuspages", "0001_initial"),
        ("statuspages", "0002_hears_all"),
        ("statuspages", "0003_endpoint_confirmation"),
        ("statuspages", "0004_page_language"),
        ("statuspages", "0005_repeating_maintenance_and_look"),
    ]

    dependencies = [
        ("incidents", "0001_squashed"),
        ("notifications", "0001_squashed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ComponentGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("order", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="StatusPage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="The organisation or product, as its customers call it.", max_length=80
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="Its address: /status/…/",
                        max_length=60,
                        unique=True,
                        validators=[statuspages.models.page.validate_free],
                        verbose_name="short name",
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        blank=True,
                        help_text="One or two sentences under the name, if they help.",
                        max_length=300,
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[("public", "Public"), ("internal", "Internal")],
                        default="public",
                        help_text="Public: anybody, and only what was written for the public. Internal: people who sign in.",
                        max_length=10,
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="UTC",
                        help_text="Shown beside UTC; a day of the bars begins at its midnight.",
                        max_length=64,
                        validators=[accounts.models.validate_time_zone],
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("de", "German"),
                            ("fr", "French"),
                            ("es", "Spanish"),
                            ("pt-br", "Portuguese (Brazil)"),
                            ("ja", "Japanese"),
                        ],
                        default="en",
                        help_text="Of the page, its mails, feeds and calendar. What you write is shown as you write it.",
                        max_length=10,
                    ),
                ),
                (
                    "is_published",
                    models.BooleanField(
                        default=False,
                        help_text="Until then only responders see it, as a draft.",
                        verbose_name="published",
                    ),
                ),
                (
                    "is_default",
                    models.BooleanField(
                        default=False, verbose_name="also shows incidents that no other page shows"
                    ),
                ),
                (
                    "host",
                    models.CharField(
                        blank=True,
                        help_text="Like status.example.com; also named in ALLCLEAR_STATUS_HOSTS. Nothing else is served there.",
                        max_length=200,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$",
                                "Write a host name like status.example.com.",
                            )
                        ],
                        verbose_name="own host name",
                    ),
                ),
                (
                    "accent",
                    models.CharField(blank=True, editable=False, max_length=7, verbose_name="accent colour"),
                ),
                ("accent_light", models.CharField(blank=True, editable=False, max_length=7)),
                ("accent_dark", models.CharField(blank=True, editable=False, max_length=7)),
                (
                    "accent_on",
                    models.CharField(
                        blank=True, editable=False, help_text="Text on the accent colour", max_length=7
                    ),
                ),
                ("logo_version", models.CharField(blank=True, editable=False, max_length=16)),
                ("logo_width", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("logo_height", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "logo_plate",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="The theme in which it cannot be seen alone",
                        max_length=5,
                    ),
                ),
                (
                    "seed",
                    models.CharField(default=statuspages.models.page.new_seed, editable=False, max_length=64),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("copied_version", models.PositiveIntegerField(default=0, editable=False)),
                ("copy_due_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("copied_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PageSubscriber",
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
                        choices=[("mail", "E-mail"), ("webhook", "Webhook")], default="mail", max_length=10
                    ),
                ),
                ("address", models.EmailField(max_length=254)),
                ("url", models.URLField(blank=True, max_length=500)),
                (
                    "hears_all",
                    models.BooleanField(
                        default=True, help_text="Else of its components alone, also when none of them is left"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "endpoint_confirmed_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the endpoint of a webhook asked for the address it was sent",
                        null=True,
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ScheduledMaintenance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("in_progress", "In progress"),
                            ("verifying", "Verifying"),
                            ("completed", "Completed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="scheduled",
                        editable=False,
                        max_length=12,
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="begins")),
                ("ends_at", models.DateTimeField(verbose_name="ends")),
                (
                    "begins_by_itself",
                    models.BooleanField(default=True, verbose_name="begin by itself at that time"),
                ),
                (
                    "ends_by_itself",
                    models.BooleanField(default=False, verbose_name="complete by itself at that time"),
                ),
                (
                    "reminds",
                    models.BooleanField(default=True, verbose_name="remind subscribers an hour before"),
                ),
                (
                    "occurs_on",
                    models.DateField(
                        blank=True,
                        editable=False,
                        help_text="The day of its series that it stands for, also after it was moved",
                        null=True,
                    ),
                ),
                (
                    "is_changed",
                    models.BooleanField(
                        default=False,
                        editable=False,
                        help_text="On its own: later changes of its series leave it as it is",
                    ),
                ),
                (
                    "is_covered",
                    models.BooleanField(
                        default=False,
                        editable=False,
                        help_text="Ended with an earlier window of its series, which says so",
                    ),
                ),
                ("reminded_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("began_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("ended_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("form_token", models.UUIDField(blank=True, editable=False, null=True, unique=True)),
            ],
            options={
                "ordering": ["-starts_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Component",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="As customers call it; the service's own name stays inside.", max_length=80
                    ),
                ),
                ("description", models.CharField(blank=True, max_length=200)),
                ("order", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "tracked_since",
                    models.DateField(
                        default=statuspages.models.page.today,
                        help_text="Earlier days are shown as “no data”.",
                        verbose_name="bars begin on",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        help_text="Where its state comes from; without one the state is set by hand.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="components",
                        to="incidents.service",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="components",
                        to="statuspages.componentgroup",
                    ),
                ),
            ],
            options={
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ComponentState",
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
                    "component",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="states",
                        to="statuspages.component",
                    ),
                ),
            ],
            options={
                "ordering": ["started_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="MaintenanceSeries",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("text", models.TextField()),
                (
                    "frequency",
                    models.CharField(
                        choices=[("daily", "Daily"), ("weekly", "Weekly"), ("monthly", "Monthly")],
                        max_length=10,
                    ),
                ),
                ("interval", models.PositiveSmallIntegerField(default=1)),
                (
                    "weekdays",
                    models.CharField(blank=True, help_text="As in BYDAY of RFC 5545: MO,SU", max_length=20),
                ),
                ("month_on", models.CharField(blank=True, max_length=10)),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("count", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("first_on", models.DateField(help_text="The day that the rule counts from")),
                ("begins_at", models.TimeField(help_text="In the series' time zone")),
                (
                    "time_zone",
                    models.CharField(max_length=64, validators=[accounts.models.validate_time_zone]),
                ),
                ("duration", models.DurationField()),
                ("begins_by_itself", models.BooleanField(default=True)),
                ("ends_by_itself", models.BooleanField(default=False)),
                ("reminds", models.BooleanField(default=True)),
                (
                    "made_through",
                    models.DateField(
                        blank=True, editable=False, help_text="The last day whose window was made", null=True
                    ),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        help_text="When the next window is to be made",
                        null=True,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("form_token", models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                (
                    "components",
                    models.ManyToManyField(blank=True, related_name="series", to="statuspages.component"),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="MaintenanceUpdate",
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
                            ("scheduled", "Scheduled"),
                            ("in_progress", "In progress"),
                            ("verifying", "Verifying"),
                            ("completed", "Completed"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=12,
                    ),
                ),
                ("text", models.TextField()),
                ("posted_at", models.DateTimeField()),
                (
                    "covers_later",
                    models.BooleanField(
                        default=False, help_text="Also about all later windows of the series"
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-posted_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PageLogo",
            fields=[
                (
                    "page",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="logo",
                        serialize=False,
                        to="statuspages.statuspage",
                    ),
                ),
                ("content", models.BinaryField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="statuspage",
            constraint=models.UniqueConstraint(
                condition=models.Q(("host", ""), _negated=True),
                fields=("host",),
                name="one_page_per_host",
                violation_error_message="Another page has this host name.",
            ),
        ),
        migrations.AddField(
            model_name="maintenanceseries",
            name="page",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="series",
                to="statuspages.statuspage",
            ),
        ),
        migrations.AddField(
            model_name="componentgroup",
            name="page",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="groups",
                to="statuspages.statuspage",
            ),
        ),
        migrations.AddField(
            model_name="component",
            name="page",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="components",
                to="statuspages.statuspage",
            ),
        ),
        migrations.AddField(
            model_name="pagesubscriber",
            name="channel",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="page_subscriber",
                to="notifications.channel",
            ),
        ),
        migrations.AddField(
            model_name="pagesubscriber",
            name="components",
            field=models.ManyToManyField(blank=True, related_name="subscribers", to="statuspages.component"),
        ),
        migrations.AddField(
            model_name="pagesubscriber",
            name="page",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="subscribers",
                to="statuspages.statuspage",
            ),
        ),
        migrations.AddField(
            model_name="scheduledmaintenance",
            name="components",
            field=models.ManyToManyField(blank=True, related_name="maintenances", to="statuspages.component"),
        ),
        migrations.AddField(
            model_name="scheduledmaintenance",
            name="page",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="maintenances",
                to="statuspages.statuspage",
            ),
        ),
        migrations.AddField(
            model_name="scheduledmaintenance",
            name="series",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="occurrences",
                to="statuspages.maintenanceseries",
            ),
        ),
        migrations.AddField(
            model_name="maintenanceupdate",
            name="maintenance",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="updates",
                to="statuspages.scheduledmaintenance",
            ),
        ),
        migrations.AddConstraint(
            model_name="componentstate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("component",),
                name="one_running_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="maintenanceseries",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("count__isnull", True), _connector="OR"),
                name="series_ends_in_one_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="maintenanceseries",
            constraint=models.CheckConstraint(condition=models.Q(("interval__gt", 0)), name="series_goes_on"),
        ),
        migrations.AddConstraint(
            model_name="componentgroup",
            constraint=models.UniqueConstraint(
                fields=("page", "name"),
                name="group_once_per_page",
                violation_error_message="The page has a group of this name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="component",
            constraint=models.UniqueConstraint(
                fields=("page", "name"),
                name="component_once_per_page",
                violation_error_message="The page has a component of this name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="component",
            constraint=models.UniqueConstraint(
                fields=("page", "service"),
                name="service_once_per_page",
                violation_error_message="The page shows this service already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pagesubscriber",
            constraint=models.UniqueConstraint(
                models.F("page"),
                models.F("kind"),
                django.db.models.functions.text.Lower("address"),
                models.F("url"),
                name="subscribed_to_a_page_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduledmaintenance",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="maintenance_forward"
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduledmaintenance",
            constraint=models.UniqueConstraint(
                fields=("series", "occurs_on"), name="occurrence_once_per_series"
            ),
        ),
    ]

"""Alerts that monitoring sent, with everything that happened to them."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from alerts.deciding.decisions import Decided
from alerts.deciding.rules import Facts
from alerts.models.route import Route
from core.subqueries import has_any
from incidents.models import Incident, Service

LONGEST_KEY = 512
LONGEST_TITLE = 300
MOST_WORDS = 8
LONGEST_DESCRIPTION = 5_000
REFIRES_WITHIN = timedelta(hours=24)
"""A key that fires again within this time of its resolution is the same alert and a new occurrence; later it is a new
alert."""


class AlertState(models.TextChoices):
    FIRING = "firing", "Firing"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    RESOLVED = "resolved", "Resolved"


OPEN_STATES = (AlertState.FIRING, AlertState.ACKNOWLEDGED)


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, user: User) -> "AlertQuerySet":
        """Those of no incident, or of one in `user`'s reach: what belongs to a private incident stays with it."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        seen = Incident.objects.visible_to(user)
        of_none = Q(incident__isnull=True, reopens__isnull=True)
        left = Q(has_any(seen.filter(pk=OuterRef("reopens"))), incident__isnull=True)
        return self.filter(of_none | Q(has_any(seen.filter(pk=OuterRef("incident")))) | left)

    def hidden_from(self, user: User) -> "AlertQuerySet":
        """All others."""
        hidden = Incident.objects.hidden_from(user)
        left = Q(has_any(hidden.filter(pk=OuterRef("reopens"))), incident__isnull=True)
        return self.filter(Q(has_any(hidden.filter(pk=OuterRef("incident")))) | left)

    def open(self) -> "AlertQuerySet":
        return self.filter(state__in=OPEN_STATES)

    def firing_now(self) -> "AlertQuerySet":
        return self.filter(state=AlertState.FIRING, is_test=False)

    def told_by(self, words: str, reader: User) -> "AlertQuerySet":
        """With all of these words in title, text or service; label=value; INC-142 in `reader`'s reach."""
        found = self
        for word in words.split()[:MOST_WORDS]:
            label, sign, wanted = word.partition("=")
            if sign:
                found = found.filter(labels__contains={label: wanted})
                continue
            incidents = Incident.objects.visible_to(reader).of_reference(word).values("pk")
            told = Q(title__icontains=word) | Q(description__icontains=word) | Q(service_name__icontains=word)
            found = found.filter(told | Q(service__name__icontains=word) | Q(incident__in=incidents))
        return found

    def of_key(self, integration: Any, dedup_key: str) -> "AlertQuerySet":
        """Under this key, the open one first, then the one resolved last."""
        rows = self.filter(integration=integration, dedup_key=dedup_key)
        return rows.order_by(models.F("resolved_at").desc(nulls_first=True), "-pk")

    def with_places(self) -> "AlertQuerySet":
        return self.select_related(
            "service",
            "incident",
            "incident__severity",
            "integration",
            "integration__silenced_in",
            "acknowledged_by",
            "route",
        )

    def open_first(self) -> "AlertQuerySet":
        return self.order_by(models.F("resolved_at").desc(nulls_first=True), "-last_seen_at", "-pk")

    def newest_first(self) -> "AlertQuerySet":
        return self.order_by("-last_seen_at", "-pk")


class Alert(models.Model):
    """One alert of one sender, from the first time it fires until a day after it was resolved."""

    integration = models.ForeignKey(
        "integrations.Integration", on_delete=models.CASCADE, related_name="alerts", db_index=False
    )  # two of the indexes begin with it
    dedup_key = models.CharField(max_length=LONGEST_KEY, help_text="What the sender calls this alert")
    group_key = models.CharField(max_length=LONGEST_KEY, blank=True, help_text="What belongs together")
    state = models.CharField(max_length=12, choices=AlertState)
    title = models.CharField(max_length=LONGEST_TITLE)
    description = models.TextField(blank=True)
    severity = models.CharField(max_length=60, blank=True, help_text="The sender's own word")
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.SET_NULL, related_name="alerts"
    )
    service_name = models.CharField(max_length=200, blank=True, help_text="The sender's own name of it")
    source = models.CharField(max_length=200, blank=True, help_text="Where it was seen: a host, a region")
    labels = models.JSONField(default=dict)
    links = models.JSONField(default=list)
    occurrences = models.PositiveIntegerField(default=0)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    started_at = models.DateTimeField(
        null=True, blank=True, help_text="When this occurrence began, by the sender"
    )
    told_at = models.DateTimeField(null=True, blank=True, help_text="The sender's time of the state")
    resolved_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    quiet_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when its sender sends nothing about it"
    )
    quiet_until = models.DateTimeField(null=True, blank=True)
    quiet_reason = models.CharField(max_length=LONGEST_TITLE, blank=True)
    is_noise = models.BooleanField(default=False)
    is_test = models.BooleanField(default=False)
    incident = models.ForeignKey(
        Incident, null=True, blank=True, on_delete=models.SET_NULL, related_name="alerts"
    )
    reopens = models.ForeignKey(
        Incident,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="alerts_after_the_end",
        help_text="Resolved already when it fired again: somebody may want to reopen it",
    )

    firing_since = models.DateTimeField(
        null=True, blank=True, help_text="When it began to fire, by our clock"
    )
    last_fired_at = models.DateTimeField(null=True, blank=True, help_text="Its last occurrence, by our clock")
    route = models.ForeignKey(
        Route,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="alerts",
        help_text="Which decided",
    )
    route_group = models.CharField(max_length=40, blank=True, help_text="With what it belongs together there")
    decision = models.CharField(max_length=10, choices=Decided, blank=True)
    decision_reason = models.CharField(
        max_length=200, blank=True, help_text="Without references: an incident may become private"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    check_at = models.DateTimeField(null=True, blank=True, help_text="When it is looked at again")
    waits_until = models.DateTimeField(null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-last_seen_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "dedup_key"],
                condition=~Q(state=AlertState.RESOLVED),
                name="one_open_alert_per_key",
            ),
        ]
        indexes = [
            models.Index(fields=["integration", "dedup_key", "-resolved_at"], name="alert_by_key"),
            models.Index(
                fields=["integration", "group_key"], name="alert_by_group", condition=~Q(state="resolved")
            ),
            models.Index(fields=["integration", "-last_seen_at"], name="alert_of_integration"),
            models.Index(fields=["-last_seen_at", "-id"], name="alert_newest"),
            models.Index(fields=["state", "-last_seen_at"], name="alert_by_state"),
            models.Index(fields=["incident"], name="alert_by_incident"),
            models.Index(fields=["route", "-last_fired_at"], name="alert_of_route"),
            models.Index(fields=["route", "route_group", "-last_fired_at"], name="alert_by_route"),
            models.Index(fields=["check_at"], name="alert_to_check", condition=Q(check_at__isnull=False)),
            GinIndex(fields=["labels"], name="alert_labels", opclasses=["jsonb_path_ops"]),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="alert_title_trigrams"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("alert", args=[self.pk])

    @property
    def chain(self) -> str:
        """What events and messages about it name as their subject."""
        return f"alert:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def facts(self) -> Facts:
        """What routes are asked about, of an alert loaded with its integration and service."""
        return Facts(
            pk=self.pk,
            integration=self.integration_id,
            integration_name=self.integration.name,
            service=self.service_id,
            service_slug=self.service.slug if self.service else "",
            service_name=self.service_name,
            severity=self.severity,
            title=self.title,
            description=self.description,
            source=self.source,
            group_key=self.group_key,
            dedup_key=self.dedup_key,
            labels=self.labels,
        )


def alerts_for(reader: User | None) -> AlertQuerySet:
    """Those that may be told to `reader`; None is an address or a channel: nothing of a private incident."""
    if reader is not None:
        return Alert.objects.visible_to(reader)
    is_private = Q(incident__is_private=True) | Q(reopens__is_private=True)
    return Alert.objects.exclude(is_private)


class AlertChange(models.Model):
    """One thing that happened to an alert, with the sender's time and ours."""

    class Kind(models.TextChoices):
        FIRED = "fired", "Firing"
        FIRED_AGAIN = "fired_again", "Firing again"
        RESOLVED = "resolved", "Resolved"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        UNACKNOWLEDGED = "unacknowledged", "Acknowledgement taken back"
        ATTACHED = "attached", "Attached to an incident"
        DETACHED = "detached", "Detached from an incident"
        NOISE = "noise", "Marked as noise"
        NOT_NOISE = "not_noise", "No longer marked as noise"
        IGNORED = "ignored", "Older than what is known"
        SILENCED = "silenced", "Silenced"
        UNSILENCED = "unsilenced", "Silence ended"

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=14, choices=Kind)
    told_at = models.DateTimeField(null=True, blank=True, help_text="The sender's time")
    received_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # None: the sender
    incident = models.ForeignKey(
        Incident, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # that it was attached to or detached from

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["alert", "-received_at"], name="alert_change_newest"),
            models.Index(
                fields=["received_at", "alert"],
                name="alert_change_by_time",
                # Not as a list: restored from a dump, PostgreSQL would write that in another way.
                condition=Q(kind="fired") | Q(kind="fired_again") | Q(kind="resolved"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.received_at:%Y-%m-%d %H:%M}"


class EarlyResolution(models.Model):
    """A resolution that came before its firing. It is remembered for five minutes, and the firing is then over."""

    KEPT = timedelta(minutes=5)

    integration = models.ForeignKey("integrations.Integration", on_delete=models.CASCADE, related_name="+")
    dedup_key = models.CharField(max_length=LONGEST_KEY)
    told_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "dedup_key"], name="one_early_resolution_per_key")
        ]
        indexes = [models.Index(fields=["received_at"], name="early_resolution_age")]

    def __str__(self) -> str:
        return self.dedup_key

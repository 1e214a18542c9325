"""Silences that people make here and that an Alertmanager keeps."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from alerts.models.alert import Alert
from incidents.models import Incident

LONGEST_COMMENT = 300


class EndedBy(models.TextChoices):
    PERSON = "person", "Ended by a person"
    TIME = "time", "Ran out"
    INCIDENT = "incident", "The incident is over"
    THERE = "there", "Ended in Alertmanager"
    REFUSED = "refused", "Refused by Alertmanager"


class SilenceQuerySet(models.QuerySet["Silence"]):
    def in_force(self) -> "SilenceQuerySet":
        return self.filter(ended_at=None)

    def in_force_or_failed(self) -> "SilenceQuerySet":
        """Those that people have to know of, in force first."""
        return self.filter(Q(ended_at=None) | ~Q(problem="")).order_by(
            F("ended_at").desc(nulls_first=True), "-pk"
        )

    def due(self, at: datetime) -> "SilenceQuerySet":
        return self.filter(next_at__lte=at).order_by("next_at", "pk")

    def with_places(self) -> "SilenceQuerySet":
        return self.select_related("source", "made_by", "ended_by", "incident")


class Silence(models.Model):
    """Alerts of these labels tell nobody, until a time or until an incident is over.

    A worker keeps Alertmanager at it: the silence there is made for at most `LEASE` and made longer, so that it ends
    there too where nobody is left to end it.
    """

    LEASE, RENEWED_BEFORE = timedelta(hours=2), timedelta(hours=1)
    EVERY = timedelta(minutes=1)
    LONGEST = timedelta(days=31)

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="silences")
    source = models.ForeignKey("signals.DataSource", on_delete=models.CASCADE, related_name="silences")
    matchers = models.JSONField(help_text="The value of each label that an alert must have")
    until = models.DateTimeField(null=True, blank=True, help_text="Empty: until the incident is over")
    incident = models.ForeignKey(Incident, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    comment = models.CharField(max_length=LONGEST_COMMENT, blank=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    end_reason = models.CharField(max_length=8, choices=EndedBy, blank=True)
    remote_id = models.CharField(max_length=64, blank=True, help_text="What Alertmanager calls it")
    remote_until = models.DateTimeField(null=True, blank=True, help_text="How long it lasts there")
    attempts = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    next_at = models.DateTimeField(null=True, blank=True, help_text="When a worker looks at it again")

    objects = SilenceQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="silence_has_an_end",
                condition=Q(until__isnull=False) | Q(incident__isnull=False) | Q(ended_at__isnull=False),
            )
        ]
        indexes = [
            models.Index(fields=["next_at"], name="silence_due", condition=Q(next_at__isnull=False)),
            models.Index(F("alert"), name="silence_in_force", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return ", ".join(f"{name}={value}" for name, value in sorted(self.matchers.items()))

    @property
    def is_in_force(self) -> bool:
        return self.ended_at is None

    @property
    def is_there(self) -> bool:
        """Whether Alertmanager has it."""
        return bool(self.remote_id)

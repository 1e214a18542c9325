"""Which audience is due an update by when, who was reminded, and whether it came."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from incidents.models.catalogue import Audience, Cadence, Severity
from incidents.models.communication import BriefLink, StatusUpdate, UpdateState
from incidents.models.incident import Incident


class UpdateScheduleQuerySet(models.QuerySet["UpdateSchedule"]):
    def with_cadence(self, incident: Incident) -> "UpdateScheduleQuerySet":
        """Beside each row what the policy says now: `has_cadence`, `minutes`, in the same query."""
        policy = Cadence.objects.filter(severity=incident.severity_id, audience=OuterRef("audience"))
        return self.annotate(
            has_cadence=Exists(policy), minutes=Subquery(policy.values(f"{incident.status}_minutes")[:1])
        )

    def with_step_due(self, moment: datetime) -> "UpdateScheduleQuerySet":
        return self.filter(next_step_at__lte=moment)


class UpdateSchedule(models.Model):
    """When the next update is due for one audience: the earlier of the policy's time and the promised one."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="update_schedules")
    audience = models.CharField(max_length=20, choices=Audience)
    since_at = models.DateTimeField(
        null=True, blank=True, help_text="Declared or last reopened: what was said before does not count"
    )
    told_at = models.DateTimeField(null=True, blank=True, help_text="The last update to them since then")
    changed_at = models.DateTimeField(
        null=True, blank=True, help_text="When what they were told last stopped being true"
    )
    policy_due_at = models.DateTimeField(null=True, blank=True)
    promised_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    next_step_at = models.DateTimeField(
        null=True, blank=True, db_index=True, help_text="When the next reminder is due"
    )
    asks = models.PositiveIntegerField(default=0, help_text="People asking for an update since the last one")

    objects = UpdateScheduleQuerySet.as_manager()

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "audience"], name="one_schedule_per_audience")
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.audience} {self.due_at}"

    @property
    def what(self) -> str:
        """Public update, Stakeholder update, …"""
        return f"{self.get_audience_display().removesuffix('s')} update"

    @property
    def is_overdue(self) -> bool:
        return self.due_at is not None and self.due_at < timezone.now()


def waiting_for_more(incident: Incident) -> list[str]:
    """The audiences that have had an update and are due the next one; from the loaded schedules."""
    return _in_order(
        incident, {s.audience for s in incident.update_schedules.all() if s.due_at and s.told_at}
    )


def policy_minutes(incident: Incident, audiences: list[str]) -> int | None:
    """Minutes between updates that the policy has for these audiences now, the shortest; None: on change only."""
    cadences = Cadence.objects.filter(severity=incident.severity_id, audience__in=audiences)
    return min(filter(None, (cadence.minutes_in(incident.status) for cadence in cadences)), default=None)


def asking_now(incident: Incident) -> list[str]:
    """The audiences whose update is overdue, or of whom somebody asks for one; from the loaded schedules."""
    return _in_order(
        incident, {s.audience for s in incident.update_schedules.all() if s.asks or s.is_overdue}
    )


def _in_order(incident: Incident, audiences: set[str]) -> list[str]:
    hidden = {Audience.PUBLIC} if incident.is_private else set()
    return [a for a in Audience.values if a in audiences - hidden]


class DueTimeQuerySet(models.QuerySet["DueTime"]):
    def standing(self) -> "DueTimeQuerySet":
        """Without those answered by an update that was taken back: the same time is due again."""
        return self.filter(Q(update__isnull=True) | Q(update__state=UpdateState.POSTED))


class DueTime(models.Model):
    """One time at which an update was due, and what came of it: an update, or that none was due any more."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="due_times")
    audience = models.CharField(max_length=20, choices=Audience)
    since_at = models.DateTimeField(help_text="The word before, or the declaration")
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(help_text="When the update came, or another time took this one's place")
    update = models.ForeignKey(
        StatusUpdate, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )

    objects = DueTimeQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [models.Index(fields=["incident", "audience", "due_at"], name="due_time_by_incident")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.audience} {self.due_at}"


class Step(models.IntegerChoices):
    """Minutes from the due time; each reaches more people than the one before."""

    BEFORE = -5, "Due in 5 min"
    DUE = 0, "Due now"
    LATE = 5, "5 min overdue"
    VERY_LATE = 15, "15 min overdue"

    @property
    def distance(self) -> timedelta:
        return timedelta(minutes=self.value)


class Reminder(models.Model):
    """That a step towards or past a due time was reached and told: once, whoever sweeps, however often."""

    COMMAND = "command"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="reminders")
    about = models.CharField(max_length=20, choices=[*Audience.choices, (COMMAND, "Nobody commands")])
    due_at = models.DateTimeField()
    step = models.SmallIntegerField(choices=Step)
    recorded_at = models.DateTimeField()
    group = models.CharField(max_length=80, blank=True, help_text="What was told together")
    is_open = models.BooleanField(default=True, help_text="What it is about may still be owed")
    message = models.ForeignKey(
        "notifications.OutboxMessage", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "about", "due_at", "step"], name="one_reminder_per_step"
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.about} {self.get_step_display()}"


class Snooze(models.Model):
    """Another time promised instead of an update, with the reason; it counts until the next update."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="snoozes")
    audience = models.CharField(max_length=20, choices=Audience)
    due_at = models.DateTimeField(null=True, blank=True, help_text="What was owed when it was moved")
    until = models.DateTimeField()
    reason = models.CharField(max_length=300)
    severity = models.ForeignKey(Severity, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.audience} until {self.until}"


class UpdateRequestQuerySet(models.QuerySet["UpdateRequest"]):
    def unanswered(self) -> "UpdateRequestQuerySet":
        return self.filter(answer__isnull=True)


class UpdateRequest(models.Model):
    """Somebody outside the response asks for news; the next update to their audience answers."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="update_requests")
    audience = models.CharField(max_length=20, choices=Audience, default=Audience.STAKEHOLDERS)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    link = models.ForeignKey(BriefLink, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    visitor = models.CharField(max_length=32, blank=True, help_text="Tells readers of one link apart")
    question = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    answer = models.ForeignKey(
        StatusUpdate, null=True, blank=True, on_delete=models.SET_NULL, related_name="answered_requests"
    )

    objects = UpdateRequestQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "audience", "person"],
                condition=Q(answer__isnull=True, person__isnull=False),
                name="one_open_request_per_person",
            ),
            models.UniqueConstraint(
                fields=["link", "visitor"],
                condition=Q(answer__isnull=True, link__isnull=False),
                name="one_open_request_per_visitor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} asked by {self.person or 'a reader of a link'}"

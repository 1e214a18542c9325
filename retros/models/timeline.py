"""The account of what happened and what it cost: timeline entries and impact statements."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from incidents.models import Service
from retros.models.retrospective import Retrospective
from timeline.models import Evidence, Gap, Kind, Phase, TimelineEvent

WRITTEN_KINDS = (
    Kind.NOTE, Kind.DECISION, Kind.HYPOTHESIS, Kind.MITIGATION, Kind.UPDATE, Kind.ALERT, Kind.CHANGE, Kind.QUESTION,
)  # fmt: skip
"""What a person writes; the other kinds come from the application."""


class TimelineEntryQuerySet(models.QuerySet["TimelineEntry"]):
    def standing(self) -> "TimelineEntryQuerySet":
        """Those that are shown: neither left out nor merged into another one."""
        return self.filter(removed_at__isnull=True, merged_into__isnull=True)

    def in_order(self) -> "TimelineEntryQuerySet":
        return self.order_by("occurred_at", "pk")


class TimelineEntry(models.Model):
    """One row of the retrospective's own account: taken over from an incident, imported, or written here.

    `known_at` is when the people responding learned of it, where that was later than it occurred.
    """

    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="entries")
    event = models.ForeignKey(
        TimelineEvent,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="entries",
        help_text="The event of the incident it was taken over from",
    )
    occurred_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="For gaps and stretches of time")
    known_at = models.DateTimeField(null=True, blank=True)
    precision_seconds = models.PositiveIntegerField("±, seconds", null=True, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.NOTE)
    source = models.CharField(max_length=60, blank=True)
    source_id = models.CharField(
        max_length=200, blank=True, help_text="Stops the same row from coming in twice"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    system = models.CharField(max_length=100, blank=True, help_text="The system that did or said it")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    detail = models.TextField(blank=True)
    phase = models.CharField(max_length=20, choices=Phase, blank=True)
    gap = models.CharField(max_length=10, choices=Gap, blank=True)
    is_recollection = models.BooleanField("a recollection, not a fact", default=False)
    beside = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="recollections",
        help_text="The fact this recollection stands beside",
    )
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="merged",
        help_text="The row that says the same, and stands for this one",
    )
    is_starred = models.BooleanField(default=False)
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="+")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=0)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = TimelineEntryQuerySet.as_manager()

    class Meta:
        ordering = ["occurred_at", "pk"]
        indexes = [
            models.Index(fields=["retrospective", "occurred_at", "id"], name="retros_entries_in_order")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["retrospective", "event"],
                condition=models.Q(event__isnull=False),
                name="retros_event_taken_once",
            ),
            models.UniqueConstraint(
                fields=["retrospective", "source", "source_id"],
                condition=~models.Q(source_id=""),
                name="retros_row_brought_once",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Dimension(models.TextChoices):
    CUSTOMERS = "customers", "Users & customers"
    BUSINESS = "business", "Business & reputation"
    TECHNICAL = "technical", "Technical health"
    TEAM = "team", "Team well-being"


class ImpactStatement(models.Model):
    """One dimension of impact. `numbers` is a list of {"name", "value", "unit"}."""

    retrospective = models.ForeignKey(
        Retrospective, on_delete=models.CASCADE, related_name="impact_statements"
    )
    dimension = models.CharField(max_length=20, choices=Dimension)
    text = models.TextField(blank=True)
    numbers = models.JSONField(default=list, blank=True, encoder=DjangoJSONEncoder)
    evidence_text = models.TextField(
        "evidence", blank=True, help_text="Links, queries, where the numbers are from"
    )
    debt = models.TextField(
        "technical debt incurred", blank=True, help_text="Shortcuts taken that someone will have to pay back"
    )
    not_affected = models.BooleanField("looked at, and not affected", default=False)
    version = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["retrospective", "dimension"], name="retros_dimension_once")
        ]

    def __str__(self) -> str:
        return self.get_dimension_display()


class AffectedUsers(models.Model):
    """How many use a service, and which share of them felt it: what user-minutes are computed from."""

    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="affected_users")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    users = models.PositiveBigIntegerField("users of it at that time")
    share = models.DecimalField("share affected, %", max_digits=5, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["retrospective", "service"], name="retros_users_told_once"),
            models.CheckConstraint(condition=models.Q(share__range=(0, 100)), name="retros_share_of_users"),
        ]

    def __str__(self) -> str:
        return f"{self.share}% of {self.users}: {self.service}"

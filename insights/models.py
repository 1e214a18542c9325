"""What people add to Insights, goals and annotations, and the files made of it."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from core.requested_files import AskedFile
from incidents.models import Severity


class InsightsPdf(AskedFile):
    """One question in depth, or without `key` all of them; as whoever asked sees it when it is made."""

    KEPT = timedelta(days=1)

    key = models.CharField("question", max_length=40, blank=True)
    query = models.CharField(max_length=500, blank=True, help_text="The filters, as in the address")

    class Meta(AskedFile.Meta):
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "asked_at"], name="insights_pdfs_waiting")]

    def __str__(self) -> str:
        return f"Insights {self.key or 'overview'}: {self.get_state_display().lower()}"


class AnnotationKind(models.TextChoices):
    PROCESS = "process", "Process change"
    RELEASE = "release", "Release"
    TEAM = "team", "Team or rota change"
    OTHER = "other", "Other"


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    def within(self, first: date | None, last: date) -> "AnnotationQuerySet":
        """Those of the days from `first` to `last`, both included, oldest first."""
        found = self.filter(day__lte=last)
        return (found.filter(day__gte=first) if first else found).order_by("day", "pk")


class Annotation(models.Model):
    """What happened on a day that may explain a change: shown on every chart over time, to everybody."""

    day = models.DateField()
    words = models.CharField("what happened", max_length=60)
    kind = models.CharField(max_length=10, choices=AnnotationKind, default=AnnotationKind.PROCESS)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    added_at = models.DateTimeField(db_default=Now())

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.words}, {self.day.day} {self.day:%b %Y}"


class Goal(models.Model):
    """How long a metric should take at most, in the median; of one severity, or of those without a goal of their own."""

    metric = models.CharField(max_length=40)
    severity = models.ForeignKey(Severity, on_delete=models.CASCADE, null=True, related_name="+")
    seconds = models.PositiveIntegerField()
    reached_by = models.DateField(null=True)

    class Meta:
        ordering = ["metric", "severity__rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "severity"], name="insights_one_goal_each", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.severity or 'any severity'}"

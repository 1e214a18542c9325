"""Why it could happen: the shared vocabulary of factors, and the why-tree of one retrospective."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from retros.models.retrospective import Retrospective
from retros.models.timeline import TimelineEntry
from timeline.models import Evidence


class Category(models.TextChoices):
    """The bones of the fishbone."""

    PEOPLE = "People", "People"
    PROCESS = "Process", "Process"
    PLATFORM = "Platform", "Platform"
    CODE = "Code", "Code"
    DATA = "Data", "Data"


class Level(models.TextChoices):
    PROXIMATE = "proximate", "Proximate"
    SYSTEMIC = "systemic", "Systemic"


FACTORS_WANTED = 2
"""One cause is rarely the whole story."""


class Factor(models.Model):
    """A factor as the organisation names it, whichever retrospectives it appears in."""

    text = models.CharField(max_length=300)
    key = models.CharField(
        max_length=300, unique=True, help_text="The text without case, punctuation and doubled spaces"
    )
    category = models.CharField(max_length=20, choices=Category, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text


class ContributingFactorQuerySet(models.QuerySet["ContributingFactor"]):
    def visible_to(self, user: Any) -> "ContributingFactorQuerySet":
        return self.filter(retrospective__in=Retrospective.objects.visible_to(user))

    def without_evidence(self) -> "ContributingFactorQuerySet":
        """Those for which nothing is captured, linked or written, and that nobody has confirmed."""
        entries = TimelineEntry.objects.standing().filter(factors=OuterRef("pk"))
        evidence = Evidence.objects.filter(
            pk__in=self.model.evidence.through.objects.filter(contributingfactor=OuterRef("pk")).values(
                "evidence"
            )
        )
        return self.filter(~Exists(entries), ~Exists(evidence), evidence_text="", is_confirmed=False)

    def with_evidence(self) -> "ContributingFactorQuerySet":
        """In order, with `evidence_rows` and `entry_rows`: how much captured and of the timeline speaks for it.

        Ordered here because a query that counts does not keep the model's own order.
        """
        standing = Q(entries__removed_at__isnull=True, entries__merged_into__isnull=True)
        counted = self.annotate(
            evidence_rows=Count("evidence", distinct=True),
            entry_rows=Count("entries", filter=standing, distinct=True),
        )
        return counted.order_by("order", "pk")


class ContributingFactor(models.Model):
    """A node of the why-tree and a rib of the fishbone."""

    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="factors")
    factor = models.ForeignKey(Factor, on_delete=models.PROTECT, related_name="appearances")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    text = models.CharField(max_length=300)
    question = models.CharField(
        max_length=200, blank=True, help_text="What was asked that this answers: how, or why"
    )
    explanation = models.TextField(
        blank=True, help_text="How it made sense, how it came about, how it worked out on other days"
    )
    category = models.CharField(max_length=20, choices=Category, blank=True)
    level = models.CharField(max_length=20, choices=Level, default=Level.PROXIMATE)
    is_confirmed = models.BooleanField("supported by evidence", default=False)
    order = models.PositiveIntegerField(default=0)
    evidence_text = models.TextField("evidence", blank=True)
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="+")
    entries = models.ManyToManyField(TimelineEntry, blank=True, related_name="factors")
    version = models.PositiveIntegerField(default=0)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)

    objects = ContributingFactorQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        indexes = [models.Index(fields=["factor", "retrospective"], name="retros_factor_places")]

    def __str__(self) -> str:
        return self.text

    @property
    def evidence_count(self) -> int:
        """Only on rows of `with_evidence`."""
        rows: int = getattr(self, "evidence_rows", 0) + getattr(self, "entry_rows", 0)
        return rows + bool(self.evidence_text)


class FactorStep(models.Model):
    """One change of a tree of factors, kept a while so that whoever made it can take it back.

    `before` and `after` hold the factors it touched, by key; null where one did not exist.
    """

    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="factor_steps")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(max_length=400)
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.what

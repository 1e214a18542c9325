"""What people learned, each of one kind: a column of the retrospective's format."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from retros.models.retrospective import Retrospective
from retros.models.timeline import TimelineEntry


class LearningGroup(models.Model):
    """Learnings that say the same; votes count for the group."""

    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="learning_groups")
    name = models.CharField(max_length=200)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class LearningQuerySet(models.QuerySet["Learning"]):
    def readable_by(self, user: Any) -> "LearningQuerySet":
        """What is revealed, and one's own. Reach over the retrospective is asked before."""
        revealed = Q(retrospective__learnings_revealed_at__isnull=False)
        return self.filter(revealed | Q(author=user) if user and user.is_authenticated else revealed)


class Learning(models.Model):
    """Seen by its author alone until the retrospective's learnings are revealed."""

    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="learnings")
    kind = models.CharField(max_length=20, help_text="The key of a column of the format")
    text = models.TextField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    group = models.ForeignKey(
        LearningGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="learnings"
    )
    entries = models.ManyToManyField(TimelineEntry, blank=True, related_name="learnings")
    order = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    added_at = models.DateTimeField(default=timezone.now)

    objects = LearningQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text[:80]


class LearningVote(models.Model):
    """One dot. A person has a few for each retrospective and may put several on one learning."""

    learning = models.ForeignKey(Learning, on_delete=models.CASCADE, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    dots = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learning", "user"], name="retros_dots_of_a_person")]

    def __str__(self) -> str:
        return f"{self.dots} × {self.learning}"

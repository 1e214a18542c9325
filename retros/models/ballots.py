"""Anonymous answers. A ballot holds no person and nothing that leads to one; who has answered is kept apart."""

import uuid

from django.db import models

from retros.models.retrospective import Retrospective


class Question(models.TextChoices):
    SAFETY_START = "safety_start", "Safety, at the start"
    SAFETY_END = "safety_end", "Safety, at the end"
    PULSE = "pulse", "Well-being"


class Ballot(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="ballots")
    question = models.CharField(max_length=20, choices=Question)
    score = models.PositiveSmallIntegerField()
    cast_on = models.DateField(help_text="The day only, so that no clock tells who it was")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(score__range=(1, 5)), name="retros_score_1_to_5")
        ]

    def __str__(self) -> str:
        return f"{self.get_question_display()}: {self.score}"


class ClosedQuestion(models.Model):
    """A question that takes no more answers; only then are its answers shown."""

    retrospective = models.ForeignKey(
        Retrospective, on_delete=models.CASCADE, related_name="closed_questions"
    )
    question = models.CharField(max_length=20, choices=Question)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["retrospective", "question"], name="retros_question_closed_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_question_display()}: closed"


class VotedToken(models.Model):
    """That somebody has answered: a keyed hash that stops a second answer and says nothing of the first."""

    token = models.CharField(max_length=64, primary_key=True)
    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="voted_tokens")
    question = models.CharField(max_length=20, choices=Question)

    def __str__(self) -> str:
        return f"{self.get_question_display()}: answered"

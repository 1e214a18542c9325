"""What the API keeps: answers to requests that may come again."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class KeptAnswerQuerySet(models.QuerySet["KeptAnswer"]):
    def too_old(self) -> "KeptAnswerQuerySet":
        return self.filter(created_at__lt=timezone.now() - KeptAnswer.KEPT)


class KeptAnswer(models.Model):
    """What a POST with an Idempotency-Key was answered; written in the transaction of its change."""

    KEPT: ClassVar[timedelta] = timedelta(hours=24)

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64, help_text="SHA-256 of method, address and body")
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return self.key

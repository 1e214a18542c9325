"""What assistants leave behind: confirmations that were used."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone


class UsedConfirmationQuerySet(models.QuerySet["UsedConfirmation"]):
    def too_old(self) -> "UsedConfirmationQuerySet":
        """Those whose signature has expired: they open nothing, known or not."""
        return self.filter(used_at__lt=timezone.now() - 2 * UsedConfirmation.LIFETIME)


class UsedConfirmation(models.Model):
    """A confirmation is used once: its number is written in the transaction of the change."""

    LIFETIME: ClassVar[timedelta] = timedelta(minutes=10)

    number = models.CharField(max_length=32, unique=True)
    used_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = UsedConfirmationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.number

"""Where references are numbered from."""

from django.conf import settings
from django.db import models


def reference_of(number: int | None) -> str:
    return f"{settings.REFERENCE_PREFIX}-{number}"


def address_of(number: int | None) -> str:
    return f"/incidents/{reference_of(number)}/"


def number_of(reference: str) -> int | None:
    """INC-142 → 142; None for what is no reference."""
    prefix, _, number = reference.upper().rpartition("-")
    is_one = (
        prefix == settings.REFERENCE_PREFIX and number.isascii() and number.isdigit() and len(number) < 10
    )
    return int(number) if is_one else None


class ReferenceCounter(models.Model):
    """The last number given out; updated in the same transaction as the incident, so no gap stays behind."""

    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_reference_counter")]

    def __str__(self) -> str:
        return str(self.last)

"""What is assumed where money is counted: an hour of a person, a minute in which every user is hit."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q

from incidents.models import Role

GUESSES = ("low", "likely", "high")
MOST: dict[str, Any] = {"max_digits": 12, "decimal_places": 2, "null": True, "blank": True}


class CostAssumptions(models.Model):
    """Three guesses each; nothing is counted in money until somebody states them."""

    currency = models.CharField(max_length=3, default="EUR")
    hour_low = models.DecimalField("an hour, low", **MOST)
    hour_likely = models.DecimalField("an hour, likely", **MOST)
    hour_high = models.DecimalField("an hour, high", **MOST)
    minute_low = models.DecimalField("a minute, low", **MOST)
    minute_likely = models.DecimalField("a minute, likely", **MOST)
    minute_high = models.DecimalField("a minute, high", **MOST)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="retros_assumptions_are_one")]

    def __str__(self) -> str:
        return "What is assumed where money is counted"

    @classmethod
    def get(cls) -> "CostAssumptions":
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def guesses(self, name: str) -> tuple[Decimal | None, ...]:
        """Low, likely and high of `hour` or `minute`; None each where nobody stated them."""
        return tuple(getattr(self, f"{name}_{guess}") for guess in GUESSES)


class RoleRate(models.Model):
    """What an hour of whoever holds this role costs, where it differs from everybody else's."""

    role = models.OneToOneField(Role, on_delete=models.CASCADE, related_name="rate")
    low = models.DecimalField(max_digits=12, decimal_places=2)
    likely = models.DecimalField(max_digits=12, decimal_places=2)
    high = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(low__lte=F("likely")) & Q(likely__lte=F("high")), name="retros_rate_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.likely}"

    def guesses(self) -> tuple[Any, ...]:
        return self.low, self.likely, self.high

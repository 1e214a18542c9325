"""What people were told about their action items: one row each, so that nobody is told twice."""

from datetime import timedelta

from django.conf import settings
from django.db import models

from action_items.models.items import ActionItem
from notifications.models import OutboxMessage


class ActionStep(models.TextChoices):
    """Days from the due day; each reaches more people than the one before."""

    BEFORE = "before", "Due in 3 days"
    DUE = "due", "Due today"
    LATE = "late", "3 days overdue"
    VERY_LATE = "very_late", "A week overdue"
    HELPED = "helped", "Did it help?"

    @property
    def distance(self) -> timedelta:
        return timedelta(days={"before": -3, "late": 3, "very_late": 7}.get(self.value, 0))


DUE_STEPS = (ActionStep.BEFORE, ActionStep.DUE, ActionStep.LATE, ActionStep.VERY_LATE)


class ActionReminder(models.Model):
    """That a step towards or past a day was reached and told: once, whoever sweeps, however often."""

    item = models.ForeignKey(ActionItem, on_delete=models.CASCADE, related_name="reminders")
    step = models.CharField(max_length=10, choices=ActionStep)
    day = models.DateField(help_text="The day it was due, or was to be asked about")
    recorded_at = models.DateTimeField()
    message = models.ForeignKey(
        OutboxMessage, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        db_table = "retros_actionreminder"
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "step", "day"], name="retros_item_reminded_once")
        ]

    def __str__(self) -> str:
        return f"ACT-{self.item_id} {self.get_step_display()}"


class ActionDigest(models.Model):
    """That somebody got the week's list of their own open items."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    week = models.DateField(help_text="Its Monday, where the person is")
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "retros_actiondigest"
        constraints = [models.UniqueConstraint(fields=["person", "week"], name="retros_digest_once_a_week")]

    def __str__(self) -> str:
        return f"{self.person_id} week of {self.week}"

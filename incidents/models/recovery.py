"""How recovery is verified before anybody calls it resolved."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from incidents.models.catalogue import ChecklistKind, ChecklistTemplate
from incidents.models.incident import Incident


class CheckState(models.TextChoices):
    OPEN = "open", "Open"
    WATCHING = "watching", "Watching"
    PASSED = "passed", "Passed"
    FAILED = "failed", "Failed"
    WAIVED = "waived", "Waived"


DATA_ANSWERS = {CheckState.PASSED: "No data lost", CheckState.FAILED: "Data lost"}
SETTLED_STATES = (CheckState.PASSED, CheckState.WAIVED)


class RecoveryCheck(models.Model):
    KINDS = [(kind.value, kind.label) for kind in ChecklistKind if kind != ChecklistKind.TASK]

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="recovery_checks")
    kind = models.CharField(max_length=20, choices=KINDS)
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    minutes = models.PositiveIntegerField("must stay normal, minutes", null=True, blank=True)
    state = models.CharField(max_length=20, choices=CheckState, default=CheckState.OPEN)
    watching_since = models.DateTimeField(null=True, blank=True)
    result = models.CharField("what was seen, or why it is waived", max_length=300, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    template = models.ForeignKey(ChecklistTemplate, null=True, on_delete=models.SET_NULL, related_name="+")
    order = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "template"], name="recovery_check_lands_once")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_settled(self) -> bool:
        return self.state in SETTLED_STATES

    @property
    def answer(self) -> str:
        """The state in words; a question about data is answered as it was asked."""
        if self.kind == ChecklistKind.DATA_LOSS and self.state in DATA_ANSWERS:
            return DATA_ANSWERS[CheckState(self.state)]
        return self.get_state_display()

    @property
    def watch_ends_at(self) -> datetime | None:
        if self.watching_since and self.minutes:
            return self.watching_since + timedelta(minutes=self.minutes)
        return None

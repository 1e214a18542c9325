"""Besides the text: files exported of it, and which reminders have been sent."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from core.requested_files import AskedFile
from retros.models.retrospective import Retrospective


class Export(AskedFile):
    """A PDF that a worker makes: of a published version, or of what stands now where `number` is empty."""

    KEPT = timedelta(days=7)

    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="exports")
    number = models.PositiveIntegerField("version", null=True, blank=True)

    class Meta(AskedFile.Meta):
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "asked_at"], name="retros_exports_waiting")]

    def __str__(self) -> str:
        return f"{self.retrospective}: {self.get_state_display().lower()}"


class DueReminder(models.Model):
    """That a retrospective's due day was reminded of, so many days before (negative) or after it: each once."""

    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="due_reminders")
    due_on = models.DateField()
    days = models.SmallIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["retrospective", "due_on", "days"], name="retros_reminded_once")
        ]

    def __str__(self) -> str:
        return f"{self.retrospective}: {self.days:+d} days"

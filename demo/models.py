"""What the demo's own tracker keeps."""

from django.db import models
from django.utils import timezone


class DemoTicketQuerySet(models.QuerySet["DemoTicket"]):
    def there(self) -> "DemoTicketQuerySet":
        """Those that nobody has deleted."""
        return self.filter(deleted_at=None)

    def of_key(self, key: str) -> "DemoTicketQuerySet":
        """PAY-482, in any case; none for anything else."""
        project, _, number = key.strip().upper().partition("-")
        is_one = number.isascii() and number.isdigit() and len(number) < 10
        return self.filter(project=project, number=int(number)) if is_one else self.none()


class DemoTicket(models.Model):
    """A ticket of the demo's own tracker.

    `raw` has its fields as trackers.face.RemoteTicket does, `changes` what was changed of them, oldest first.
    """

    project = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    raw = models.JSONField(default=dict)
    changes = models.JSONField(default=list, blank=True)
    links = models.JSONField(default=list, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = DemoTicketQuerySet.as_manager()

    class Meta:
        ordering = ["project", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="one_demo_ticket_per_number")
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        return f"{self.project}-{self.number}"

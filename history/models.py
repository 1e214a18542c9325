"""A file of history, how far its import has come, what was refused, and which row of ours came from where."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Min, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from action_items.models import ActionItem
from core.requested_files import AskedFile
from core.written_time import ORDERS
from incidents.models import ChangeEvent, Incident
from retros.models import Retrospective
from statuspages.models import ScheduledMaintenance, StatusPage


class ImportState(models.TextChoices):
    CHECKING = "checking", "Being read"
    READY = "ready", "Read, waits for your word"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    BROKEN = "broken", "Cannot be imported"
    DROPPED = "dropped", "Dropped"


WORKING = (ImportState.CHECKING, ImportState.RUNNING)


class ImportQuerySet(models.QuerySet["Import"]):
    def to_carry_on(self) -> "ImportQuerySet":
        """With work to do and nobody at it; those somebody looks at this moment are passed over."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=Now())
        return self.filter(free, state__in=WORKING).exclude(file="").select_for_update(skip_locked=True)

    def next_at(self) -> datetime | None:
        """When one is to be carried on: in the past where nobody works on it."""
        working = self.filter(state__in=WORKING).exclude(file="")
        return working.aggregate(at=Min(Coalesce("lease_until", "created_at")))["at"]


class Import(models.Model):
    """One file. `place` is the last entry dealt with: it moves in the transaction that writes what came before."""

    format = models.CharField(max_length=20)
    name = models.CharField("file", max_length=200)
    file = models.FileField(upload_to="imports/", blank=True)
    size = models.PositiveBigIntegerField(default=0)
    source = models.CharField(
        max_length=40, help_text="Names the system the numbers of the entries belong to"
    )
    zone = models.CharField("time zone of times without one", max_length=64, blank=True)
    date_order = models.CharField(
        "date format",
        max_length=3,
        blank=True,
        choices=list(ORDERS.items()),
        help_text="Of dates such as 03/04/2024",
    )
    columns = models.JSONField(default=dict, blank=True)
    severities = models.JSONField(default=dict, blank=True, help_text="The file's word → the severity's id")
    is_public = models.BooleanField("show it on public status pages", default=False)
    ends_open = models.BooleanField("take those that are open in the file as over", default=False)
    page = models.ForeignKey(StatusPage, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.CHECKING)
    problem = models.TextField(blank=True)
    summary = models.JSONField(default=dict, blank=True)
    place = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    maintenance_count = models.PositiveIntegerField(default=0)
    other_count = models.PositiveIntegerField(
        default=0, help_text="Retrospectives, action items, changes, status pages, pieces of files"
    )
    known_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    token = models.UUIDField(default=uuid.uuid4)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_working(self) -> bool:
        return self.state in WORKING

    @property
    def total(self) -> int:
        return self.summary.get("entries", 0)

    @property
    def incidents_within(self) -> int:
        return self.summary.get("incidents", 0) + self.summary.get("own", 0)

    @property
    def done_count(self) -> int:
        return (
            self.created_count
            + self.maintenance_count
            + self.other_count
            + self.known_count
            + self.refused_count
        )

    @property
    def tenths(self) -> int:
        """How far it is, 0 to 10; for the bar."""
        return min(10, 10 * self.done_count // self.total) if self.total else 0


class RefusedEntry(models.Model):
    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="refused")
    place = models.PositiveIntegerField()
    source_id = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["place", "pk"]

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class ImportedEntry(models.Model):
    """What came from where; the same entry is never brought in twice."""

    source = models.CharField(max_length=40)
    source_id = models.CharField(max_length=200)
    run = models.ForeignKey(Import, null=True, on_delete=models.SET_NULL, related_name="entries")
    incident = models.OneToOneField(
        Incident, null=True, blank=True, on_delete=models.CASCADE, related_name="imported_from"
    )
    maintenance = models.OneToOneField(
        ScheduledMaintenance, null=True, blank=True, on_delete=models.CASCADE, related_name="imported_from"
    )
    retrospective = models.OneToOneField(
        Retrospective, null=True, blank=True, on_delete=models.CASCADE, related_name="imported_from"
    )
    action_item = models.OneToOneField(
        ActionItem, null=True, blank=True, on_delete=models.CASCADE, related_name="imported_from"
    )
    change = models.OneToOneField(
        ChangeEvent, null=True, blank=True, on_delete=models.CASCADE, related_name="imported_from"
    )
    status_page = models.OneToOneField(
        StatusPage, null=True, blank=True, on_delete=models.CASCADE, related_name="imported_from"
    )

    origin = models.CharField(max_length=10, blank=True, help_text="How it had begun, where it was exported")
    merged_into = models.CharField(
        max_length=200,
        blank=True,
        help_text="The id of the one it was merged into, until that is here as well",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], name="imported_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}"


class Export(AskedFile):
    """Everything its asker may see as JSON lines; kept for a day, for them alone."""

    LOST_AFTER = timedelta(hours=12)
    KEPT = timedelta(days=1)

    has_files = models.BooleanField("with the files of evidence", default=True)
    total = models.PositiveIntegerField(default=0, help_text="Lines, as far as they can be counted before")
    done_count = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)

    class Meta(AskedFile.Meta):
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "asked_at"], name="history_exports_waiting")]

    def __str__(self) -> str:
        return f"Export of {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def tenths(self) -> int:
        return min(10, 10 * self.done_count // self.total) if self.total else 0

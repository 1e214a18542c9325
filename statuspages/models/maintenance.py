"""Work announced beforehand, with a life of its own."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from statuspages.models.page import Component, StatusPage
from statuspages.models.series import MaintenanceSeries

REMINDED_BEFORE = timedelta(hours=1)
BEGAN, ENDED = gettext_noop("The work has begun."), gettext_noop("The work is done.")
SENTENCES = (BEGAN, ENDED)  # written by the clock, and shown in the page's language


class MaintenanceState(models.TextChoices):
    SCHEDULED = "scheduled", "Scheduled"
    IN_PROGRESS = "in_progress", "In progress"
    VERIFYING = "verifying", "Verifying"
    COMPLETED = "completed", "Completed"
    CANCELLED = "cancelled", "Cancelled"


RUNNING = (MaintenanceState.IN_PROGRESS, MaintenanceState.VERIFYING)
OVER = (MaintenanceState.COMPLETED, MaintenanceState.CANCELLED)


class MaintenanceQuerySet(models.QuerySet["ScheduledMaintenance"]):
    def upcoming(self) -> "MaintenanceQuerySet":
        return self.filter(state=MaintenanceState.SCHEDULED)

    def running(self) -> "MaintenanceQuerySet":
        return self.filter(state__in=RUNNING)

    def open(self) -> "MaintenanceQuerySet":
        return self.exclude(state__in=OVER)

    def open_or_ended_since(self, moment: datetime) -> "MaintenanceQuerySet":
        return self.filter(~Q(state__in=OVER) | Q(ended_at__gte=moment))

    def due(self) -> "MaintenanceQuerySet":
        """What begins, ends or must be reminded of by itself now; rows somebody else holds are passed over."""
        now = timezone.now()
        begins = Q(state=MaintenanceState.SCHEDULED, begins_by_itself=True, starts_at__lte=now)
        ends = Q(state__in=RUNNING, ends_by_itself=True, ends_at__lte=now)
        return self.filter(begins | ends | self._to_remind(now)).select_for_update(
            skip_locked=True, of=("self",)
        )

    def next_at(self) -> datetime | None:
        """When one begins, ends or must be reminded of by itself next."""
        found = self.aggregate(
            begins=Min("starts_at", filter=Q(state=MaintenanceState.SCHEDULED, begins_by_itself=True)),
            ends=Min("ends_at", filter=Q(state__in=RUNNING, ends_by_itself=True)),
            reminded_of=Min(
                "starts_at",
                filter=Q(state=MaintenanceState.SCHEDULED, reminds=True, reminded_at__isnull=True),
            ),
        )
        if found["reminded_of"]:
            found["reminded_of"] -= REMINDED_BEFORE
        return min(filter(None, found.values()), default=None)

    @staticmethod
    def _to_remind(now: datetime) -> Q:
        return Q(
            state=MaintenanceState.SCHEDULED,
            reminds=True,
            reminded_at__isnull=True,
            starts_at__gt=now,
            starts_at__lte=now + REMINDED_BEFORE,
        )

    def whole(self) -> "MaintenanceQuerySet":
        return self.select_related("page", "series").prefetch_related("components", "updates")


class ScheduledMaintenance(models.Model):
    NEXT_STATES = {
        MaintenanceState.SCHEDULED: (MaintenanceState.IN_PROGRESS, MaintenanceState.CANCELLED),
        MaintenanceState.IN_PROGRESS: (MaintenanceState.VERIFYING, MaintenanceState.COMPLETED),
        MaintenanceState.VERIFYING: (MaintenanceState.IN_PROGRESS, MaintenanceState.COMPLETED),
        MaintenanceState.COMPLETED: (),
        MaintenanceState.CANCELLED: (),
    }

    page = models.ForeignKey(StatusPage, on_delete=models.CASCADE, related_name="maintenances")
    title = models.CharField(max_length=120)
    components = models.ManyToManyField(Component, blank=True, related_name="maintenances")
    state = models.CharField(
        max_length=12, choices=MaintenanceState, default=MaintenanceState.SCHEDULED, editable=False
    )
    starts_at = models.DateTimeField("begins")
    ends_at = models.DateTimeField("ends")
    begins_by_itself = models.BooleanField("begin by itself at that time", default=True)
    ends_by_itself = models.BooleanField("complete by itself at that time", default=False)
    reminds = models.BooleanField("remind subscribers an hour before", default=True)
    series = models.ForeignKey(
        MaintenanceSeries,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="occurrences",
        editable=False,
    )
    occurs_on = models.DateField(
        null=True,
        blank=True,
        editable=False,
        help_text="The day of its series that it stands for, also after it was moved",
    )
    is_changed = models.BooleanField(
        default=False, editable=False, help_text="On its own: later changes of its series leave it as it is"
    )
    is_covered = models.BooleanField(
        default=False, editable=False, help_text="Ended with an earlier window of its series, which says so"
    )
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    began_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = MaintenanceQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="maintenance_forward"
            ),
            models.UniqueConstraint(fields=["series", "occurs_on"], name="occurrence_once_per_series"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def chain(self) -> str:
        """The subject of its messages."""
        return f"maintenance:{self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state == MaintenanceState.SCHEDULED

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def next_states(self) -> tuple[MaintenanceState, ...]:
        return self.NEXT_STATES[MaintenanceState(self.state)]


class MaintenanceUpdate(models.Model):
    maintenance = models.ForeignKey(ScheduledMaintenance, on_delete=models.CASCADE, related_name="updates")
    state = models.CharField(max_length=12, choices=MaintenanceState)
    text = models.TextField()
    posted_at = models.DateTimeField()
    covers_later = models.BooleanField(default=False, help_text="Also about all later windows of the series")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-posted_at", "-pk"]

    def __str__(self) -> str:
        return self.text[:80]

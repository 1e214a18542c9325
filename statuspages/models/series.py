"""Maintenance that repeats: the rule, and what each of its windows begins with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import validate_time_zone
from core.local_time import readings
from statuspages.models.page import Component, StatusPage
from statuspages.recurrence import DAILY, MONTHLY, WEEKLY, Recurrence

LOOKED_AT = 400  # windows that are checked against each other, and for hours that clocks skip or repeat


class Frequency(models.TextChoices):
    DAILY = DAILY, "Daily"
    WEEKLY = WEEKLY, "Weekly"
    MONTHLY = MONTHLY, "Monthly"


@dataclass(frozen=True)
class Window:
    starts_at: datetime
    ends_at: datetime
    wall: datetime  # what the rule says: a local time, which clocks may skip or show twice


class SeriesQuerySet(models.QuerySet["MaintenanceSeries"]):
    def unfinished(self) -> "SeriesQuerySet":
        """Those of which not every window is made yet."""
        return self.filter(due_at__isnull=False)

    def going_on(self) -> "SeriesQuerySet":
        """Those that have windows to come, made or not."""
        return self.filter(Q(due_at__isnull=False) | Q(occurrences__state="scheduled")).distinct()

    def due(self) -> "SeriesQuerySet":
        """Those whose next window is to be made now; rows somebody else holds are passed over."""
        return self.filter(due_at__lte=timezone.now()).select_for_update(skip_locked=True, of=("self",))


class MaintenanceSeries(models.Model):
    """A window begins at the same local time all year round and keeps its length."""

    page = models.ForeignKey(StatusPage, on_delete=models.CASCADE, related_name="series")
    title = models.CharField(max_length=120)
    components = models.ManyToManyField(Component, blank=True, related_name="series")
    text = models.TextField()
    frequency = models.CharField(max_length=10, choices=Frequency)
    interval = models.PositiveSmallIntegerField(default=1)
    weekdays = models.CharField(max_length=20, blank=True, help_text="As in BYDAY of RFC 5545: MO,SU")
    month_on = models.CharField(max_length=10, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    count = models.PositiveSmallIntegerField(null=True, blank=True)
    first_on = models.DateField(help_text="The day that the rule counts from")
    begins_at = models.TimeField(help_text="In the series' time zone")
    time_zone = models.CharField(max_length=64, validators=[validate_time_zone])
    duration = models.DurationField()
    begins_by_itself = models.BooleanField(default=True)
    ends_by_itself = models.BooleanField(default=False)
    reminds = models.BooleanField(default=True)
    made_through = models.DateField(
        null=True, blank=True, editable=False, help_text="The last day whose window was made"
    )
    due_at = models.DateTimeField(
        null=True, blank=True, editable=False, db_index=True, help_text="When the next window is to be made"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(count__isnull=True), name="series_ends_in_one_way"
            ),
            models.CheckConstraint(condition=Q(interval__gt=0), name="series_goes_on"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def recurrence(self) -> Recurrence:
        return Recurrence(
            frequency=self.frequency,
            first=self.first_on,
            interval=self.interval,
            weekdays=tuple(filter(None, self.weekdays.split(","))),
            month_on=self.month_on,
            ends_on=self.ends_on,
            count=self.count,
        )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def set_beginning(self, starts_at: datetime) -> None:
        """The first window begins at `starts_at`, or at that time on the first day after it that fits the rule."""
        local = starts_at.astimezone(self.zone)
        self.first_on, self.begins_at = local.date(), local.time()
        self.first_on = self.recurrence.begun().first

    def window(self, day: date) -> Window:
        """That of a day. RFC 5545, 3.3.5: a time that clocks skip is read with the offset before the gap, and of
        one that they show twice the first is meant."""
        wall = datetime.combine(day, self.begins_at or time())
        starts_at = wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        return Window(starts_at, starts_at + self.duration, wall)

    def windows(self, *, after: date | None = None) -> Iterator[Window]:
        return map(self.window, self.recurrence.dates(after=after))

    def overlap(self) -> tuple[Window, Window] | None:
        """The first two windows that overlap."""
        before = None
        for window in islice(self.windows(), LOOKED_AT):
            if before and before.ends_at > window.starts_at:
                return before, window
            before = window
        return None

    def unclear(self) -> Iterator[tuple[Window, bool]]:
        """(window, whether clocks skip its time) where clocks skip it or show it twice."""
        for window in islice(self.windows(), LOOKED_AT):
            if len(found := readings(window.wall, self.zone)) != 1:
                yield window, not found

    @property
    def skips_months(self) -> bool:
        """Whether some months have no such day."""
        return self.frequency == MONTHLY and not self.month_on and self.first_on.day > 28

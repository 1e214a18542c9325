"""Jobs of a worker (settings.JOBS). Each may run anywhere, twice at once, or late."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from statuspages import static_copies
from statuspages.models import MaintenanceSeries, ScheduledMaintenance, StatusPage
from statuspages.workflow import carry_on, extend_series, forget_unanswered

logger = logging.getLogger(__name__)

FAILURES = (DatabaseError, ValidationError, ValueError, OverflowError)
"""What a row can cause: the database refuses it, a rule of ours does, or its dates lead nowhere."""


def write_stale_copies() -> None:
    """Bring the copies of changed pages up to date; two schedulers at once write each page once."""
    for page in StatusPage.objects.open_to_public():
        if page.is_copy_stale or not static_copies.exists(page):
            bring_up_to_date(page)
    static_copies.forget_closed()


def next_copy_at() -> datetime | None:
    """When the copy of a page is to be written again."""
    return StatusPage.objects.next_copy_at()


@transaction.atomic
def bring_up_to_date(page: StatusPage) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"status copy:{page.pk}"]
        )
        if not cursor.fetchone()[0]:
            return
    current = StatusPage.objects.open_to_public().filter(pk=page.pk).first()  # as it is behind the lock
    if current and (current.is_copy_stale or not static_copies.exists(current)):
        static_copies.write(current)


def carry_on_maintenances() -> None:
    """What is due begins, ends or is reminded of, one at a time, each in a transaction of its own."""
    _one_by_one(ScheduledMaintenance.objects.due, carry_on)


def next_maintenance_at() -> datetime | None:
    """When a maintenance begins, ends or is reminded of by itself."""
    return ScheduledMaintenance.objects.next_at()


def make_due_occurrences() -> None:
    """The next windows of what repeats, one series at a time, each in a transaction of its own."""
    _one_by_one(MaintenanceSeries.objects.due, extend_series)


def _one_by_one[T: (ScheduledMaintenance, MaintenanceSeries)](
    due: Callable[[], QuerySet[T]], change: Callable[[T], object]
) -> None:
    """Change what is due; one that fails is logged with its id, keeps nobody else waiting, and is due next time."""
    failed: set[int] = set()
    while _change_next(due, change, failed):
        pass


def _change_next[T: (ScheduledMaintenance, MaintenanceSeries)](
    due: Callable[[], QuerySet[T]], change: Callable[[T], object], failed: set[int]
) -> bool:
    row = None
    try:
        with transaction.atomic():
            row = due().exclude(pk__in=failed).select_related("page").first()
            if row is None:
                return False
            change(row)
    except FAILURES:
        if row is None:
            raise  # nothing can be read: that is no failure of one
        failed.add(row.pk)
        logger.exception("%s %s failed; the others go on.", row._meta.verbose_name, row.pk)
    return True


def forget_unanswered_subscriptions() -> None:
    forget_unanswered()

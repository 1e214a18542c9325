"""Jobs of a worker (settings.JOBS). Each may run anywhere, twice at once, or late."""

from datetime import datetime

from django.db import connection, transaction

from statuspages import copies
from statuspages.models import MaintenanceSeries, ScheduledMaintenance, StatusPage
from statuspages.workflow import carry_on, extend_series, forget_unanswered


def write_stale_copies() -> None:
    """Bring the copies of changed pages up to date; two schedulers at once write each page once."""
    for page in StatusPage.objects.open_to_public():
        if page.is_copy_stale or not copies.exists(page):
            bring_up_to_date(page)
    copies.forget_closed()


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
    if current and (current.is_copy_stale or not copies.exists(current)):
        copies.write(current)


def carry_on_maintenances() -> None:
    """What is due begins, ends or is reminded of, one at a time, each in a transaction of its own."""
    while _carry_on_next():
        pass


def next_maintenance_at() -> datetime | None:
    """When a maintenance begins, ends or is reminded of by itself."""
    return ScheduledMaintenance.objects.next_at()


def _carry_on_next() -> bool:
    with transaction.atomic():
        work = ScheduledMaintenance.objects.due().select_related("page").first()
        if work is None:
            return False
        carry_on(work)
        return True


def make_due_occurrences() -> None:
    """The next windows of what repeats, one series at a time, each in a transaction of its own."""
    while _make_of_next():
        pass


def _make_of_next() -> bool:
    with transaction.atomic():
        series = MaintenanceSeries.objects.due().select_related("page").first()
        if series is None:
            return False
        extend_series(series)
        return True


def forget_unanswered_subscriptions() -> None:
    forget_unanswered()

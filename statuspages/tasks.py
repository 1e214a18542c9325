from celery import shared_task
from django.db import connection, transaction

from statuspages import copies
from statuspages.models import ScheduledMaintenance, StatusPage
from statuspages.workflow import carry_on, forget_unanswered


@shared_task
def write_stale_copies() -> None:
    """Bring the copies of changed pages up to date; two schedulers at once write each page once."""
    for page in StatusPage.objects.open_to_public():
        if not page.is_copy_stale and copies.exists(page):
            continue
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"status copy:{page.pk}"]
            )
            if cursor.fetchone()[0]:
                copies.write(page)
    copies.forget_closed()


@shared_task
def carry_on_maintenances() -> None:
    """What is due begins, ends or is reminded of, one at a time, each in a transaction of its own."""
    while _carry_on_next():
        pass


def _carry_on_next() -> bool:
    with transaction.atomic():
        work = ScheduledMaintenance.objects.due().select_related("page").first()
        if work is None:
            return False
        carry_on(work)
        return True


@shared_task
def forget_unanswered_subscriptions() -> None:
    forget_unanswered()

"""From what happened to who is told: every consumer is asked about every event, in its subject's order."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from notifications.models import OutboxMessage

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)
GIVE_UP_AFTER = 20  # attempts: about twelve hours
DATABASES_OWN = ("08", "40", "53", "57")  # SQLSTATE classes: connection, deadlock, resources, shutdown
logger = logging.getLogger(__name__)


@transaction.atomic
def expand_next_event() -> bool:
    """Ask the consumers about the next event that is due; False when there is none.

    Each consumer stands by itself: what one cannot do is asked of all again later, so each must be repeatable.
    """
    due = OutboxMessage.objects.due().order_by("due_at", "created_at")
    message = due.select_for_update(skip_locked=True).first()
    if message is None:
        return False
    message.attempts += 1
    failures = [name for name in settings.OUTBOX_CONSUMERS if not _consume(name, message)]
    if failures:
        _postpone(message, failures)
    else:
        message.done_at, message.last_error = timezone.now(), ""
    message.save(update_fields=["attempts", "done_at", "dead_at", "try_at", "last_error"])
    return True


def _consume(name: str, message: OutboxMessage) -> bool:
    try:
        with transaction.atomic():
            import_string(name)(message)
    except Exception as error:
        if isinstance(error, OperationalError) and _is_databases_own(error):
            raise
        logger.exception("%s could not consume %s %s", name, message.topic, message.pk)
        return False
    return True


def _is_databases_own(error: OperationalError) -> bool:
    """Whether the database is in trouble, rather than this event too much for it: then it is asked again at once."""
    code = getattr(error.__cause__, "pgcode", None)
    return code is None or code[:2] in DATABASES_OWN


def _postpone(message: OutboxMessage, failures: list[str]) -> None:
    now = timezone.now()
    message.last_error = f"Not understood by {', '.join(failures)}"[:200]
    message.try_at = now + min(FIRST_RETRY * 2 ** min(message.attempts - 1, 16), LONGEST_RETRY)
    if message.attempts >= GIVE_UP_AFTER:
        message.dead_at = now

"""Is everything here that Allclear needs? Read by people (set-up, settings) and by machines (/healthz)."""

import time
from dataclasses import dataclass
from datetime import UTC, timedelta

from django.db import Error, connection
from django.db.models import Min
from django.db.models.functions import Greatest
from django.utils import timezone

from core.text import in_words
from notifications import mail_server
from notifications.models import Delivery, Heartbeat, OutboxMessage
from retros import fonts, pdf

GOOD, UNDONE, WRONG = "good", "to_do", "wrong"
WORKER_SILENT_AFTER = timedelta(seconds=60)
SINCE = Min(Greatest("due_at", "created_at"))  # what is written about the past is late from then on only
MAY_BE_LATE = timedelta(minutes=5)
CLOCK_MAY_DIFFER = timedelta(seconds=2)


@dataclass(frozen=True)
class Check:
    name: str
    state: str
    words: str
    route: str = ""  # where somebody can do something about it


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def system_check() -> list[Check]:
    return [*_database_and_clock(), _worker(), _mail(), _messages(), _pdf()]


def _database_and_clock() -> list[Check]:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp(), current_setting('server_version')")
        theirs, version = cursor.fetchone()
    took = time.perf_counter() - began
    # The server read its clock somewhere within the round trip: half of it is the best guess.
    ahead = timezone.now().astimezone(UTC) - theirs.astimezone(UTC) - timedelta(seconds=took / 2)
    return [
        Check("Database", GOOD, f"PostgreSQL {version.split()[0]}, {max(took * 1000, 1):.0f} ms"),
        _clock(ahead),
    ]


def _clock(ahead: timedelta) -> Check:
    if abs(ahead) <= CLOCK_MAY_DIFFER:
        return Check("Clock", GOOD, "This server and the database agree.")
    side = "ahead of" if ahead > timedelta(0) else "behind"
    seconds = abs(ahead).total_seconds()
    return Check(
        "Clock",
        WRONG,
        f"This server is {seconds:.0f} s {side} the database, so timelines would be wrong. Switch time "
        "synchronisation on for both.",
    )


def _worker() -> Check:
    beat = Heartbeat.objects.filter(name="worker").first()
    if beat is None:
        return Check("Worker", WRONG, "Never seen. Reminders and mail wait until one is started.")
    silent = timezone.now() - beat.at
    if silent > WORKER_SILENT_AFTER:
        return Check(
            "Worker",
            WRONG,
            f"Silent for {in_words(silent)}. Reminders and mail wait until it is back.",
        )
    return Check("Worker", GOOD, f"The worker reported {max(int(silent.total_seconds()), 0)} s ago.")


def _mail() -> Check:
    if mail_server.sends_mail():
        return Check("E-mail", GOOD, f"Sent by {mail_server.host()}.", "mail_channel")
    return Check(
        "E-mail",
        UNDONE,
        "No mail server is set up, so no e-mail is sent. Set one up under E-mail in Settings.",
        "mail_channel",
    )


def _pdf() -> Check:
    if pdf.is_available():
        lacking = _fonts()
        return Check(
            "PDF", UNDONE if lacking else GOOD, f"Retrospectives and Insights can be saved as PDF.{lacking}"
        )
    return Check("PDF", UNDONE, f"{pdf.MISSING}. Printing from the browser works without.")


def _fonts() -> str:
    missing = fonts.missing_scripts()
    if not missing:
        return ""
    packages = " ".join(sorted({script.package for script in missing}))
    names = ", ".join(script.name for script in missing)
    return f" There is no font for {names}. On Debian and Ubuntu: apt install {packages}"


def _messages() -> Check:
    """Who should have been told by now and was not."""
    dead = Delivery.objects.dead().count() + OutboxMessage.objects.dead().count()
    oldest = Delivery.objects.overdue().aggregate(at=SINCE)["at"]
    unread = OutboxMessage.objects.pending().filter(due_at__lte=timezone.now()).aggregate(at=SINCE)["at"]
    since = min(filter(None, (oldest, unread)), default=None)
    late = timezone.now() - since if since else timedelta(0)
    words = (
        f"The oldest undelivered one has been due for {in_words(late)}."
        if since
        else "No message is waiting."
    )
    if dead:
        given_up = "1 message was given up." if dead == 1 else f"{dead} messages were given up."
        return Check("Messages", WRONG, f"{given_up} {words}", "deliveries")
    return Check("Messages", WRONG if late > MAY_BE_LATE else GOOD, words, "deliveries")

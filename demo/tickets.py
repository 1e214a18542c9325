"""The demo's own tracker as people there use it: its projects, states and people, and what they do with a ticket.

Allclear reaches it as any other tracker, by a client (demo/tracker.py).
"""

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from accounts.models import User
from audit import context
from demo.models import DemoTicket
from trackers.face import Choice, Field, Hook, RemotePerson
from trackers.models import Tracker
from trackers.workflow import note_hook

KIND = "demo"
PROJECTS = {"PAY": "Payments", "PLT": "Platform"}
STATES = (
    Choice("todo", "To do", "open"),
    Choice("doing", "In progress", "in_progress"),
    Choice("review", "In review", "in_progress"),
    Choice("done", "Done", "done"),
    Choice("dropped", "Dropped", "wont_do"),
)
PRIORITIES = (
    Choice("highest", "Highest"),
    Choice("high", "High"),
    Choice("medium", "Medium"),
    Choice("low", "Low"),
)
BOT = RemotePerson("bot", "Allclear Bot")
ROBIN = RemotePerson("robin", "Robin Vale")
"""Somebody who has no account here: whoever changes a ticket on its page does it under this name."""
USUAL = {
    Field.TITLE: "",
    Field.STATE: "todo",
    Field.OWNER: "",
    Field.DUE: "",
    Field.PRIORITY: "medium",
}


def is_loaded() -> bool:
    """Whether this installation is a demo."""
    return User.objects.filter(is_demo=True).exists()


def people() -> dict[str, RemotePerson]:
    """Everybody who works there, by their key."""
    rows = User.objects.active().filter(is_demo=True).order_by("name").values_list("email", "name")
    known = [RemotePerson(email.partition("@")[0], name, email) for email, name in rows]
    return {person.pk: person for person in (BOT, *known, ROBIN)}


@transaction.atomic
def add_ticket(
    *, project: str, text: str = "", number: int | None = None, raw: dict[Any, str] | None = None
) -> DemoTicket:
    """By default with the next number."""
    with connection.cursor() as cursor:  # two at once take their numbers one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('demo tickets', 0))")
    last = DemoTicket.objects.filter(project=project).aggregate(last=Max("number"))["last"]
    values = {str(name): value for name, value in (USUAL | (raw or {})).items()}
    now = context.now()
    return DemoTicket.objects.create(
        project=project, number=number or (last or 0) + 1, text=text, raw=values, made_at=now, updated_at=now
    )


@transaction.atomic
def set_fields(*, ticket: DemoTicket, by: RemotePerson, raw: dict[Any, str]) -> DemoTicket:
    """Set those that differ, and note who did it and when."""
    ticket = DemoTicket.objects.select_for_update().get(pk=ticket.pk)
    for name, value in raw.items():
        before = ticket.raw.get(str(name), "")
        if value == before:
            continue
        ticket.raw[str(name)] = value
        ticket.updated_at = context.now()
        ticket.changes.append(
            {
                "pk": str(len(ticket.changes) + 1),
                "field": str(name),
                "before": before,
                "after": value,
                "at": ticket.updated_at.isoformat(),
                "by": by.pk,
            }
        )
    ticket.save()
    return ticket


@transaction.atomic
def change_ticket(
    *,
    ticket: DemoTicket,
    title: str,
    state: str,
    owner: str = "",
    due_on: date | None = None,
    priority: str,
    is_untold: bool = False,
) -> DemoTicket:
    """What somebody changes there. With `is_untold`, Allclear finds out later."""
    raw = {
        Field.TITLE: title,
        Field.STATE: state,
        Field.OWNER: owner,
        Field.DUE: due_on.isoformat() if due_on else "",
        Field.PRIORITY: priority,
    }
    ticket = set_fields(ticket=ticket, by=ROBIN, raw=raw)
    if not is_untold:
        tell(ticket)
    return ticket


@transaction.atomic
def delete_ticket(*, ticket: DemoTicket) -> DemoTicket:
    return _set_deleted(ticket, is_deleted=True)


@transaction.atomic
def restore_ticket(*, ticket: DemoTicket) -> DemoTicket:
    return _set_deleted(ticket, is_deleted=False)


def _set_deleted(ticket: DemoTicket, *, is_deleted: bool) -> DemoTicket:
    ticket = DemoTicket.objects.select_for_update().get(pk=ticket.pk)
    ticket.updated_at = context.now()
    ticket.deleted_at = ticket.updated_at if is_deleted else None
    ticket.save(update_fields=["updated_at", "deleted_at"])
    tell(ticket)
    return ticket


def tell(ticket: DemoTicket) -> None:
    """As the webhook of a tracker does."""
    for tracker in Tracker.objects.filter(kind=KIND):
        note_hook(tracker=tracker, hook=Hook((str(ticket.pk),)))

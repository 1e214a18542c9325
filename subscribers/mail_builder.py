"""A mail to one person, as a delivery: its thread, its way out, and when it leaves."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import Installation, User
from notifications.kinds import DeliveryKind
from notifications.models import Delivery, OutboxMessage
from subscribers.models import NotificationPreference
from subscribers.quiet_hours import quiet_until


def person_mail(
    *,
    message: OutboxMessage | None = None,
    key: str = "",
    person: User,
    wish: NotificationPreference,
    subject: str,
    template: str,
    context: dict[str, Any],
    about: str = "",
    group: str = "",
    unsubscribe: str = "",
    calendar: dict[str, str] | None = None,
    waits: bool = True,
    organisation: Installation | None = None,
) -> Delivery:
    """`key`, or the message, says what is told once. `template` names an .html and a .txt; what is `about` the same
    makes a thread. One that `waits` leaves after the person's quiet hours."""
    now = timezone.now()
    context = context | {
        "person": person,
        "organisation": organisation or Installation.get(),
        "root": settings.PUBLIC_URL,
        "settings_url": settings.PUBLIC_URL + reverse("my_notifications"),
        "unsubscribe_url": unsubscribe,
    }
    content: dict[str, Any] = {
        "subject": " ".join(subject.split()),
        "text": render_to_string(f"{template}.txt", context),
        "html": render_to_string(f"{template}.html", context),
        "headers": headers(thread=about.replace(":", "-"), unsubscribe=unsubscribe),
    }
    if calendar:
        content["calendar"] = calendar
    quiet = quiet_end(wish, person, now) if waits else None
    return Delivery(
        key=key or f"{message.pk if message else ''}:mail:{person.email.lower()}",
        message=message,
        kind=DeliveryKind.MAIL,
        address=person.email,
        person=person,
        about=about,
        group=group,
        content=content,
        due_at=max(now, quiet or now),
    )


def headers(*, thread: str = "", unsubscribe: str = "") -> dict[str, str]:
    """Mail programs put what refers to the same id into one thread, and show a way out (RFC 8058)."""
    found = {}
    if thread:
        found = {"In-Reply-To": mail_id(thread), "References": mail_id(thread)}
    if unsubscribe:
        found |= {
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return found


def mail_id(name: str) -> str:
    return f"<{name}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>"


def quiet_end(wish: NotificationPreference, person: User, now: datetime) -> datetime | None:
    """The end of the quiet hours running at `now`; None outside them."""
    return quiet_until(start=wish.quiet_from, end=wish.quiet_to, zone=person.zone, now=now)

"""The one way from an event about retrospectives and action items to the people it names."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import Installation, User
from core.notify import notify_people
from notifications.models import OutboxMessage
from notifications.workflow import deliver
from subscribers.mail_builder import person_mail, quiet_end
from subscribers.models import Notice, NotificationKind, NotificationPreference


@dataclass(frozen=True)
class Announcement:
    """What one person receives: an inbox line and a mail, each where they want it.

    `about` is what the inbox line belongs to (`retrospective` or `action_item`), `mail` what `person_mail` needs beside
    the person. One that `always_pops` shows in the browser whatever the person wished for that kind.
    """

    person: User
    kind: NotificationKind
    title: str
    text: str
    url: str
    about: dict[str, Any]
    mail: dict[str, Any]
    always_pops: bool = False


def deliver_announcements(message: OutboxMessage, announcements: Iterable[Announcement]) -> None:
    """Write the mails and inbox lines of `message`; a second time changes nothing.

    The number of queries does not grow with the people, whose preferences must be loaded with them.
    """
    now = timezone.now()
    organisation = Installation.get()
    wishes = [(found, NotificationPreference.of(found.person)) for found in announcements]
    deliver(
        *(
            person_mail(
                message=message,
                person=found.person,
                wish=wish,
                subject=found.title,
                organisation=organisation,
                **found.mail,
            )
            for found, wish in wishes
            if wish.wants("by_mail", found.kind)
        )
    )
    notices = [
        Notice(
            person=found.person,
            message=message,
            kind=found.kind,
            title=found.title[:250],
            text=found.text[:500],
            url=found.url,
            pops=(found.always_pops or wish.wants("in_browser", found.kind))
            and quiet_end(wish, found.person, now) is None,
            **found.about,
        )
        for found, wish in wishes
        if wish.wants("in_inbox", found.kind)
    ]
    if notices:
        Notice.objects.bulk_create(notices, ignore_conflicts=True)
        notify_people(people={notice.person_id for notice in notices}, what="inbox")


def recipients_of(message: OutboxMessage) -> Any:
    """The active people whom the event names, with their preferences."""
    named = User.objects.active().filter(pk__in=message.payload.get("recipients", ()))
    return named.select_related("notification_preference")

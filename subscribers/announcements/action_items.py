"""What happens to action items, told by mail and in the inbox to the people a message names."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts.models import User
from action_items.hooks import with_conflicts
from action_items.models import ActionItem, ActionStep
from action_items.workflow import reminder_of_item_stands
from core.text import together
from notifications.models import OutboxMessage
from subscribers.announcements.delivery import Announcement, deliver_announcements, recipients_of
from subscribers.models import NotificationKind


@dataclass(frozen=True)
class ItemWords:
    """One notification: its inbox text and its e-mail items. `text` goes into the inbox; `items` only into a mail."""

    kind: NotificationKind
    headline: str
    text: str
    path: str
    action: str
    item: ActionItem | None = None
    items: tuple[ActionItem, ...] = ()
    group: str = ""


@transaction.atomic
def consume(message: OutboxMessage) -> None:
    """One mail and one inbox line a person, for those who can still see the item; a second time changes nothing."""
    tell = WORDS.get(message.topic)
    if tell is None or message.is_replayed:
        return
    deliver_announcements(
        message,
        [
            _announcement(person, word)
            for person in recipients_of(message)
            if (word := tell(message.payload, person)) and _sees(person, word)
        ],
    )


def _announcement(person: User, word: ItemWords) -> Announcement:
    return Announcement(
        person,
        word.kind,
        _one_line(word),
        word.text,
        word.path,
        about={"action_item": word.item},
        mail={  # nothing about an item cannot wait till the morning
            "template": "subscribers/mail/action_item",
            "context": {"word": word, "url": settings.PUBLIC_URL + word.path},
            "about": f"action:{word.item.pk}" if word.item else "",
            "group": word.group,
        },
    )


def _one_line(word: ItemWords) -> str:
    about = f"{word.item.reference} {word.item.title}: " if word.item else ""
    return " ".join(f"{about}{word.headline}".split())


def _sees(person: User, word: ItemWords) -> bool:
    return word.item is None or ActionItem.objects.visible_to(person).filter(pk=word.item.pk).exists()


def _due(item: ActionItem) -> str:
    return f"Due {item.due_on:%A} {item.due_on.day} {item.due_on:%B %Y}." if item.due_on else ""


def _of(item: ActionItem, headline: str, text: str, *, action: str = "Open it", **more: Any) -> ItemWords:
    kind = more.pop("kind", NotificationKind.DUTY)
    return ItemWords(kind, headline, text, item.get_absolute_url(), action, item=item, **more)


def _assigned(payload: dict, person: User) -> ItemWords | None:
    """Not once somebody else has it, or it is over."""
    item = ActionItem.objects.unfinished().filter(pk=payload["action_item"], owner=person).first()
    if item is None:
        return None
    check = f"How we will know it worked: {item.verification}" if item.verification else ""
    return _of(
        item, "it is yours", "\n\n".join(filter(None, [_due(item), check])), group=item.mail_group("owner")
    )


def _reopened(payload: dict, person: User) -> ItemWords | None:
    if payload.get("by") == person.pk:
        return None
    item = ActionItem.objects.unfinished().filter(pk=payload["action_item"], owner=person).first()
    return _of(item, "it was opened again", _due(item), group=item.mail_group("owner")) if item else None


def _reminder(payload: dict, person: User) -> ItemWords | None:
    item = reminder_of_item_stands(payload)
    if item is None:
        return None
    day = parse_date(str(payload["day"]))
    assert day is not None
    if payload["step"] == ActionStep.HELPED:
        since = f"Done {item.done_at:%d %B %Y}. " if item.done_at else ""
        return ItemWords(
            NotificationKind.ACTIONS,
            "did it help?",
            f"{since}Did it change what it was meant to change?",
            reverse("action_helped", args=[item.pk]),
            "Answer",
            item=item,
            group=item.mail_group("helped"),
        )
    whose = (
        "" if item.owner_id == person.pk else f" {item.owner} owns it." if item.owner else " It has no owner."
    )
    return _of(item, _says(day, person), f"{_due(item)}{whose}", group=item.mail_group("due"))


def _says(day: date, person: User) -> str:
    days = (timezone.now().astimezone(person.zone).date() - day).days
    if days == 0:
        return "due today"
    count = f"{abs(days)} day{'s' if abs(days) > 1 else ''}"
    return f"due in {count}" if days < 0 else f"{count} overdue"


def _digest(payload: dict, person: User) -> ItemWords | None:
    """As it stands when it is told; the inbox has only the numbers, as a line there outlives what it names."""
    items = list(
        ActionItem.objects.owned_by(person)
        .unfinished()
        .not_replayed()
        .order_by("due_on", "priority", "pk")[:100]
    )
    if not items:
        return None
    today = timezone.now().astimezone(person.zone).date()
    late = sum(item.due_on is not None and item.due_on < today for item in items)
    count = f"{len(items)} open action item{'s' if len(items) > 1 else ''}"
    return ItemWords(
        NotificationKind.ACTIONS,
        f"Your week: {count}" + (f", {late} overdue" if late else ""),
        "",
        reverse("action_list") + "?owner=me",
        "Open the list",
        items=tuple(items),
    )


def _conflict(payload: dict, person: User) -> ItemWords | None:
    """Not once it is settled."""
    item = ActionItem.objects.filter(pk=payload["action_item"]).first()
    if item is None or not (conflicts := with_conflicts([item])[0].conflicts):  # type: ignore[attr-defined]
        return None
    names = together([conflict.name for conflict in conflicts], shown=len(conflicts))
    return _of(
        item,
        f"{names} changed here and in its ticket at once",
        "The newer value is used on both sides. Choose the value to keep.",
        action="Choose",
        kind=NotificationKind.ACTIONS,
        group=item.mail_group("conflict"),
    )


WORDS: dict[str, Callable[[dict, User], ItemWords | None]] = {
    "action_item.assigned": _assigned,
    "action_item.reopened": _reopened,
    "action_item.reminder": _reminder,
    "action_item.ticket_conflict": _conflict,
    "action_items.digest": _digest,
}

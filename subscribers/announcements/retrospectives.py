"""What happens to retrospectives, told by mail and in the inbox to those it asks something of."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction

from accounts.models import User
from notifications.models import OutboxMessage
from retros.access import people_reaching
from retros.invitation import invitation
from retros.models import Comment, Retrospective, RetrospectiveStatus
from retros.workflow.session import appointment
from subscribers.announcements.delivery import Announcement, deliver_announcements, recipients_of
from subscribers.messages import in_zone
from subscribers.models import NotificationKind

IN_THE_CALENDAR = ("retrospective.scheduled", "retrospective.called_off")


@dataclass(frozen=True)
class RetrospectiveWords:
    """What is said; `path` is where it leads within the retrospective. Some of it asks nothing of the person."""

    headline: str
    text: str = ""
    path: str = ""
    calendar: dict[str, str] = field(default_factory=dict)
    kind: NotificationKind = NotificationKind.DUTY


@transaction.atomic
def consume(message: OutboxMessage) -> None:
    """One mail and one inbox line a person, for those who can still see it; a second time changes nothing."""
    tell = WORDS.get(message.topic)
    if tell is None or "retrospective" not in message.payload or message.is_replayed:
        return
    retrospective = (
        Retrospective.objects.select_related("facilitator", "owner")
        .filter(pk=message.payload["retrospective"])
        .first()
    )
    if retrospective is None:
        return
    reachable = recipients_of(message).filter(pk__in=people_reaching(retrospective).order_by().values("pk"))
    if message.topic not in IN_THE_CALENDAR:  # whoever scheduled it wants it in the calendar too
        reachable = reachable.exclude(pk=message.payload.get("by") or 0)
    deliver_announcements(
        message,
        [
            _announcement(retrospective, person, word)
            for person in reachable
            if (word := tell(message.payload, retrospective, person))
        ],
    )


def _subject(retrospective: Retrospective, word: RetrospectiveWords) -> str:
    return " ".join(f"Retrospective “{retrospective.title}”: {word.headline}".split())


def _announcement(retrospective: Retrospective, person: User, word: RetrospectiveWords) -> Announcement:
    path = retrospective.get_absolute_url() + word.path
    return Announcement(
        person,
        word.kind,
        _subject(retrospective, word),
        word.text,
        path,
        about={"retrospective": retrospective},
        always_pops=word.kind == NotificationKind.DUTY,
        mail={
            "template": "subscribers/mail/retrospective",
            "context": {"word": word, "retrospective": retrospective, "url": settings.PUBLIC_URL + path},
            "about": retrospective.chain,
            "calendar": word.calendar,
            # A time that is scheduled or cancelled may be tonight: that alone does not wait till the morning.
            "waits": not word.calendar,
        },
    )


def _joined(payload: dict, retrospective: Retrospective, person: User) -> RetrospectiveWords:
    """With the session, where it was fixed before; otherwise its invitation comes by itself."""
    about = retrospective.objectives or retrospective.scope
    if not payload.get("scheduled_at") or retrospective.status != RetrospectiveStatus.SCHEDULED:
        return RetrospectiveWords("you are a participant", about, kind=NotificationKind.RETROSPECTIVES)
    text = "\n\n".join(filter(None, [about, _when(retrospective, person)]))
    return RetrospectiveWords("you are a participant", text, calendar=_calendar(retrospective))


def _scheduled(payload: dict, retrospective: Retrospective, person: User) -> RetrospectiveWords | None:
    """Nothing of a time that has been changed or called off meanwhile."""
    stands = all(payload[name] == value for name, value in appointment(retrospective).items())
    if retrospective.status != RetrospectiveStatus.SCHEDULED or not stands:
        return None
    text, calendar = _when(retrospective, person), _calendar(retrospective)
    return RetrospectiveWords("you are invited to the session", text, "frame/", calendar)


def _when(retrospective: Retrospective, person: User) -> str:
    when = in_zone(retrospective.scheduled_at, person.zone, retrospective.created_at)
    where = f"Where: {retrospective.place}" if retrospective.place else ""
    return "\n".join(filter(None, [f"When: {when}, {retrospective.minutes} minutes", where]))


def _calendar(retrospective: Retrospective) -> dict[str, str]:
    return {"method": "REQUEST", "text": invitation(retrospective).decode()}


def _called_off(payload: dict, retrospective: Retrospective, person: User) -> RetrospectiveWords:
    text = invitation(retrospective, is_off=True).decode()
    return RetrospectiveWords(
        "the session is cancelled",
        "It will be scheduled again.",
        "frame/",
        {"method": "CANCEL", "text": text},
    )


def _in_review(payload: dict, retrospective: Retrospective, person: User) -> RetrospectiveWords | None:
    if retrospective.status != RetrospectiveStatus.IN_REVIEW:
        return None
    return RetrospectiveWords("please read it before it is published", path="review/")


def _reviewer(payload: dict, retrospective: Retrospective, person: User) -> RetrospectiveWords | None:
    if not retrospective.reviews.filter(reviewer=person, verdict="asked").exists():
        return None
    return RetrospectiveWords(
        "you are asked for a review", "Read it as someone who was not there.", "review/"
    )


def _answered(payload: dict, retrospective: Retrospective, person: User) -> RetrospectiveWords | None:
    found = retrospective.reviews.filter(pk=payload["review"]).select_related("reviewer").first()
    if found is None:
        return None
    if found.verdict == "approved":
        return RetrospectiveWords(
            f"{found.reviewer} approves it", found.note, "review/", kind=NotificationKind.RETROSPECTIVES
        )
    return RetrospectiveWords(f"{found.reviewer} asks for changes", found.note, "review/")


def _published(payload: dict, retrospective: Retrospective, person: User) -> RetrospectiveWords | None:
    if not retrospective.is_published:
        return None
    return RetrospectiveWords("it is published", retrospective.scope, kind=NotificationKind.RETROSPECTIVES)


def _due(payload: dict, retrospective: Retrospective, person: User) -> RetrospectiveWords | None:
    """Only while the day that is reminded of is still the due day of something unpublished."""
    if retrospective.is_published or str(retrospective.due_on) != payload["due_on"]:
        return None
    return RetrospectiveWords(payload["says"], f"Due on {retrospective.due_on:%A %d %B %Y}.")


def _mentioned(payload: dict, retrospective: Retrospective, person: User) -> RetrospectiveWords | None:
    found = Comment.objects.filter(pk=payload["comment"], mentions=person).select_related("author").first()
    if found is None:
        return None
    where = f"narrative/{payload['section']}/#comment-{payload['comment']}"
    return RetrospectiveWords(f"{found.author} asks you something", found.text, where)


WORDS: dict[str, Callable[[dict, Retrospective, User], RetrospectiveWords | None]] = {
    "retrospective.joined": _joined,
    "retrospective.scheduled": _scheduled,
    "retrospective.called_off": _called_off,
    "retrospective.in_review": _in_review,
    "comment.mentioned": _mentioned,
    "review.asked": _reviewer,
    "review.answered": _answered,
    "retrospective.published": _published,
    "retrospective.due": _due,
}

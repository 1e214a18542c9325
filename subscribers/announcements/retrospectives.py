"""What happens to retrospectives, told by mail and in the inbox to those it asks something of."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.notify import ring_people
from notifications.models import Delivery, OutboxMessage
from notifications.workflow import deliver
from retros.invitation import invitation
from retros.models import Comment, Retrospective, RetrospectiveStatus
from retros.workflow.session import appointment
from subscribers.mail_builder import letter, quiet_end
from subscribers.messages import in_zone
from subscribers.models import News, Notice, NotificationPreference


@dataclass(frozen=True)
class Word:
    """What is said; `path` is where it leads within the retrospective. Some of it asks nothing of the person."""

    headline: str
    text: str = ""
    path: str = ""
    calendar: dict[str, str] = field(default_factory=dict)
    kind: str = News.DUTY


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
    recipients = User.objects.active().filter(pk__in=message.payload.get("recipients", ()))
    people = recipients.select_related("notification_preference")
    reachable = [
        p for p in people if Retrospective.objects.visible_to(p).filter(pk=retrospective.pk).exists()
    ]
    told = [person for person in reachable if person.pk != message.payload.get("by")]
    if message.topic in ("retrospective.scheduled", "retrospective.called_off"):
        told = reachable  # whoever scheduled it wants it in the calendar too
    notices = []
    for person in told:
        word = tell(message.payload, retrospective, person)
        if word is None:
            continue
        url = retrospective.get_absolute_url() + word.path
        wish = NotificationPreference.of(person)
        if wish.wants("by_mail", word.kind):
            deliver(_mail(message, retrospective, person, wish, word))
        if not wish.wants("in_inbox", word.kind):
            continue
        notices.append(
            Notice(
                person=person,
                message=message,
                retrospective=retrospective,
                kind=word.kind,
                title=_subject(retrospective, word)[:250],
                text=word.text[:500],
                url=url,
                pops=(word.kind == News.DUTY or wish.wants("in_browser", word.kind))
                and quiet_end(wish, person, timezone.now()) is None,
            )
        )
    if notices:
        Notice.objects.bulk_create(notices, ignore_conflicts=True)
        ring_people(people={notice.person_id for notice in notices}, what="inbox")


def _subject(retrospective: Retrospective, word: Word) -> str:
    return " ".join(f"Retrospective “{retrospective.title}”: {word.headline}".split())


def _mail(
    message: OutboxMessage,
    retrospective: Retrospective,
    person: User,
    wish: NotificationPreference,
    word: Word,
) -> Delivery:
    """A time that is scheduled or cancelled may be tonight: that alone does not wait till the morning."""
    return letter(
        message=message,
        person=person,
        wish=wish,
        subject=_subject(retrospective, word),
        template="subscribers/mail/retrospective",
        context={
            "word": word,
            "retrospective": retrospective,
            "url": settings.PUBLIC_URL + retrospective.get_absolute_url() + word.path,
        },
        about=retrospective.chain,
        calendar=word.calendar,
        waits=not word.calendar,
    )


def _joined(payload: dict, retrospective: Retrospective, person: User) -> Word:
    """With the session, where it was fixed before; otherwise its invitation comes by itself."""
    about = retrospective.objectives or retrospective.scope
    if not payload.get("scheduled_at") or retrospective.status != RetrospectiveStatus.SCHEDULED:
        return Word("you are a participant", about, kind=News.RETROSPECTIVES)
    text = "\n\n".join(filter(None, [about, _when(retrospective, person)]))
    return Word("you are a participant", text, calendar=_calendar(retrospective))


def _scheduled(payload: dict, retrospective: Retrospective, person: User) -> Word | None:
    """Nothing of a time that has been changed or called off meanwhile."""
    stands = all(payload[name] == value for name, value in appointment(retrospective).items())
    if retrospective.status != RetrospectiveStatus.SCHEDULED or not stands:
        return None
    text, calendar = _when(retrospective, person), _calendar(retrospective)
    return Word("you are invited to the session", text, "frame/", calendar)


def _when(retrospective: Retrospective, person: User) -> str:
    when = in_zone(retrospective.scheduled_at, person.zone, retrospective.created_at)
    where = f"Where: {retrospective.place}" if retrospective.place else ""
    return "\n".join(filter(None, [f"When: {when}, {retrospective.minutes} minutes", where]))


def _calendar(retrospective: Retrospective) -> dict[str, str]:
    return {"method": "REQUEST", "text": invitation(retrospective).decode()}


def _called_off(payload: dict, retrospective: Retrospective, person: User) -> Word:
    text = invitation(retrospective, is_off=True).decode()
    return Word(
        "the session is cancelled",
        "It will be scheduled again.",
        "frame/",
        {"method": "CANCEL", "text": text},
    )


def _in_review(payload: dict, retrospective: Retrospective, person: User) -> Word | None:
    if retrospective.status != RetrospectiveStatus.IN_REVIEW:
        return None
    return Word("please read it before it is published", path="review/")


def _reviewer(payload: dict, retrospective: Retrospective, person: User) -> Word | None:
    if not retrospective.reviews.filter(reviewer=person, verdict="asked").exists():
        return None
    return Word("you are asked for a review", "Read it as someone who was not there.", "review/")


def _answered(payload: dict, retrospective: Retrospective, person: User) -> Word | None:
    found = retrospective.reviews.filter(pk=payload["review"]).select_related("reviewer").first()
    if found is None:
        return None
    if found.verdict == "approved":
        return Word(f"{found.reviewer} approves it", found.note, "review/", kind=News.RETROSPECTIVES)
    return Word(f"{found.reviewer} asks for changes", found.note, "review/")


def _published(payload: dict, retrospective: Retrospective, person: User) -> Word | None:
    if not retrospective.is_published:
        return None
    return Word("it is published", retrospective.scope, kind=News.RETROSPECTIVES)


def _due(payload: dict, retrospective: Retrospective, person: User) -> Word | None:
    """Only while the day that is reminded of is still the due day of something unpublished."""
    if retrospective.is_published or str(retrospective.due_on) != payload["due_on"]:
        return None
    return Word(payload["says"], f"Due on {retrospective.due_on:%A %d %B %Y}.")


def _mentioned(payload: dict, retrospective: Retrospective, person: User) -> Word | None:
    found = Comment.objects.filter(pk=payload["comment"], mentions=person).select_related("author").first()
    if found is None:
        return None
    where = f"narrative/{payload['section']}/#comment-{payload['comment']}"
    return Word(f"{found.author} asks you something", found.text, where)


WORDS: dict[str, Callable[[dict, Retrospective, User], Word | None]] = {
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

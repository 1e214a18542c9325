"""People outside the response ask for an update; the next one to their audience answers."""

import re

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F

from accounts.models import User
from audit import context
from events.status_updates import UpdateRequested
from incidents.models import (
    Audience,
    BriefLink,
    Incident,
    StatusUpdate,
    UpdateRequest,
    UpdateSchedule,
    UpdateState,
)
from incidents.workflow.escalating import who_speaks
from incidents.workflow.transitions import announce, audit
from timeline.models import Kind, TimelineEvent
from timeline.workflow import record_event

ASKING = re.compile(r"\basks?\b")


@transaction.atomic
def request_update(
    *,
    incident: Incident,
    by: User | None = None,
    link: BriefLink | None = None,
    visitor: str = "",
    question: str = "",
) -> UpdateRequest:
    """Somebody wants news: a person who can see the incident, or a reader of an open brief link.

    Each asks once until the next update to their audience; on the timeline all of them are one row that counts.
    """
    reachable = Incident.objects.visible_to(by) if by else Incident.objects.filter(brief_links=link)
    locked = (
        reachable.select_for_update(of=("self",)).select_related("severity").filter(pk=incident.pk).first()
    )
    if locked is None or (link and not link.is_open(context.now())):
        raise PermissionDenied("You can't see this.")
    if not locked.is_active:
        raise ValidationError(f"{locked.reference} is not running, so there is no next update.")
    audience = link.audience if link else Audience.STAKEHOLDERS
    still_open = locked.update_requests.filter(audience=audience, answer__isnull=True)
    own = {"person": by} if by else {"link": link, "visitor": visitor}
    if existing := still_open.filter(**own).first():
        return existing
    request = UpdateRequest.objects.create(
        incident=locked, audience=audience, question=question.strip(), at=context.now(), **own
    )
    UpdateSchedule.objects.get_or_create(incident=locked, audience=audience)
    locked.update_schedules.filter(audience=audience).update(asks=F("asks") + 1)
    count = still_open.count()
    _tell_on_the_timeline(request, count)
    audit(locked, "update.requested", by, audience=audience, question=request.question, link=link and link.pk)
    announce(
        locked,
        UpdateRequested(
            audience=audience,
            asks=count,
            text=" – ".join(filter(None, [_says(audience, count), request.question])),
            by=by.pk if by else None,
            recipients=who_speaks(locked),
        ),
    )
    return request


def answer_requests(incident: Incident, update: StatusUpdate) -> list[int]:
    """Mark what `update` answers, in the caller's transaction; the ids of the people who had asked."""
    answered = UpdateRequest.objects.filter(
        incident=incident, audience__in=update.audiences, answer__isnull=True
    )
    requests = list(answered)
    if not requests:
        return []
    UpdateRequest.objects.filter(pk__in=[r.pk for r in requests]).update(answer=update)
    for event in _events_of(incident, requests):
        event.text = ASKING.sub("asked", event.text)
        event.data |= {"answer": update.pk}
        event.save(update_fields=["text", "data"])
    return sorted({r.person_id for r in requests if r.person_id})


def reopen_requests(incident: Incident) -> None:
    """What an update answered that was then taken back is asked again, unless the same person has done so."""
    asked_again = incident.update_requests.filter(answer__isnull=True)
    taken_back = list(incident.update_requests.filter(answer__state=UpdateState.WITHDRAWN))
    for event in _events_of(incident, taken_back):
        event.text = event.text.replace("asked", "asks" if event.text.startswith("1 ") else "ask")
        event.data = {key: value for key, value in event.data.items() if key != "answer"}
        event.save(update_fields=["text", "data"])
    for request in taken_back:
        own = {"person": request.person_id, "link": request.link_id, "visitor": request.visitor}
        if not asked_again.filter(audience=request.audience, **own).exists():
            request.answer = None
            request.save(update_fields=["answer"])
    for schedule in incident.update_schedules.all():
        asks = asked_again.filter(audience=schedule.audience).count()
        incident.update_schedules.filter(pk=schedule.pk).update(asks=asks)


def _events_of(incident: Incident, requests: list[UpdateRequest]) -> list[TimelineEvent]:
    """The timeline rows that show these requests: one for each audience, under the first request's id."""
    return list(
        incident.timeline.filter(kind=Kind.QUESTION, data__update_request__in=[r.pk for r in requests])
    )


def _tell_on_the_timeline(request: UpdateRequest, count: int) -> None:
    """One row for everybody who asks before the next update: it counts, and lists what they want to know."""
    audience = Audience(request.audience).label.lower().removesuffix("s")
    text = (
        f"{count} {audience if count == 1 else audience + 's'} ask{'s' if count == 1 else ''} for an update"
    )
    first = request.incident.update_requests.filter(audience=request.audience, answer__isnull=True).first()
    event = TimelineEvent.objects.filter(
        incident=request.incident, kind=Kind.QUESTION, data__update_request=first.pk if first else None
    ).first()
    if event is None:
        record_event(
            incident=request.incident,
            kind=Kind.QUESTION,
            text=text,
            detail=request.question,
            by=None,
            data={"update_request": request.pk},
        )
        return
    event.text = text
    event.detail = "\n".join(filter(None, [event.detail, request.question]))
    event.save(update_fields=["text", "detail"])


def _says(audience: str, count: int) -> str:
    """1 stakeholder asks for an update · 3 executives ask for an update · 2 of the public …"""
    many = Audience(audience).label.lower()
    if audience == Audience.PUBLIC:
        many = "readers"
    return f"1 {many[:-1]} asks for an update" if count == 1 else f"{count} {many} ask for an update"

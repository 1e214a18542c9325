"""The session: when it is held, its agenda and clock, who facilitates and presents."""

from typing import Any

from django.http import Http404, HttpResponse
from rest_framework import serializers

from api.fields import RecordIn, body, choice, moment, optional_text, person
from api.operations.retrospectives.common import RETROSPECTIVE, of_it
from api.registry import REACH_ENDED, Call, item, listing, verb
from api.shapes.retrospectives import AgendaItemShape, RetrospectiveShape
from retros import workflow
from retros.agendas import LENGTHS
from retros.models import Retrospective

SESSION = f"{RETROSPECTIVE}/session"
AGENDA = f"{RETROSPECTIVE}/agenda"
SESSION_LENGTHS = [30, 60, 90]
STEPS = ["start", "pause", "next", "previous", "extend"]

verb(
    "PUT",
    SESSION,
    workflow.schedule_session,
    name="schedule_retrospective_session",
    body=body(
        "SessionBody",
        scheduled_at=moment(required=True),
        minutes=choice(SESSION_LENGTHS, required=False),
        place=optional_text(300),
    ),
    answer=RetrospectiveShape,
    summary="Schedule the session and invite every participant. A changed time sends new invitations.",
)


def _invitation(call: Call) -> HttpResponse:
    from retros.invitation import invitation  # brings a library along that hardly any request needs

    retrospective = call["retrospective"]
    if retrospective.scheduled_at is None:
        raise Http404
    return HttpResponse(invitation(retrospective), content_type="text/calendar; charset=utf-8")


item(
    f"{SESSION}/invitation",
    None,
    _invitation,
    name="get_retrospective_session_invitation",
    summary="The session as a calendar file.",
    file_types=("text/calendar",),
)
verb(
    "POST",
    f"{SESSION}/start",
    workflow.start_session,
    name="start_retrospective_session",
    answer=RetrospectiveShape,
    summary="Start the session, or resume one that was ended too soon.",
)
verb(
    "POST",
    f"{SESSION}/end",
    workflow.end_session,
    name="end_retrospective_session",
    answer=RetrospectiveShape,
    summary="End the session and schedule the follow-up after the configured number of working days.",
)
verb(
    "POST",
    f"{RETROSPECTIVE}/step-back",
    workflow.step_back,
    name="step_back_retrospective",
    answer=RetrospectiveShape,
    summary="Move the retrospective back by one status.",
)

# -- agenda and clock ---------------------------------------------------------------------------------------

listing(
    AGENDA,
    AgendaItemShape,
    of_it(AgendaItemShape),
    name="list_agenda_items",
    summary="The parts of the session, in order, with the time spent on each.",
)
verb(
    "PUT",
    AGENDA,
    workflow.plan_agenda,
    body=body("AgendaBody", minutes=choice(list(LENGTHS))),
    answer=RetrospectiveShape,
    summary="Set the agenda to 60 or 30 minutes, before the session starts.",
)


def _run_clock(call: Call) -> Retrospective:
    workflow.run_clock(retrospective=call["retrospective"], by=call.user, **call.data)
    return call["retrospective"]


verb(
    "POST",
    f"{AGENDA}/clock",
    workflow.run_clock,
    name="run_agenda_clock",
    body=body("ClockBody", do=choice(STEPS), item=RecordIn("retrospective", "agenda", required=False)),
    answer=RetrospectiveShape,
    run=_run_clock,
    summary="Control the clock of the agenda: `start`, `pause`, `next`, `previous` or `extend` (five minutes more).",
)


def _finish(call: Call) -> Any:
    workflow.finish_part(item=call["agenda_item"], by=call.user, **call.data)
    return call["agenda_item"]


verb(
    "PUT",
    f"{AGENDA}/{{agenda_item}}/finished",
    workflow.finish_part,
    name="finish_agenda_item",
    body=body("FinishedBody", is_finished=serializers.BooleanField()),
    answer=AgendaItemShape,
    run=_finish,
    summary="Say that the caller is done with a part of the session, or is not done.",
)

# -- facilitating and presenting ----------------------------------------------------------------------------

verb(
    "POST",
    f"{RETROSPECTIVE}/facilitation",
    workflow.take_facilitation,
    answer=RetrospectiveShape,
    summary="Take over facilitation as a participant.",
)
verb(
    "POST",
    f"{RETROSPECTIVE}/facilitation/handover",
    workflow.hand_over_facilitation,
    body=body("HandOverFacilitationBody", to=person()),
    answer=RetrospectiveShape,
    may_be_empty=REACH_ENDED,
    summary="Hand over facilitation to a participant.",
)
verb(
    "POST",
    f"{RETROSPECTIVE}/presentation",
    workflow.present,
    name="start_presenting",
    answer=RetrospectiveShape,
    summary="Present the session on the caller's screen. An earlier presenter stops.",
)
verb("DELETE", f"{RETROSPECTIVE}/presentation", workflow.stop_presenting, summary="Stop presenting.")
verb(
    "POST",
    f"{RETROSPECTIVE}/presentation/call",
    workflow.call_everyone,
    name="call_participants",
    answer=RetrospectiveShape,
    summary="Bring everyone who follows the session back to the current part.",
)

"""The verbs of retrospectives."""

from retros.workflow.ballots import cast_ballot, has_answered
from retros.workflow.framing import (
    add_participants,
    frame_retrospective,
    open_retrospective,
    remove_participant,
    responded,
    suggested_people,
)
from retros.workflow.session import (
    end_session,
    plan_agenda,
    run_clock,
    schedule_session,
    start_review,
    start_session,
    step_back,
)
from retros.workflow.starting import close_with_retrospective, due_date, start_retrospective

__all__ = [
    "add_participants",
    "cast_ballot",
    "close_with_retrospective",
    "due_date",
    "end_session",
    "frame_retrospective",
    "has_answered",
    "open_retrospective",
    "plan_agenda",
    "remove_participant",
    "responded",
    "run_clock",
    "schedule_session",
    "start_retrospective",
    "start_review",
    "start_session",
    "step_back",
    "suggested_people",
]

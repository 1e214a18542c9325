"""The verbs of retrospectives."""

from retros.workflow.ballots import cast_ballot, has_answered
from retros.workflow.exporting import ask_for_pdf
from retros.workflow.framing import (
    add_participants,
    frame_retrospective,
    open_retrospective,
    remove_participant,
    responded,
    suggested_people,
)
from retros.workflow.reviewing import (
    answer_review,
    ask_reviewer,
    describe_retrospectives,
    mark_changed_how_i_work,
    publish_retrospective,
    reopen_retrospective,
    waive_check,
    withdraw_waiver,
    write_public_text,
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
    "answer_review",
    "ask_for_pdf",
    "ask_reviewer",
    "cast_ballot",
    "close_with_retrospective",
    "describe_retrospectives",
    "due_date",
    "end_session",
    "frame_retrospective",
    "has_answered",
    "mark_changed_how_i_work",
    "open_retrospective",
    "plan_agenda",
    "publish_retrospective",
    "remove_participant",
    "reopen_retrospective",
    "responded",
    "run_clock",
    "schedule_session",
    "start_retrospective",
    "start_review",
    "start_session",
    "step_back",
    "suggested_people",
    "waive_check",
    "withdraw_waiver",
    "write_public_text",
]

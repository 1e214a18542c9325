"""The verbs of retrospectives."""

from retros.workflow.ballots import cast_ballot, has_answered
from retros.workflow.commenting import add_comment, resolve_comment
from retros.workflow.framing import (
    add_participants,
    frame_retrospective,
    open_retrospective,
    remove_participant,
    responded,
    suggested_people,
)
from retros.workflow.hinting import add_hint_word, leave_hint, remove_hint_word
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
from retros.workflow.writing import (
    keep_version,
    open_section,
    restore_version,
    save_text,
    settle_sections,
    write_update,
)

__all__ = [
    "add_comment",
    "add_hint_word",
    "add_participants",
    "cast_ballot",
    "close_with_retrospective",
    "due_date",
    "end_session",
    "frame_retrospective",
    "has_answered",
    "keep_version",
    "leave_hint",
    "open_retrospective",
    "open_section",
    "plan_agenda",
    "remove_hint_word",
    "remove_participant",
    "resolve_comment",
    "responded",
    "restore_version",
    "run_clock",
    "save_text",
    "schedule_session",
    "settle_sections",
    "start_retrospective",
    "start_review",
    "start_session",
    "step_back",
    "suggested_people",
    "write_update",
]

"""The verbs of retrospectives."""

from retros.workflow.account import (
    add_entry,
    add_gap,
    add_recollection,
    change_entry,
    dismiss_gap,
    keep_gap,
    mark_phase,
    remove_entry,
    restore_entry,
)
from retros.workflow.ballots import cast_ballot, has_answered
from retros.workflow.bringing import Brought, bring_rows, seed_timeline
from retros.workflow.costs import state_users, write_impact
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
    "Brought",
    "add_entry",
    "add_gap",
    "add_participants",
    "add_recollection",
    "answer_review",
    "ask_for_pdf",
    "ask_reviewer",
    "bring_rows",
    "cast_ballot",
    "change_entry",
    "close_with_retrospective",
    "describe_retrospectives",
    "dismiss_gap",
    "due_date",
    "end_session",
    "frame_retrospective",
    "has_answered",
    "keep_gap",
    "mark_changed_how_i_work",
    "mark_phase",
    "open_retrospective",
    "plan_agenda",
    "publish_retrospective",
    "remove_entry",
    "remove_participant",
    "reopen_retrospective",
    "responded",
    "restore_entry",
    "run_clock",
    "schedule_session",
    "seed_timeline",
    "start_retrospective",
    "start_review",
    "start_session",
    "state_users",
    "step_back",
    "suggested_people",
    "waive_check",
    "withdraw_waiver",
    "write_impact",
    "write_public_text",
]

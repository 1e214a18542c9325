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
    "Brought",
    "add_entry",
    "add_gap",
    "add_participants",
    "add_recollection",
    "bring_rows",
    "cast_ballot",
    "change_entry",
    "close_with_retrospective",
    "dismiss_gap",
    "due_date",
    "end_session",
    "frame_retrospective",
    "has_answered",
    "keep_gap",
    "mark_phase",
    "open_retrospective",
    "plan_agenda",
    "remove_entry",
    "remove_participant",
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
    "write_impact",
]

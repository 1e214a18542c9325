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
from retros.workflow.bringing import Brought, bring_rows, seed_timeline
from retros.workflow.costs import state_users, write_impact
from retros.workflow.starting import close_with_retrospective, due_date, start_retrospective

__all__ = [
    "Brought",
    "add_entry",
    "add_gap",
    "add_recollection",
    "bring_rows",
    "change_entry",
    "close_with_retrospective",
    "dismiss_gap",
    "due_date",
    "keep_gap",
    "mark_phase",
    "remove_entry",
    "restore_entry",
    "seed_timeline",
    "start_retrospective",
    "state_users",
    "write_impact",
]

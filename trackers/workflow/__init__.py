"""The verbs of trackers and tickets."""

from trackers.workflow.hearing import note_hook, note_refused_hook
from trackers.workflow.linking import (
    Bulk,
    choose_synced,
    comes_from_private,
    create_ticket,
    create_tickets,
    link_ticket,
    settle_conflict,
    sync_ticket,
    unlink_ticket,
)
from trackers.workflow.managing import (
    add_tracker,
    change_tracker,
    pause_tracker,
    remove_tracker,
    renew_hook_secret,
    resume_tracker,
    test_tracker,
)
from trackers.workflow.projects import (
    add_project,
    change_project,
    look_at_project,
    match_person,
    remove_project,
)

__all__ = [
    "Bulk",
    "add_project",
    "add_tracker",
    "change_project",
    "change_tracker",
    "choose_synced",
    "comes_from_private",
    "create_ticket",
    "create_tickets",
    "link_ticket",
    "look_at_project",
    "match_person",
    "note_hook",
    "note_refused_hook",
    "pause_tracker",
    "remove_project",
    "remove_tracker",
    "renew_hook_secret",
    "resume_tracker",
    "settle_conflict",
    "sync_ticket",
    "test_tracker",
    "unlink_ticket",
]

"""The verbs of action items."""

from action_items.workflow.changing import announce_action_item
from action_items.workflow.from_tickets import state_for_ticket, take_from_ticket
from action_items.workflow.items import (
    Bulk,
    add_action_item,
    answer_helped,
    bulk_change_action_items,
    change_action_item,
    complete_action_item,
    move_action_item,
    reopen_action_item,
    set_aside_action_item,
    start_action_item,
    verify_action_item,
    wont_do_action_item,
)
from action_items.workflow.reminding import (
    ask_whether_it_helped,
    remind_of_action_items,
    reminder_of_item_stands,
    send_weekly_digest,
)
from action_items.workflow.takeover import take_over_action_items

__all__ = [
    "Bulk",
    "add_action_item",
    "announce_action_item",
    "answer_helped",
    "ask_whether_it_helped",
    "bulk_change_action_items",
    "change_action_item",
    "complete_action_item",
    "move_action_item",
    "remind_of_action_items",
    "reminder_of_item_stands",
    "reopen_action_item",
    "send_weekly_digest",
    "set_aside_action_item",
    "start_action_item",
    "state_for_ticket",
    "take_from_ticket",
    "take_over_action_items",
    "verify_action_item",
    "wont_do_action_item",
]

"""The verbs of subscribing, of being told, and of having read."""

from subscribers.workflow.inbox import mark_all_read, mark_read
from subscribers.workflow.outside_addresses import (
    confirm_outside,
    invite_outside,
    remove_outside,
    resend_confirmation,
    unsubscribe_by_link,
)
from subscribers.workflow.preferences import choose_browser, choose_notifications
from subscribers.workflow.reporting import claim_due_report, end_report, hand_over, wish_report
from subscribers.workflow.subscribing import follow, pause_subscription, subscribe, unfollow, unsubscribe

__all__ = [
    "choose_browser",
    "choose_notifications",
    "claim_due_report",
    "confirm_outside",
    "end_report",
    "follow",
    "hand_over",
    "invite_outside",
    "mark_all_read",
    "mark_read",
    "pause_subscription",
    "remove_outside",
    "resend_confirmation",
    "subscribe",
    "unfollow",
    "unsubscribe",
    "unsubscribe_by_link",
    "wish_report",
]

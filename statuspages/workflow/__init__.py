from statuspages.workflow.maintenance import (
    carry_on,
    change_maintenance,
    schedule_maintenance,
    update_maintenance,
)
from statuspages.workflow.pages import (
    keep_component,
    keep_group,
    keep_page,
    move_on_page,
    remove_from_page,
    remove_page,
    set_component_state,
)
from statuspages.workflow.subscribing import (
    LinkClosed,
    asked_for,
    confirm_endpoint,
    confirm_subscription,
    end_subscription,
    forget_unanswered,
    leaving_link,
    request_subscription,
    request_webhook,
)

__all__ = [
    "LinkClosed",
    "asked_for",
    "carry_on",
    "change_maintenance",
    "confirm_endpoint",
    "confirm_subscription",
    "end_subscription",
    "forget_unanswered",
    "keep_component",
    "keep_group",
    "keep_page",
    "leaving_link",
    "move_on_page",
    "remove_from_page",
    "remove_page",
    "request_subscription",
    "request_webhook",
    "schedule_maintenance",
    "set_component_state",
    "update_maintenance",
]

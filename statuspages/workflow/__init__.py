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
from statuspages.workflow.series import (
    cancel_following,
    change_following,
    check_series,
    extend_series,
    schedule_series,
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
)

__all__ = [
    "LinkClosed",
    "asked_for",
    "cancel_following",
    "carry_on",
    "change_following",
    "change_maintenance",
    "check_series",
    "confirm_endpoint",
    "confirm_subscription",
    "end_subscription",
    "extend_series",
    "forget_unanswered",
    "keep_component",
    "keep_group",
    "keep_page",
    "leaving_link",
    "move_on_page",
    "remove_from_page",
    "remove_page",
    "request_subscription",
    "schedule_maintenance",
    "schedule_series",
    "set_component_state",
    "update_maintenance",
]

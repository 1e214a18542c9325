"""The verbs of telling: write what must be told, expand it, claim it, note how it went."""

from notifications.workflow.channels import (
    add_channel,
    change_channel,
    choose_events,
    delete_channel,
    pause_channel,
    resume_channel,
    rotate_secret,
    send_test_mail,
    try_channel,
)
from notifications.workflow.claiming import (
    claim_deliveries,
    destinations_with_work,
    keep_hold,
    settle,
)
from notifications.workflow.dead_letters import (
    drop_delivery,
    drop_event,
    read_event_again,
    send_again,
    send_dead_again,
)
from notifications.workflow.expanding import expand_next_event
from notifications.workflow.heartbeat import note_heartbeat
from notifications.workflow.mail_server import set_mail_server
from notifications.workflow.queueing import (
    deliver,
    enqueue,
    enqueue_all,
    enqueue_mail,
    new_message,
    secret_mail,
    wake_worker,
    withdraw,
    withdraw_of,
)
from notifications.workflow.tidying import forget_delivered, give_up_old, hour_has_passed

__all__ = [
    "add_channel",
    "change_channel",
    "choose_events",
    "claim_deliveries",
    "delete_channel",
    "deliver",
    "destinations_with_work",
    "drop_delivery",
    "drop_event",
    "enqueue",
    "enqueue_all",
    "enqueue_mail",
    "expand_next_event",
    "forget_delivered",
    "give_up_old",
    "hour_has_passed",
    "keep_hold",
    "new_message",
    "note_heartbeat",
    "pause_channel",
    "read_event_again",
    "resume_channel",
    "rotate_secret",
    "secret_mail",
    "send_again",
    "send_dead_again",
    "send_test_mail",
    "set_mail_server",
    "settle",
    "try_channel",
    "wake_worker",
    "withdraw",
    "withdraw_of",
]

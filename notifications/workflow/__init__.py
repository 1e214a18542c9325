"""The verbs of telling: write what must be told, expand it, claim it, note how it went."""

from notifications.workflow.claiming import (
    claim_deliveries,
    destinations_with_work,
    keep_hold,
    settle,
)
from notifications.workflow.expanding import expand_next_event
from notifications.workflow.heartbeat import note_heartbeat
from notifications.workflow.queueing import deliver, enqueue, enqueue_mail, ring_worker, withdraw
from notifications.workflow.tidying import forget_delivered, give_up_old, hour_has_passed

__all__ = [
    "claim_deliveries",
    "deliver",
    "destinations_with_work",
    "enqueue",
    "enqueue_mail",
    "expand_next_event",
    "forget_delivered",
    "give_up_old",
    "hour_has_passed",
    "keep_hold",
    "note_heartbeat",
    "ring_worker",
    "settle",
    "withdraw",
]

"""The verbs of integrations."""

from integrations.workflow.checking import check_payload, unchecked_payloads
from integrations.workflow.heartbeats import awaited_heartbeats, tell_silences
from integrations.workflow.mailboxes import claim_mailboxes, read_mailbox, remove_mailbox, set_mailbox
from integrations.workflow.managing import (
    change_integration,
    create_integration,
    delete_integration,
    pause_integration,
    resume_integration,
    rotate_key,
)
from integrations.workflow.processing import process_payload, replay_payload, waiting_payloads
from integrations.workflow.receiving import receive, refuse, send_test

__all__ = [
    "awaited_heartbeats",
    "change_integration",
    "check_payload",
    "claim_mailboxes",
    "create_integration",
    "delete_integration",
    "pause_integration",
    "process_payload",
    "read_mailbox",
    "receive",
    "refuse",
    "remove_mailbox",
    "replay_payload",
    "resume_integration",
    "rotate_key",
    "send_test",
    "set_mailbox",
    "tell_silences",
    "unchecked_payloads",
    "waiting_payloads",
]

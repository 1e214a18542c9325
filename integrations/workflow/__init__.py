"""The verbs of integrations."""

from integrations.workflow.managing import (
    change_integration,
    create_integration,
    delete_integration,
    pause_integration,
    resume_integration,
    rotate_key,
)
from integrations.workflow.processing import begin_payloads, process_payload, replay_payload
from integrations.workflow.receiving import receive, refuse, send_test

__all__ = [
    "begin_payloads",
    "change_integration",
    "create_integration",
    "delete_integration",
    "pause_integration",
    "process_payload",
    "receive",
    "refuse",
    "replay_payload",
    "resume_integration",
    "rotate_key",
    "send_test",
]

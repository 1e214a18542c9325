"""The jobs of every worker."""

JOBS: dict[str, dict] = {
    "notifications.tasks.record_heartbeat": {"every": 20},
    "notifications.tasks.expand_due_events": {"next_at": "notifications.tasks.next_event_at"},
    "notifications.tasks.send_due_deliveries": {},
    "notifications.tasks.tidy_up": {"every": 600},
    "incidents.tasks.send_due_update_reminders": {"next_at": "incidents.workflow.reminding.next_reminder_at"},
    "action_items.tasks.send_due_action_reminders": {},
    "action_items.tasks.send_weekly_digests": {},
    "retros.tasks.send_due_retrospective_reminders": {},
    "retros.tasks.tidy_documents": {"next_at": "retros.workflow.writing.next_document_at"},
    "retros.tasks.make_waiting_exports": {"next_at": "retros.tasks.next_export_at", "takes_long": True},
    "statuspages.tasks.carry_on_maintenances": {"next_at": "statuspages.tasks.next_maintenance_at"},
    "statuspages.tasks.make_due_occurrences": {},
    "statuspages.tasks.write_stale_copies": {"next_at": "statuspages.tasks.next_copy_at"},
    "statuspages.tasks.forget_unanswered_subscriptions": {"every": 600},
    "history.tasks.carry_on_imports": {"next_at": "history.tasks.next_import_at", "takes_long": True},
    "history.tasks.make_waiting_exports": {"next_at": "history.tasks.next_export_at", "takes_long": True},
    "insights.tasks.send_due_reports": {"takes_long": True},
    "accounts.tasks.warn_of_expiring_tokens": {"every": 600},
    "api.idempotency.forget_old_answers": {"every": 600},
    "integrations.tasks.process_waiting_payloads": {
        "next_at": "integrations.tasks.next_payload_at",
        "has_thread": True,
    },
    "integrations.tasks.check_signatures": {
        "next_at": "integrations.tasks.next_check_at",
        "has_thread": True,
    },
    "integrations.tasks.read_mailboxes": {"next_at": "integrations.tasks.next_mailbox_at"},
    "integrations.tasks.find_silent_heartbeats": {"next_at": "integrations.tasks.next_silence_at"},
    "integrations.tasks.keep_silences": {
        "next_at": "integrations.tasks.next_silence_work_at",
        "has_thread": True,
    },
    "alerts.tasks.route_due_alerts": {"next_at": "alerts.tasks.next_due_at"},
    "integrations.tasks.forget_old_payloads": {"every": 600},
    "signals.tasks.refresh_signals": {"next_at": "signals.tasks.next_refresh_at", "has_thread": True},
    "signals.tasks.answer_trials": {"next_at": "signals.tasks.next_trial_at", "has_thread": True},
    "signals.tasks.forget_old": {"every": 600},
    "automations.tasks.call_targets": {"next_at": "automations.tasks.next_call_at", "has_thread": True},
    "automations.tasks.end_overdue": {"next_at": "automations.tasks.next_end_at"},
    "trackers.tasks.sync_tickets": {"next_at": "trackers.tasks.next_turn_at", "has_thread": True},
    "insights.tasks.make_waiting_pdfs": {"next_at": "insights.tasks.next_pdf_at", "takes_long": True},
}
"""What each worker runs (notifications/worker.py), by dotted path; each repeatable and safe beside itself.

It runs when it is asked for (`wake_worker`), when `next_at` (a dotted path to a function that returns a time or None)
says so, and after `every` seconds (60) in any case. What `takes_long` runs beside the others, two such jobs at once;
what `has_thread` has a thread of its own.
"""

"""Who gets through by which operation about incidents, services, status pages and Insights."""

from datetime import UTC, datetime, timedelta
from typing import Any

from incidents.models import Incident
from incidents.workflow import mitigate_incident, report_problem, resolve_incident
from tests import access_table as made
from tests.access_table import COMMANDER, RESPONDER, RESPONDERS, SIGNED_IN
from tests.api.address_records import value
from tests.api.operation_access import Gate, all_like, gets, only, posts, records
from tests.conftest import NOT_SENT

READ, WRITE = gets("incident_detail"), only(RESPONDERS)
OF_CATALOGUE = {"read": gets("catalogue_list"), "write": posts("catalogue_entry")}
OWN = {
    RESPONDER: only(frozenset({RESPONDER}), hides=True),
    COMMANDER: only(frozenset({COMMANDER}), hides=True),
}
"""What is one person's alone; nobody else learns that it is there."""


def ahead(**more: Any) -> str:
    return (datetime.now(UTC) + timedelta(**more)).isoformat()


def reported(w: Any) -> str:
    return report_problem(by=w.stakeholder, title="The shop is slow").reference


def mitigated(w: Any) -> str:
    return mitigate_incident(incident=Incident.objects.get(pk=w.older.pk), by=w.commander).reference


def resolved(w: Any) -> str:
    mitigated(w)
    older = Incident.objects.get(pk=w.older.pk)
    return resolve_incident(incident=older, by=w.commander, waive_reason="x", unsent=NOT_SENT).reference


def signal(w: Any) -> int:
    return made.add_recovery_check(
        incident=w.incident, by=w.commander, title="Errors", kind="signal", minutes=5
    ).pk


def held(w: Any) -> dict[str, int]:
    return {"person": w.commander.pk}


def guest(w: Any) -> dict[str, int]:
    return {"person": made.guest(w, w.incident)}


ANSWERS = {
    "users_affected": "few",
    "criticality": "side",
    "data_at_risk": "no",
    "has_workaround": "no",
    "is_spreading": "no",
}
WINDOW = {"title": "Move", "starts_at": ahead(days=2), "ends_at": ahead(days=2, hours=1), "text": "Slow."}

INCIDENTS: dict[str, Gate] = {
    "list_incidents": gets("incident_list"),
    "get_incident": READ,
    "list_similar_incidents": gets("similar", query="?title=slow"),
    "declare_incident": only(RESPONDERS),  # the page leads a stakeholder on to reporting
    "report_problem": posts("report"),
    "accept_report": posts("accept", at={"incident": reported}),
    "decline_report": posts("decline", at={"incident": reported}),
    "merge_incident": posts("merge", body=lambda w: {"into": w.older.reference}),
    "change_incident": posts("edit_incident"),
    "change_incident_severity": posts("severity"),
    "change_incident_status": posts("status", body={"status": "fixing"}),
    "change_incident_visibility": posts("visibility"),
    "assess_impact": posts("severity", body={"answers": ANSWERS, "override_reason": "We know."}),
    "list_assessments": READ,
    "set_milestones": posts("milestones"),
    "mitigate_incident": posts("mitigated"),
    "resolve_incident": posts(
        "resolution", at={"incident": mitigated}, body={"waive_reason": "x", "unsent": NOT_SENT}
    ),
    "close_incident": posts("closure", at={"incident": resolved}, body={}),
    "reopen_incident": posts("reopening", at={"incident": resolved}),
    "list_affected_services": READ,
    "set_service_impact": posts("services"),
    "list_incident_audit_entries": gets("audit_trail"),
    # people
    "list_incident_roles": READ,
    "assign_role": posts("role"),
    "hand_over_role": posts("role", body=lambda w: {"to": w.responder.pk, "note": "All quiet."}),
    "release_role": posts("release_role", body=held),
    "list_incident_participants": READ,
    "add_incident_participant": posts("people"),
    "revoke_incident_access": posts("remove_person", body=guest),
    "join_incident": posts("participation"),
    "leave_incident": only(SIGNED_IN),  # whoever was added, a stakeholder too
    "mark_incident_seen": posts("catch_up"),
    "list_incident_links": READ,
    "add_incident_link": posts("links"),
    "list_brief_links": READ,
    "create_brief_link": posts("brief_links"),
    "revoke_brief_link": posts("brief_link_revocation"),
    "follow_incident": posts("incident_following"),
    "unfollow_incident": posts("incident_following"),
    # the response
    **all_like(READ, "list_hypotheses", "get_hypothesis", "list_mitigations", "get_mitigation", "list_tasks"),
    **all_like(READ, "get_task", "list_recovery_checks", "get_recovery_check", "list_changes", "get_change"),
    **all_like(posts("hypothesis"), "raise_hypothesis", "move_hypothesis"),
    **all_like(posts("mitigation"), "record_mitigation", "move_mitigation"),
    "add_task": posts("tasks"),
    "assign_task": posts("task_owner"),
    "complete_task": posts("task"),
    "add_recovery_check": posts("recovery_checks", body={"title": "Errors are low", "kind": "test"}),
    "watch_recovery_check": posts("recovery_check", at={"check": signal}),
    "settle_recovery_check": posts("recovery_check"),
    "record_change": posts("changes"),
    "suspect_change": posts("suspicion"),
    "mark_introducing_change": posts("introduction"),
    # the timeline
    **all_like(gets("timeline"), "list_timeline_events", "get_timeline_event"),
    "add_timeline_event": posts("timeline"),
    "add_timeline_gap": posts("gap"),
    "change_timeline_event": posts("event"),
    "remove_timeline_event": posts("removal"),
    "star_timeline_event": posts("star"),
    "export_timeline": gets("timeline_export"),
    **all_like(gets("evidence_item"), "list_evidence", "get_evidence"),
    "attach_evidence": posts("evidence", body={"kind": "log", "title": "Log", "body": "x"}),
    "get_evidence_file": gets("evidence_file"),
    # status updates
    **all_like(READ, "list_status_updates", "get_status_update"),
    "post_status_update": posts(
        "status_update",
        body={
            "audiences": ["stakeholders"],
            "known": "Slow.",
            "unknown": "Why.",
            "next_update_at": ahead(hours=1),
        },
    ),
    "post_no_change": posts("no_change"),
    "approve_status_update": posts("approval", at={"update": lambda w: made.waiting(w, w.incident)}),
    "return_status_update": posts("objection", at={"update": lambda w: made.waiting(w, w.incident)}),
    "withdraw_status_update": posts("withdrawal", at={"update": lambda w: made.waiting(w, w.incident)}),
    "list_status_updates_due": gets("cadence"),
    "snooze_status_update": posts(
        "snooze_update", body={"audience": "stakeholders", "until": ahead(minutes=20), "reason": "Busy."}
    ),
    "request_status_update": posts("update_requests"),
}

AROUND: dict[str, Gate] = {
    # the catalogue
    **records("service", "services", **OF_CATALOGUE),
    **records("severity", "severities", **OF_CATALOGUE),
    **records("role", "roles", **OF_CATALOGUE),
    **records("incident_type", "incident_types", **OF_CATALOGUE),
    **records("checklist_line", "checklist_lines", **OF_CATALOGUE),
    **records("link_template", "link_templates", **OF_CATALOGUE),
    "list_message_templates": gets("message_list"),
    "get_message_template": gets("message_list"),
    "change_message_template": posts("message"),
    **all_like(posts("service_following"), "follow_service", "unfollow_service"),
    # status pages
    **records("status_page", "status_pages", read=gets("status_page"), write=posts("status_page_settings")),
    "change_status_page_look": posts("page_look"),
    "get_status_page_logo": gets("shown_logo"),
    "list_status_page_subscribers": gets("page_subscribers"),
    **records(
        "component_group",
        "component_groups",
        read=gets("status_page"),
        write=posts("component_group"),
        move=posts("component_group_place"),
    ),
    **records(
        "component",
        "components",
        read=gets("status_page"),
        write=posts("component"),
        move=posts("component_place"),
    ),
    "set_component_state": posts("component_state"),
    **all_like(gets("status_page"), "list_maintenances", "get_maintenance"),
    "schedule_maintenance": posts("maintenance_new", body=WINDOW),
    "change_maintenance": posts("maintenance_window", body=WINDOW),
    "add_maintenance_update": posts("maintenance"),
    "change_maintenance_series": posts(
        "maintenance_series", body={**WINDOW, "repetition": {"frequency": "weekly"}}
    ),
    "cancel_maintenance_series": posts("maintenance_series"),
    # Insights
    "get_metrics": gets("insights"),
    "list_counted_incidents": gets("insights_incidents"),
    **all_like(gets("insights_question"), "list_insights_questions", "get_insights_question"),
    "get_insights_question_tables": gets("insights_csv"),
    **records(
        "annotation",
        "annotations",
        read=gets("insights_annotations"),
        write=posts("insights_annotation"),
    ),
    "list_goals": gets("insights"),
    "set_goals": posts("insights_goals"),
    "list_insights_files": gets("insights_pack"),
    "request_insights_file": posts("insights_pdfs"),
    **all_like(gets("insights_pdf"), "get_insights_file", "get_insights_file_content"),
    "list_report_subscriptions": gets("insights_report"),
    "add_report_subscription": posts("insights_report"),
    **all_like(posts("insights_report_ending"), "get_report_subscription", "remove_report_subscription"),
    # what happened
    "list_events": only(SIGNED_IN),
    "list_event_types": only(SIGNED_IN),
    "search": gets("palette", query="?q=slow"),
    # action items
    **all_like(gets("action_list"), "list_action_items"),
    "export_action_items": gets("action_export"),
    "get_action_item_quarter": gets("action_quarter"),
    "add_action_item": posts("action_item_new"),
    "get_action_item": gets("action_item"),
    "list_ticket_trackers": only(SIGNED_IN),
    **all_like(
        gets("item_tickets"), "list_tickets", "get_ticket", "list_ticket_conflicts", "get_ticket_conflict"
    ),
    "create_ticket": posts("ticket_new"),
    "link_ticket": posts("ticket_link"),
    "unlink_ticket": posts("ticket_unlinking"),
    "sync_ticket": posts("ticket_sync"),
    "choose_synced_ticket": posts("ticket_choice"),
    "settle_ticket_conflict": posts("ticket_conflict"),
    "create_tickets": posts(
        "tickets_new",
        body=lambda w: {"items": [value("item", w)], "project": made.tracker_project(w, None)},
    ),
    # signals
    **all_like(
        gets("incident_signals"),
        "list_incident_signals",
        "get_incident_signal",
        "get_signal_samples",
        "list_predictions",
        "get_prediction",
    ),
    "capture_signal": posts("signal_capture", body={}),
    "retry_sources": posts("signals_refresh"),
    "check_by_signal": posts("signal_check", body=lambda w: {"signal": made.signal_of(w, w.incident)}),
    "add_prediction": posts(
        "signal_expectation",
        body=lambda w: {
            "signal": made.signal_of(w, w.incident),
            "mitigation": made.mitigation(w, w.incident),
        },
    ),
    "remove_prediction": posts("expectation_removal"),
    # automations
    **all_like(
        gets("incident_automations"),
        "list_incident_automations",
        "get_incident_automation",
        "list_automation_runs",
        "get_automation_run",
    ),
    "run_automation": posts("automation_start", body={}),
    "confirm_automation_run": posts("run_confirmation"),
    "refuse_automation_run": posts("run_refusal", body={}),
    "repeat_automation_run": posts(
        "run_repetition", at={"automation_run": lambda w: made.failed_run(w, w.incident)}
    ),
    "list_alerts": gets("alert_list"),
    "get_alert": gets("alert"),
    "acknowledge_alert": posts("alert_acknowledgement"),
    "acknowledge_alerts": posts("alert_acknowledgements", body=lambda w: {"alerts": []}),
    "list_noisy_alert_rules": gets("noisy_rules"),
    "list_alert_routes": gets("alert_routes"),
    "get_alert_route": gets("alert_routes"),
    "mark_noise": posts("alert_noise"),
    "list_alert_silences": gets("alert"),
    "get_alert_silence": gets("alert"),
    "silence_alert": posts("alert_silence", body={}),
    "end_alert_silence": posts("alert_silence_end"),
    "attach_alert": posts("alert_attachment", body=lambda w: {"incident": w.incident.reference}),
    "detach_alert": posts("alert_detachment"),
    "change_action_item": posts("action_item_details"),
    "move_action_item": posts("action_state", body={"state": "in_progress"}),
    "answer_action_item_helped": posts("action_helped"),
    "bulk_change_action_items": posts(
        "action_bulk", body=lambda w: {"items": [value("item", w)], "priority": "P1"}
    ),
}

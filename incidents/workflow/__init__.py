"""The verbs of an incident. Pages, commands, tasks and the API all use these names."""

from core.conflict import Conflict
from incidents.workflow.approving import approve_status_update, return_status_update, withdraw_status_update
from incidents.workflow.asking import request_update
from incidents.workflow.briefs import create_brief_link, revoke_brief_link
from incidents.workflow.classifying import change_severity, change_status, change_visibility, edit_incident
from incidents.workflow.communicating import post_status_update
from incidents.workflow.declaring import (
    accept_report,
    declare_incident,
    decline_report,
    report_problem,
)
from incidents.workflow.impact import assess_impact, set_service_impact
from incidents.workflow.investigating import (
    add_link,
    add_task,
    assign_task,
    complete_task,
    mark_introducing_change,
    move_hypothesis,
    raise_hypothesis,
    receive_change,
    record_change,
    suspect_change,
)
from incidents.workflow.merging import merge_incident
from incidents.workflow.milestones import set_milestones
from incidents.workflow.mitigating import mitigate_incident, move_mitigation, record_mitigation
from incidents.workflow.no_change import post_no_change
from incidents.workflow.people import (
    add_person,
    assign_role,
    end_presence,
    hand_over_role,
    join_incident,
    leave_incident,
    mark_seen,
    note_activity,
    note_presence,
    release_role,
    revoke_access,
)
from incidents.workflow.reminding import reminder_stands
from incidents.workflow.reopening import reopen_incident
from incidents.workflow.resolving import close_incident, resolve_incident
from incidents.workflow.saved_views import delete_view, save_view
from incidents.workflow.snoozing import snooze_update
from incidents.workflow.transitions import FormUsed
from incidents.workflow.verifying import add_recovery_check, settle_recovery_check, watch_recovery_check

__all__ = [
    "Conflict",
    "FormUsed",
    "accept_report",
    "add_link",
    "add_person",
    "add_recovery_check",
    "add_task",
    "approve_status_update",
    "assess_impact",
    "assign_role",
    "assign_task",
    "change_severity",
    "change_status",
    "change_visibility",
    "close_incident",
    "complete_task",
    "create_brief_link",
    "declare_incident",
    "decline_report",
    "delete_view",
    "edit_incident",
    "end_presence",
    "hand_over_role",
    "join_incident",
    "leave_incident",
    "mark_introducing_change",
    "mark_seen",
    "merge_incident",
    "mitigate_incident",
    "move_hypothesis",
    "move_mitigation",
    "note_activity",
    "note_presence",
    "post_no_change",
    "post_status_update",
    "raise_hypothesis",
    "receive_change",
    "record_change",
    "record_mitigation",
    "release_role",
    "reminder_stands",
    "reopen_incident",
    "report_problem",
    "request_update",
    "resolve_incident",
    "return_status_update",
    "revoke_access",
    "revoke_brief_link",
    "save_view",
    "set_milestones",
    "set_service_impact",
    "settle_recovery_check",
    "snooze_update",
    "suspect_change",
    "watch_recovery_check",
    "withdraw_status_update",
]

"""What was changed, by whom, from where: chains that are only added to."""

from typing import Any

from api.fields import Body, optional_text
from api.operations.administrators import administrators
from api.operations.incidents import INCIDENT
from api.registry import Call, listing
from api.shapes.history import AuditEntryShape
from audit.workflow import INSTALLATION


class AuditQuery(Body):
    action = optional_text(64, help_text="Such as person.changed.")


def _of(call: Call, chain: str) -> Any:
    entries = AuditEntryShape.rows(call.user).filter(chain=chain)
    return entries.filter(action=call.query["action"]) if call.query.get("action") else entries


listing(
    "audit-entries",
    AuditEntryShape,
    administrators(lambda call: _of(call, INSTALLATION)),
    name="list_audit_entries",
    summary="What was changed in the installation, newest first. Administrators only.",
    query=AuditQuery,
    scope="admin",
    tag="Administration",
)
listing(
    f"{INCIDENT}/audit-entries",
    AuditEntryShape,
    lambda call: _of(call, call["incident"].chain),
    name="list_incident_audit_entries",
    summary="What was changed on the incident, newest first.",
    query=AuditQuery,
)

"""The statuses of an incident, what the public reads for them, and its milestones."""

from django.db import models
from django.db.models import Q


class Status(models.TextChoices):
    TRIAGE = "triage", "Suspected"
    INVESTIGATING = "investigating", "Investigating"
    FIXING = "fixing", "Fixing"
    MITIGATED = "mitigated", "Mitigated"
    RESOLVED = "resolved", "Resolved"
    CLOSED = "closed", "Closed"
    DECLINED = "declined", "Declined"
    MERGED = "merged", "Merged"


PUBLIC_WORDING = {
    Status.INVESTIGATING: "Investigating",
    Status.FIXING: "Identified",
    Status.MITIGATED: "Monitoring",
    Status.RESOLVED: "Resolved",
    Status.CLOSED: "Resolved",
}
ACTIVE_STATUSES = (Status.INVESTIGATING, Status.FIXING, Status.MITIGATED)
OPEN_STATUSES = (*ACTIVE_STATUSES, Status.RESOLVED)

MILESTONES = {
    "introduced_at": "Introduced",
    "impact_started_at": "Impact began",
    "detected_at": "Detected",
    "declared_at": "Declared",
    "acknowledged_at": "Acknowledged",
    "mitigated_at": "Mitigated",
    "impact_ended_at": "Impact ended",
    "resolved_at": "Resolved",
    "closed_at": "Closed",
}
LACKS_TIMES = Q(
    Q(detected_at__isnull=True) | Q(mitigated_at__isnull=True),
    source="import",
    is_drill=False,
    impact_started_at__isnull=False,
    resolved_at__isnull=False,
)
"""Imported, with a beginning and an end, and without one of the times between."""

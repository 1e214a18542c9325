from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone

from incidents.models import Incident, Severity, Status

_numbers = count(500_000)


@pytest.fixture
def past(db):
    """`past(minutes=30, days_ago=2)` is an incident whose milestones are written as they are given, in minutes
    from the impact's start; without `resolved` it is still running."""
    severities = {severity.rank: severity for severity in Severity.objects.all()}

    def make(*, days_ago=1.0, rank=3, at=None, **more) -> Incident:
        began = at or timezone.now() - timedelta(days=days_ago)
        names = (
            "introduced",
            "detected",
            "declared",
            "acknowledged",
            "mitigated",
            "impact_ended",
            "resolved",
            "closed",
        )
        times = {
            f"{name}_at": began + timedelta(minutes=more.pop(name)) for name in names if more.get(name) is not None
        }  # fmt: skip
        status = Status.RESOLVED if "resolved_at" in times else Status.FIXING
        facts = (
            {"impact_started_at": began, "declared_at": began, "status": status, "title": "Past"}
            | times
            | more
        )
        return Incident.objects.create(number=next(_numbers), severity=severities[rank], **facts)

    return make

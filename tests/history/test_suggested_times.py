"""How many of the real incidents get a time from their updates, and is everything stored that belongs to it?"""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import F

from audit.models import AuditEntry, first_broken_link
from incidents.models import Incident
from insights import missing_times
from tests.history.test_import_real_history import metrics
from timeline.models import Kind, TimelineEvent

PUBLIC = Path(settings.BASE_DIR).parent / "shared" / "data" / "github_incidents.jsonl"
BEFORE, AFTER, OF = 0, 193, 490  # incidents whose time to mitigate is known
pytestmark = pytest.mark.django_db


def accept_all(user) -> int:
    return missing_times.accept_suggested_times(by=user, rows=missing_times.find(user).rows)


def test_coverage_of_time_to_mitigate_rises_from_nothing(imported, responder):
    if not PUBLIC.exists():
        pytest.skip(f"the shared history is not beside the checkout ({PUBLIC})")
    imported(PUBLIC)
    assert metrics()["all"]["time_to_mitigate"]["count"] == BEFORE
    mitigate, detect = missing_times.coverage(responder, missing_times.find(responder))
    assert (mitigate.known, mitigate.after, mitigate.of) == (BEFORE, AFTER, OF)
    assert (detect.known, detect.after, detect.of) == (0, 0, OF)
    assert missing_times.starts_with_the_first_update(responder) == OF

    assert accept_all(responder) == AFTER
    cell = metrics()["all"]["time_to_mitigate"]
    assert (cell["count"], cell["coverage"]) == (AFTER, pytest.approx(AFTER / OF))
    known = Incident.objects.filter(mitigated_at__isnull=False)
    assert not known.exclude(
        impact_started_at__lte=F("mitigated_at"), mitigated_at__lte=F("resolved_at")
    ).exists()
    assert all(one.milestone_basis["mitigated_at"]["source"] == "estimate" for one in known)
    shown = TimelineEvent.objects.filter(kind=Kind.MILESTONE, data__milestone="mitigated_at")
    assert shown.filter(detail__startswith="estimated from the status update “").count() == AFTER
    assert AuditEntry.objects.filter(action="milestones.set").count() == AFTER
    for one in known[:20]:
        assert first_broken_link(AuditEntry.objects.filter(chain=one.chain).order_by("sequence")) is None

    assert accept_all(responder) == 0
    assert AuditEntry.objects.filter(action="milestones.set").count() == AFTER


def test_times_of_the_file_stand(imported, responder, written):
    """An import that knows when an incident was mitigated is suggested nothing for it."""
    from_file = {
        "id": "k1", "title": "Search is slow", "impact": "minor", "components": [],
        "started_at": "2024-03-01T10:00:00Z", "resolved_at": "2024-03-01T11:30:00Z",
        "updates": [
            {"at": "2024-03-01T10:00:00Z", "status": "Investigating", "message": "We are looking."},
            {"at": "2024-03-01T10:30:00Z", "status": "Monitoring", "message": "We have deployed a fix."},
            {"at": "2024-03-01T11:30:00Z", "status": "Resolved", "message": "It is over."},
        ],
    }  # fmt: skip
    imported(written(json.dumps(from_file)))
    assert Incident.objects.get().mitigated_at
    assert not missing_times.find(responder).rows

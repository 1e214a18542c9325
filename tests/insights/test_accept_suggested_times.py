"""Who may accept suggested times, what is stored with them, and what stays as it is?"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from audit.models import AuditEntry
from incidents.models import Audience, Incident, Participation, Status, StatusUpdate
from incidents.workflow import set_milestones
from insights.missing_times import accept_suggested_times, coverage, find
from timeline.models import Kind

pytestmark = pytest.mark.django_db
FIXED = "We have deployed a fix and are monitoring."


@pytest.fixture
def old(past, admin):
    """`old(**fields)` is an imported incident: impact, an update after 10 minutes, a fix after 40, over after 90."""

    def make(**fields) -> Incident:
        began = timezone.now().replace(microsecond=0) - timedelta(days=9)
        known = {"at": began, "declared": 10, "resolved": 90, "source": Incident.Source.IMPORT}
        facts = known | {"status": Status.CLOSED} | fields
        incident = past(**{name: value for name, value in facts.items() if value is not None})
        for minutes, text in ((10, "We are investigating reports of errors."), (40, FIXED)):
            StatusUpdate.objects.create(
                incident=incident, audiences=[Audience.RESPONDERS], known=text, status=Status.INVESTIGATING,
                severity=incident.severity, author=admin,
                posted_at=began + timedelta(minutes=minutes), leaves_at=began,
            )  # fmt: skip
        return incident

    return make


def accept(user, found=None) -> int:
    return accept_suggested_times(by=user, rows=(found or find(user)).rows)


def minutes(incident, name) -> float:
    return (getattr(incident, name) - incident.impact_started_at).total_seconds() / 60


def test_accepting_stores_estimates_with_their_source(old, responder):
    incident = old()
    assert accept(responder) == 2
    incident.refresh_from_db()
    assert (minutes(incident, "detected_at"), minutes(incident, "mitigated_at")) == (10, 40)
    assert incident.milestone_basis["mitigated_at"] == {"source": "estimate", "words": FIXED.rstrip(".")}
    event = incident.timeline.get(kind=Kind.MILESTONE, data__milestone="mitigated_at")
    assert event.detail == f"estimated from the status update “{FIXED.rstrip('.')}”"
    assert (event.occurred_at, event.actor) == (incident.mitigated_at, responder)
    entry = AuditEntry.objects.get(action="milestones.set", subject=incident.reference)
    assert entry.changes["basis"]["mitigated_at"]["source"] == "estimate"


def test_again_changes_nothing(old, responder):
    incident = old()
    found = find(responder)
    assert accept(responder, found) == 2
    incident.refresh_from_db()
    version, entries = incident.version, AuditEntry.objects.count()
    assert accept(responder, found) == 0
    assert accept(responder) == 0
    incident.refresh_from_db()
    assert (incident.version, AuditEntry.objects.count()) == (version, entries)


def test_a_time_entered_since_stands(old, commander, responder):
    incident = old()
    found = find(responder)
    by_hand = incident.impact_started_at + timedelta(minutes=35)
    set_milestones(incident=incident, by=commander, moments={"mitigated_at": by_hand})
    assert accept(responder, found) == 1
    incident.refresh_from_db()
    assert incident.mitigated_at == by_hand
    assert minutes(incident, "detected_at") == 10


def test_a_time_out_of_order_is_not_stored(old, commander, responder):
    """A detection after the fix, entered since, contradicts the suggested mitigation."""
    incident = old()
    found = find(responder)
    late = incident.impact_started_at + timedelta(minutes=60)
    set_milestones(incident=incident, by=commander, moments={"detected_at": late})
    assert accept(responder, found) == 0
    incident.refresh_from_db()
    assert incident.mitigated_at is None


def test_a_time_that_somebody_called_unknown_is_not_suggested(old, responder):
    unknown = {"mitigated_at": {"source": "unknown"}, "detected_at": {"source": "unknown"}}
    old(milestone_basis=unknown)
    assert not find(responder).rows


def test_only_imported_incidents_that_are_over_are_read(old, responder):
    old(source=Incident.Source.PERSON)
    old(status=Status.FIXING, resolved=None)
    old(is_drill=True)
    assert find(responder).read == 0


def test_stakeholders_cannot_accept(old, stakeholder, responder):
    incident = old()
    with pytest.raises(PermissionDenied):
        accept_suggested_times(by=stakeholder, rows=find(responder).rows)
    incident.refresh_from_db()
    assert incident.mitigated_at is None


def test_a_private_incident_is_read_and_written_by_those_on_it_only(old, commander, outsider):
    incident = old(is_private=True)
    Participation.objects.create(
        incident=incident, user=commander, joined_at=timezone.now(), last_active_at=timezone.now()
    )
    assert not find(outsider).rows
    assert accept(outsider, find(commander)) == 0
    incident.refresh_from_db()
    assert incident.mitigated_at is None
    assert accept(commander) == 2


def test_coverage_before_and_after(old, responder):
    old()
    old(mitigated=30)
    old(status=Status.FIXING, resolved=None)  # still running: it counts as covered, as it does in Insights
    mitigate, detect = coverage(responder, find(responder))
    assert (mitigate.known, mitigate.after, mitigate.of) == (2, 3, 3)
    assert (detect.known, detect.after) == (0, 2)
    accept(responder)
    assert [one.known for one in coverage(responder)] == [3, 2]


def test_finding_and_storing_ask_the_database_seldom(old, responder, django_assert_max_num_queries):
    for _n in range(5):
        old()
    with django_assert_max_num_queries(4):
        found = find(responder)
    with django_assert_max_num_queries(5 * 22):
        assert accept(responder, found) == 10

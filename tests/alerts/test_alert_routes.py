"""Does each option of a route do what it says?"""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.models import Alert, Route
from alerts.workflow import (
    add_alert_route,
    attach_alert,
    change_alert_route,
    remove_alert_route,
    route_due_alerts,
)
from incidents.models import Incident, IncidentType, Service
from incidents.workflow import declare_incident
from integrations.workflow import create_integration, delete_integration
from statuspages.models import Component, ScheduledMaintenance, StatusPage
from tests.alerts.conftest import firing, minute, resolved
from timeline.models import TimelineEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def route(admin):
    """`route(becomes=…)` adds one at the end."""

    def add(name="Database", **said) -> Route:
        return add_alert_route(by=admin, name=name, **{"becomes": "suspect"} | said)

    return add


@pytest.fixture
def payments(db) -> Service:
    return Service.objects.create(name="Payments", slug="payments")


def decided(key="disk") -> tuple[str, str]:
    alert = Alert.objects.get(dedup_key=key)
    return alert.decision, alert.route.name if alert.route else ""


def test_the_first_that_matches_decides(tell, route):
    route("Other title", title_words=["queue"])
    route("Disks", title_words=["DISK"], becomes="record")
    route("All")
    assert tell(firing(severity="critical"), at=0).opened == []
    assert decided() == ("recorded", "Disks")


def test_where_none_matches_the_integration_decides_as_before(tell, route):
    route(severities=["page"])
    assert len(tell(firing(severity="critical"), at=0).opened) == 1
    assert decided() == ("suspected", "")


def test_one_that_is_off_matches_nothing(tell, route):
    route(is_active=False, becomes="record")
    assert len(tell(firing(severity="critical"), at=0).opened) == 1


@pytest.mark.parametrize(
    ("said", "does"),
    [
        ({"severities": ["Critical"]}, True),
        ({"severities": ["page"]}, False),
        ({"labels": ["zone = eu-*"]}, True),
        ({"labels": ["zone != eu-*"]}, False),
        ({"labels": ["zone = eu-1", "tier != gold"]}, True),
        ({"title_words": ["disk", "full"]}, True),
        ({"title_without": ["full"]}, False),
        ({"expression": "labels.zone == 'eu-1' && severity == 'critical'"}, True),
        ({"expression": "labels.zone == 'us-1'"}, False),
        ({"expression": "sum(title)"}, False),  # fails on every alert
    ],
)
def test_what_it_matches(tell, route, said, does):
    route(becomes="record", **said)
    tell(firing(severity="critical", labels={"zone": "eu-1"}), at=0)
    assert (decided() == ("recorded", "Database")) is does


def test_it_asks_for_integrations_and_services(tell, route, integration, payments):
    route("Payments", services=[payments], integrations=[integration], becomes="record")
    tell(firing("one", service="payments", severity="critical"), firing("two", severity="critical"), at=0)
    assert decided("one") == ("recorded", "Payments")
    assert decided("two")[1] == ""


def test_one_whose_integrations_or_services_are_gone_matches_nothing(tell, route, admin, payments):
    other = create_integration(by=admin, kind="generic", name="Other")[0]
    of_integration = route("Other", integrations=[other], becomes="record")
    of_service = route("Payments", services=[payments], becomes="record")
    delete_integration(by=admin, integration=other)
    payments.delete()
    tell(firing(severity="info"), at=0)
    assert decided()[1] == ""
    assert (of_integration.matches_nothing, of_service.matches_nothing) == (True, True)
    changed = change_alert_route(by=admin, alert_route=of_service, services=[])
    assert not changed.matches_nothing


def test_it_declares_with_severity_and_type_by_severity_word(tell, route, severity, payments):
    kind = IncidentType.objects.create(name="Outage")
    said = {"page": {"becomes": "declare", "severity": severity(1)}}
    route(becomes="record", outcomes=said, incident_type=kind)
    (incident,) = tell(firing(severity="PAGE", service="payments"), at=0).opened
    assert (incident.severity, incident.incident_type, incident.status) == (
        severity(1),
        kind,
        "investigating",
    )
    assert incident.commander is None
    assert list(incident.affected_services.values_list("service__slug", flat=True)) == ["payments"]
    event = TimelineEvent.objects.get(incident=incident, kind="alert")
    assert (event.text, event.detail) == ("Disk is full", "By the alert route “Database”")
    assert decided() == ("declared", "Database")


def test_a_suspected_one_has_the_severity_of_the_route(tell, route, severity):
    route(severity=severity(3))
    (incident,) = tell(firing(), at=0).opened
    assert (incident.severity, incident.status) == (severity(3), "triage")


def test_it_only_attaches(tell, route, payments, commander, severity):
    route(becomes="attach")
    tell(firing("before", service="payments", severity="critical"), at=0)
    assert decided("before") == ("recorded", "Database")
    incident = declare_incident(by=commander, title="Slow", severity=severity(2), services=[payments])
    tell(firing("after", service="payments"), at=1)
    assert decided("after") == ("attached", "Database")
    assert list(incident.alerts.values_list("dedup_key", flat=True)) == ["after"]


def test_alerts_of_a_group_make_one_incident_within_the_window(tell, route):
    route(group_by="labels", group_labels=["cluster"], window_minutes=10)
    for n, at in enumerate((0, 8, 16)):
        tell(firing(f"eu {n}", at=at, labels={"cluster": "eu"}), at=at)
    tell(firing("us", at=17, labels={"cluster": "us"}), at=17)
    tell(firing("late", at=40, labels={"cluster": "eu"}), at=40)
    counts = [one.alerts.count() for one in Incident.objects.order_by("number")]
    assert counts == [3, 1, 1]


def test_a_storm_makes_one_incident_with_a_count(tell, route):
    route(group_by="labels", group_labels=["cluster"])
    rows = [firing(f"disk {n}", labels={"cluster": "eu"}) for n in range(40)]
    (incident,) = tell(*rows, at=0).opened
    assert incident.alerts.count() == 40
    assert TimelineEvent.objects.filter(incident=incident, kind="alert").count() == 11


def test_it_waits_for_more_firings_of_its_group(tell, route):
    route(times=3, times_minutes=30, group_by="labels", group_labels=["cluster"])
    for n, at in enumerate((0, 40, 50)):  # the first is too long ago when the third comes
        assert tell(firing(f"disk {n}", at=at, labels={"cluster": "eu"}), at=at).opened == []
    assert decided("disk 2") == ("waits", "Database")
    (incident,) = tell(firing("disk 3", at=55, labels={"cluster": "eu"}), at=55).opened
    assert set(incident.alerts.values_list("dedup_key", flat=True)) == {
        "disk 0",
        "disk 1",
        "disk 2",
        "disk 3",
    }


def test_resolutions_are_not_counted(tell, route):
    route(times=2)
    tell(firing(at=0), at=0)
    tell(resolved(at=1), at=1)
    assert not Incident.objects.exists()
    assert len(tell(firing(at=2), at=2).opened) == 1


def test_a_new_occurrence_of_what_fires_already_counts(tell, route):
    route(times=2)
    tell(firing(at=0), at=0)
    assert len(tell(firing(at=5), at=5).opened) == 1


def test_it_waits_until_it_has_fired_long_enough(tell, route):
    route(firing_minutes=5)
    tell(firing("lasts"), firing("ends"), at=0)
    tell(resolved("ends", at=3), at=3)
    assert Alert.objects.get(dedup_key="lasts").check_at == minute(5)
    with time_machine.travel(minute(4), tick=False):
        assert not route_due_alerts(now=minute(4))
    with time_machine.travel(minute(5), tick=False):
        assert route_due_alerts(now=minute(5))
        assert not route_due_alerts(now=minute(5))
    assert decided("lasts") == ("suspected", "Database")
    assert decided("ends") == ("waits", "Database")
    assert Incident.objects.count() == 1


def test_it_is_quiet_while_a_maintenance_runs_and_looks_again(tell, route, payments):
    page = StatusPage.objects.create(name="Page", slug="page")
    work = ScheduledMaintenance.objects.create(
        page=page, title="Work", starts_at=minute(-5), began_at=minute(-5), ends_at=minute(3)
    )
    work.components.add(Component.objects.create(page=page, name="Pay", service=payments))
    route(is_quiet_in_maintenance=True)
    assert tell(firing(service="payments", severity="critical"), at=0).opened == []
    alert = Alert.objects.get()
    assert (alert.decision, alert.check_at, alert.waits_until) == ("quiet", minute(3), minute(3))
    with time_machine.travel(minute(3), tick=False):
        route_due_alerts(now=minute(3))  # it takes longer than was planned
    assert Alert.objects.get().check_at == minute(8)
    work.ended_at = minute(6)
    work.save()
    with time_machine.travel(minute(8), tick=False):
        route_due_alerts(now=minute(8))
    assert decided() == ("suspected", "Database")


def test_what_a_person_attached_is_left_there(tell, route, responder, severity):
    route(firing_minutes=5)
    tell(firing(), at=0)
    incident = declare_incident(by=responder, title="Disk", severity=severity(2))
    attach_alert(alert=Alert.objects.get(), incident=incident, by=responder)
    assert not route_due_alerts(now=minute(9))
    assert Incident.objects.count() == 1


def test_an_account_that_cannot_declare_suspects(tell, route, integration):
    integration.account.installation_role = "stakeholder"
    integration.account.save()
    route(becomes="declare")
    (incident,) = tell(firing(), at=0).opened
    assert incident.status == "triage"
    assert Alert.objects.get().decision_reason == "The account of its integration can’t declare incidents."


def test_alerts_that_wait_are_looked_at_by_the_changed_routes(tell, route, admin):
    one = route(firing_minutes=5)
    tell(firing(), at=0)
    change_alert_route(by=admin, alert_route=one, becomes="record")
    with time_machine.travel(minute(5), tick=False):
        route_due_alerts(now=minute(5))
    assert decided() == ("recorded", "Database")
    remove_alert_route(by=admin, alert_route=one)
    assert decided() == ("recorded", "")


def test_statements_do_not_grow_with_routes_or_stored_alerts(tell, route, integration, payments):
    def count(key, at) -> int:
        with CaptureQueriesContext(connection) as found:
            tell(firing(key, at=at, service="payments", labels={"cluster": "eu"}, severity="info"), at=at)
        return len(found)

    said = {"times": 3, "group_by": "labels", "group_labels": ["cluster"], "is_quiet_in_maintenance": True}
    route(
        "Last", times_minutes=1, **{name: value for name, value in said.items() if name != "times"}, times=100
    )
    first = count("a", 0)
    for n in range(20):
        made = route(f"Route {n}", title_words=["nothing"], services=[payments], **said)
        change_alert_route(by=integration.created_by, alert_route=made, position=1)
    for n in range(30):
        tell(firing(f"more {n}", at=5, service="payments", labels={"cluster": "eu"}), at=5)
    assert count("b", 10) == first


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": ""}, "name"),
        ({"labels": ["nothing"]}, "labels"),
        ({"expression": "["}, "expression"),
        ({"group_by": "labels"}, "group_labels"),
        ({"times": 0}, "times"),
        ({"window_minutes": 10**6}, "window_minutes"),
        ({"becomes": "page"}, "becomes"),
        ({"severities": ["x" * 300]}, "severities"),
        ({"outcomes": {" ": {"becomes": "record"}}}, "outcomes"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(route, said, field):
    with pytest.raises(ValidationError) as refusal:
        route(**said)
    assert field in refusal.value.error_dict
    assert not Route.objects.exists()


def test_times_are_those_of_our_clock(tell, route):
    """A sender that tells of an alert late does not make it due at once."""
    route(firing_minutes=5)
    tell(firing(at=-60), at=0)
    assert Alert.objects.get().check_at == minute(0) + timedelta(minutes=5)

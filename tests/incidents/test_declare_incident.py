import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit import context
from incidents.models import Incident, IncidentLink, LinkTemplate, Status
from incidents.workflow import declare_incident
from timeline.models import Kind, Phase


def test_works(incident, commander, severity):
    assert incident.status == Status.INVESTIGATING
    assert incident.reference == f"INC-{incident.number}"
    assert incident.commander == commander
    assert incident.declared_at == incident.detected_at or incident.detected_at <= incident.declared_at
    assert incident.acknowledged_at is not None
    assert [p.status for p in incident.status_periods.all()] == [Status.INVESTIGATING]
    assert incident.participations.get().user == commander


def test_leaves_its_traces(incident, traces):
    seen = traces(incident)
    seen._before = (0, 0, 0)
    assert seen.texts == ["Declared", "took command"]
    assert seen.actions == ["incident.declared", "role.assigned"]
    assert sorted(seen.topics) == ["incident.declared", "role.assigned"]


def test_lays_out_checklist_and_clocks(incident):
    assert incident.tasks.filter(title__startswith="Publish the first").exists()
    assert not incident.tasks.filter(title__startswith="Freeze").exists()  # for SEV1 only
    assert {s.audience for s in incident.update_schedules.all()} == {"public", "stakeholders", "executives"}


def test_same_form_twice_makes_one(commander, severity):
    form = {"by": commander, "title": "Search is stale", "severity": severity(3), "form_token": uuid.uuid4()}
    assert declare_incident(**form) == declare_incident(**form)
    assert Incident.objects.count() == 1


def test_stakeholder_is_refused(stakeholder, severity):
    with pytest.raises(PermissionDenied):
        declare_incident(by=stakeholder, title="x", severity=severity(1))


def test_inactive_person_is_refused(responder, severity):
    responder.is_active = False
    with pytest.raises(PermissionDenied):
        declare_incident(by=responder, title="x", severity=severity(1))


@pytest.mark.parametrize("title", ["", "   "])
def test_needs_a_title(commander, severity, title):
    with pytest.raises(ValidationError, match="in one line"):
        declare_incident(by=commander, title=title, severity=severity(1))
    assert not Incident.objects.exists()


def test_a_refused_one_leaves_no_gap(commander, severity):
    first = declare_incident(by=commander, title="One", severity=severity(3))
    with pytest.raises(ValidationError):
        declare_incident(by=commander, title="", severity=severity(3))
    assert declare_incident(by=commander, title="Two", severity=severity(3)).number == first.number + 1


def test_may_have_begun_earlier(commander, severity, ago):
    incident = declare_incident(
        by=commander,
        title="x",
        severity=severity(2),
        impact_started_at=ago(minutes=20),
        detected_at=ago(minutes=25),
    )
    assert incident.is_detected_early
    rows = incident.timeline.filter(kind=Kind.MILESTONE).oldest_first()
    assert [(r.text, r.phase) for r in rows] == [
        ("Detected", Phase.DETECTED),
        ("Impact began", ""),
        ("Declared", ""),
    ]


@pytest.mark.parametrize("field", ["impact_started_at", "detected_at"])
def test_nothing_begins_in_the_future(commander, severity, field):
    with pytest.raises(ValidationError, match="future") as error:
        declare_incident(
            by=commander, title="x", severity=severity(2), **{field: context.now() + timedelta(minutes=1)}
        )
    assert field in error.value.message_dict


def test_without_a_commander(commander, severity):
    incident = declare_incident(by=commander, title="x", severity=severity(2), takes_command=False)
    assert incident.commander is None
    assert incident.acknowledged_at is None
    assert incident.participations.filter(user=commander).exists()


def test_services_are_affected_since_the_impact_began(commander, severity, service, ago):
    incident = declare_incident(
        by=commander, title="x", severity=severity(2), services=[service], impact_started_at=ago(minutes=9)
    )
    affected = incident.affected_services.get()
    assert (affected.impact, affected.started_at) == ("degraded", incident.impact_started_at)


def test_links_are_filled_with_the_reference(commander, severity, service):
    LinkTemplate.objects.create(label="Channel", url_template="https://chat.example/{reference}")
    LinkTemplate.objects.create(
        label="Runbook", url_template="https://wiki.example/{service}", service=service
    )
    LinkTemplate.objects.create(label="Always", url_template="https://x.example/{number}/{severity}")
    other = declare_incident(by=commander, title="x", severity=severity(2))
    assert other.links.count() == 2
    incident = declare_incident(by=commander, title="x", severity=severity(2), services=[service])
    urls = dict(IncidentLink.objects.filter(incident=incident).values_list("label", "url"))
    assert urls == {
        "Channel": f"https://chat.example/inc-{incident.number}",
        "Runbook": "https://wiki.example/payments",
        "Always": f"https://x.example/{incident.number}/sev2",
    }

"""Do people find alerts, and can responders act on them?"""

import pytest
from django.urls import reverse

from alerts.models import Alert, AlertChange, AlertState
from audit.models import AuditEntry
from incidents.workflow import declare_incident
from tests.alerts.conftest import firing, minute, resolved
from timeline.models import TimelineEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(tell) -> Alert:
    tell(firing(severity="warning", labels={"host": "db-1"}), at=0)
    return Alert.objects.get()


def titles(client, query="") -> list[str]:
    page = client.get(f"/alerts/{query}").context
    return [alert.title for _state, _name, alerts in page["groups"] for alert in alerts]


def test_the_list_shows_what_is_open(client, stakeholder, tell, alert):
    tell(firing("over", title="Queue is long"), at=1)
    tell(resolved("over", at=2), at=2)
    client.force_login(stakeholder)
    assert titles(client) == ["Disk is full"]
    assert titles(client, "?state=resolved") == ["Queue is long"]
    assert titles(client, "?state=&q=queue") == ["Queue is long"]
    assert titles(client, "?q=host=db-1") == ["Disk is full"]
    assert titles(client, "?q=host=db-2") == []


def test_a_page_tells_all_of_it(client, stakeholder, alert):
    client.force_login(stakeholder)
    page = client.get(alert.get_absolute_url()).content.decode()
    for said in ("Disk is full", "Monitoring", "warning", "db-1", "×1", "Firing"):
        assert said in page
    assert "Acknowledge</button>" not in page


def test_a_responder_acknowledges(client, responder, alert):
    client.force_login(responder)
    client.post(reverse("alert_acknowledgement", args=[alert.pk]))
    client.post(reverse("alert_acknowledgement", args=[alert.pk]))
    alert.refresh_from_db()
    assert (alert.state, alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, responder)
    assert alert.changes.filter(kind=AlertChange.Kind.ACKNOWLEDGED).count() == 1
    assert AuditEntry.objects.filter(action="alert.acknowledged", actor=responder).count() == 1


def test_stakeholders_only_read(client, stakeholder, alert):
    client.force_login(stakeholder)
    for name in ("alert_acknowledgement", "alert_noise", "alert_attachment", "alert_detachment"):
        assert client.post(reverse(name, args=[alert.pk])).status_code == 403


def test_an_alert_is_attached_and_detached(client, responder, alert, severity):
    incident = declare_incident(by=responder, title="Checkout fails", severity=severity(2))
    client.force_login(responder)
    address = reverse("alert_attachment", args=[alert.pk])
    refused = client.post(address, {"incident": "INC-999"})
    assert "There is no incident INC-999 that you can see." in refused.content.decode()
    client.post(address, {"incident": incident.reference.lower()})
    assert list(incident.alerts.all()) == [alert]
    assert "Disk is full" in client.get(incident.get_absolute_url()).content.decode()
    event = TimelineEvent.objects.filter(incident=incident).get(kind="alert")
    assert (event.text, event.occurred_at) == ("Disk is full", minute(0))
    client.post(reverse("alert_detachment", args=[alert.pk]))
    assert not incident.alerts.exists()


def test_what_belongs_to_a_private_incident_stays_with_it(client, commander, responder, alert, severity):
    incident = declare_incident(by=commander, title="Leak", severity=severity(1), is_private=True)
    client.force_login(commander)
    client.post(reverse("alert_attachment", args=[alert.pk]), {"incident": incident.reference})
    assert titles(client) == ["Disk is full"]
    client.force_login(responder)
    assert titles(client) == []
    assert client.get(alert.get_absolute_url()).status_code == 404
    assert client.post(reverse("alert_acknowledgement", args=[alert.pk])).status_code == 404
    client.force_login(commander)
    client.post(reverse("alert_detachment", args=[alert.pk]))
    assert incident.reference in client.get(alert.get_absolute_url()).content.decode()
    client.force_login(responder)
    assert incident.reference not in client.get(alert.get_absolute_url()).content.decode()


def test_noise_is_marked_and_taken_back(client, responder, alert):
    client.force_login(responder)
    client.post(reverse("alert_noise", args=[alert.pk]), {"noise": "yes"})
    assert titles(client, "?state=noise") == ["Disk is full"]
    client.post(reverse("alert_noise", args=[alert.pk]), {"noise": "no"})
    assert titles(client, "?state=noise") == []


def test_a_resolved_alert_is_not_acknowledged(client, responder, tell, alert):
    tell(resolved(at=1), at=1)
    client.force_login(responder)
    page = client.post(reverse("alert_acknowledgement", args=[alert.pk]), follow=True)
    assert "This alert is resolved already." in page.content.decode()


def test_a_test_alert_is_counted_nowhere(client, responder, tell):
    """The head of the list and the sidebar beside it tell the same number."""
    tell(firing("real"), at=0)
    tell(firing("test"), at=0, is_test=True)
    client.force_login(responder)
    page = client.get("/alerts/")
    assert (page.context["firing_told"], page.context["firing_count"]) == ("1", 1)


def test_the_head_counts_what_is_silenced_and_tests(client, responder, tell, alert):
    client.force_login(responder)
    assert "1 firing · 0 acknowledged<" in client.get("/alerts/").content.decode()
    Alert.objects.update(quiet_since=minute(1))
    tell(firing("tried"), at=1, is_test=True)
    page = client.get("/alerts/").content.decode()
    assert "1 firing · 0 acknowledged · 1 silenced · 1 test<" in page


def test_the_history_names_the_incident_only_where_that_changed(client, responder, alert, severity):
    incident = declare_incident(by=responder, title="Disks fill", severity=severity(3))
    client.force_login(responder)
    client.post(reverse("alert_attachment", args=[alert.pk]), {"incident": incident.reference})
    AlertChange.objects.create(alert=alert, kind="silenced", by=responder, incident=incident)
    page = client.get(alert.get_absolute_url()).content.decode()
    history = " ".join(page.split()).replace(" <", "<")
    assert f"Attached to an incident by {responder}, {incident.reference}<" in history
    assert f"Silenced by {responder}<" in history

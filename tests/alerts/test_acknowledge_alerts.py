"""Can responders acknowledge many alerts at once?"""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from alerts.models import Alert, AlertChange, AlertState
from alerts.workflow import acknowledge_alerts, attach_alert
from alerts.workflow.acting import MOST_AT_ONCE
from audit.models import AuditEntry
from incidents.workflow import declare_incident
from tests.alerts.conftest import firing, resolved

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(tell) -> list[Alert]:
    tell(firing("a"), firing("b"), firing("c"), at=0)
    tell(resolved("c", at=1), at=1)
    return list(Alert.objects.order_by("pk"))


def test_those_that_fire_are_acknowledged_and_others_stay(three, responder):
    assert acknowledge_alerts(alerts=three, by=responder) == three[:2]
    assert acknowledge_alerts(alerts=three, by=responder) == []
    states = list(Alert.objects.order_by("pk").values_list("state", "acknowledged_by"))
    assert states == [(AlertState.ACKNOWLEDGED, responder.pk)] * 2 + [(AlertState.RESOLVED, None)]
    assert AlertChange.objects.filter(kind=AlertChange.Kind.ACKNOWLEDGED, by=responder).count() == 2
    assert AuditEntry.objects.filter(action="alert.acknowledged", actor=responder).count() == 2


def test_stakeholders_cannot(three, stakeholder):
    with pytest.raises(PermissionDenied):
        acknowledge_alerts(alerts=three, by=stakeholder)


def test_not_too_many_at_once(three, responder):
    many = [Alert(pk=pk) for pk in range(MOST_AT_ONCE + 1)]
    with pytest.raises(ValidationError, match="at most 100 alerts"):
        acknowledge_alerts(alerts=many, by=responder)


def test_what_is_out_of_reach_stays(three, commander, responder, severity):
    hidden = declare_incident(by=commander, title="Leak", severity=severity(1), is_private=True)
    attach_alert(alert=three[0], incident=hidden, by=commander)
    assert acknowledge_alerts(alerts=three, by=responder) == [three[1]]


def test_the_list_sends_what_is_ticked_and_comes_back(client, three, responder):
    client.force_login(responder)
    page = client.get("/alerts/?q=disk").content.decode()
    assert page.count('type="checkbox" name="alert"') == 2
    ticked = {"alert": [three[0].pk, three[1].pk], "back": "/alerts/?q=disk"}
    answer = client.post(reverse("alert_acknowledgements"), ticked)
    assert (answer.status_code, answer["Location"]) == (302, "/alerts/?q=disk")
    assert "2 alerts acknowledged." in client.get("/alerts/").content.decode()


def test_nothing_ticked_says_so_and_leads_nowhere_else(client, three, responder):
    client.force_login(responder)
    answer = client.post(reverse("alert_acknowledgements"), {"back": "https://evil.example/"}, follow=True)
    assert answer.redirect_chain == [("/alerts/", 302)]
    assert "Select alerts first." in answer.content.decode()


def test_stakeholders_see_no_boxes(client, three, stakeholder):
    client.force_login(stakeholder)
    assert 'name="alert"' not in client.get("/alerts/").content.decode()
    assert client.post(reverse("alert_acknowledgements"), {"alert": three[0].pk}).status_code == 403


def test_many_cost_no_more_statements_than_few(tell, incident, responder, django_assert_max_num_queries):
    tell(*(firing(f"n{number}") for number in range(40)), at=0)
    Alert.objects.update(incident=incident)
    with django_assert_max_num_queries(15):
        assert len(acknowledge_alerts(alerts=list(Alert.objects.all()), by=responder)) == 40

"""Do changes that other systems tell of stand beside the incidents of their service, once?"""

import json
from datetime import UTC, datetime

import pytest

from incidents.models import ChangeEvent, Service
from incidents.workflow import declare_incident
from integrations.models import Payload
from integrations.workflow import create_integration, process_payload, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def pipeline(admin):
    return create_integration(by=admin, kind="change", name="Our pipeline")[0]


def deploy(pipeline, **said) -> Payload:
    now = datetime.now(UTC).isoformat()
    body = {"key": "r1", "title": "Deploy v231", "service": "checkout", "at": now} | said
    payload = receive(integration=pipeline, dialect="change", body=json.dumps(body).encode())
    process_payload(payload.pk)
    payload.refresh_from_db()
    return payload


def test_it_stands_beside_an_incident_of_the_service(client, pipeline, responder, severity):
    service = Service.objects.create(name="Checkout", slug="checkout")
    payload = deploy(pipeline)
    assert (payload.state, payload.outcome) == ("processed", "1 change")
    incident = declare_incident(by=responder, title="Orders fail", severity=severity(2), services=[service])
    client.force_login(responder)
    assert "Deploy v231" in client.get(incident.get_absolute_url()).content.decode()


def test_told_again_it_is_one_change(pipeline):
    deploy(pipeline)
    deploy(pipeline, title="Deploy v231, finished")
    assert ChangeEvent.objects.get().title == "Deploy v231, finished"
    deploy(pipeline, key="r2")
    assert ChangeEvent.objects.count() == 2

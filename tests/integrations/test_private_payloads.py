"""Who reads the body of a payload whose alert belongs to a private incident by now?"""

import json

import pytest
from django.urls import reverse

from alerts.models import Alert
from alerts.workflow import attach_alert
from incidents.models import Participation
from integrations.workflow import process_payload, receive


@pytest.fixture
def payload(made, private_incident):
    """What told of an alert of a private incident."""
    sender, _key = made("generic")
    stored = receive(integration=sender, dialect="generic", body=json.dumps({"title": "Zebra"}).encode())
    process_payload(stored.pk)
    on_it = Participation.objects.filter(incident=private_incident).first().user
    attach_alert(alert=Alert.objects.get(), incident=private_incident, by=on_it)
    return stored


def shown(client, payload) -> str:
    sender = payload.integration_id
    pages = [
        reverse("integration_payload", args=[sender, payload.pk]),
        reverse("integration_mapping", args=[sender]),
        reverse("integration", args=[sender]),
    ]
    return "".join(client.get(page).content.decode() for page in pages)


def test_nobody_who_cannot_see_the_incident(as_admin, payload):
    assert "Zebra" not in shown(as_admin, payload)
    assert "it may be about an alert of a private incident" in shown(as_admin, payload)


def test_again_once_the_alert_belongs_to_none(as_admin, payload):
    Alert.objects.update(incident=None)
    assert "Zebra" in shown(as_admin, payload)


def test_what_came_at_another_time(as_admin, made, payload):
    later = receive(integration=payload.integration, dialect="generic", body=b'{"title": "Horse"}')
    process_payload(later.pk)
    assert "Horse" in shown(as_admin, later)

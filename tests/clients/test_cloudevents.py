"""Does the CloudEvents SDK reach us, in each of its modes?"""

import json
from pathlib import Path

import pytest
from django.conf import settings

from alerts.models import Alert, AlertState
from incidents.models import Service
from integrations.models import Payload, PayloadState
from integrations.tasks import process_waiting_payloads
from integrations.workflow import create_integration
from tests.clients.conftest import run


@pytest.mark.django_db(transaction=True)
def test_binary_structured_and_batched(live_server, admin):
    payments = Service.objects.create(name="Payments", slug="payments")
    _, key = create_integration(by=admin, kind="cloudevents", name="Bus")
    program = Path(__file__).parent / "cloudevents.mjs"
    said = run("node", program, f"{live_server.url}/hooks/", key, folder=Path(settings.BASE_DIR))
    assert json.loads(said) == [202, 202, 202, 202]
    process_waiting_payloads()
    assert set(Payload.objects.values_list("state", flat=True)) == {PayloadState.PROCESSED}
    told = Alert.objects.values_list("title", "state", "severity", "service")
    assert sorted(told) == [
        ("Disk is full", AlertState.RESOLVED, "critical", payments.pk),
        ("Disk is slow", AlertState.FIRING, "critical", payments.pk),
        ("Fourth", AlertState.FIRING, "critical", payments.pk),
        ("Third", AlertState.FIRING, "critical", payments.pk),
    ]

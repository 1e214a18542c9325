"""Do the demo's signals show what happened, from values of its own, and only in the demo?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.models import Service
from incidents.workflow import set_service_impact


@pytest.fixture
def payments(incident, commander):
    """Down since half an hour."""
    service = Service.objects.create(name="Payments API", slug="payments-api")
    ago = timezone.now() - timedelta(minutes=30)
    set_service_impact(incident=incident, service=service, impact="partial_outage", by=commander, at=ago)
    return service


def ask(client, name="payment-errors"):
    now = int(timezone.now().timestamp())
    return client.get(f"/demo/measurements/{name}/", {"start": now - 5400, "end": now})


def test_they_are_worse_while_a_service_is_down(client, settings, payments):
    settings.DEMO = True
    values = [value for _at, value in ask(client).json()["values"]]
    assert max(values[:55]) < 2 < 20 < min(values[70:])
    assert ask(client).json()["values"][:60] == ask(client).json()["values"][:60]


def test_only_in_the_demo(client, db, settings):
    assert ask(client).status_code == 404
    settings.DEMO = True
    assert ask(client, "unknown").status_code == 404
    assert client.get("/demo/measurements/orders/?start=x").status_code == 400

"""A commander at the browser, and an incident whose readers outside received an update."""

from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.models import Service
from incidents.workflow import post_status_update


@pytest.fixture
def service(db) -> Service:
    return Service.objects.create(name="Payments", slug="payments", tier=1)


@pytest.fixture
def client(client, commander):
    client.force_login(commander)
    return client


@pytest.fixture
def updated(incident, commander):
    """The public and stakeholders received an update."""
    post_status_update(
        incident=incident, by=commander, audiences=["public", "stakeholders"], known="Inside.", unknown="Why.",
        public_title="Payments fail", wordings={"public": {"known": "Outside."}},
        next_update_at=timezone.now() + timedelta(minutes=20),
    )  # fmt: skip
    return incident

"""Does a recorded day show on the page as it was told that day?"""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from incidents.models import Incident
from notifications.models import Delivery
from notifications.workflow import expand_next_event
from replay.drive import replay_document
from replay.outcome import describe

SHARED_DAY = Path(settings.BASE_DIR).parent / "shared" / "data" / "golden_day.json"


@pytest.fixture
def day(db, make_page):
    if not SHARED_DAY.exists():
        pytest.skip(f"the shared recorded day is not beside the checkout ({SHARED_DAY})")
    make_page(is_default=True)
    document = json.loads(SHARED_DAY.read_text())
    incident, _ = replay_document(document)
    return document, incident


def test_its_history_has_every_update_of_the_day(day):
    document, incident = day
    client = Client()
    month = client.get(f"/status/shop/history/{document['status_updates'][0]['at'][:7]}").content.decode()
    assert incident.public_title in month
    told = json.loads(client.get("/status/shop/api/v2/incidents.json").content)["incidents"]
    assert len(told) == 1
    updates = told[0]["incident_updates"]
    shown = sorted(u["display_at"][:16] for u in updates)
    assert shown == [u["at"][:16] for u in document["status_updates"]]


def test_its_times_are_right(day):
    document, incident = day
    expected = document["expected_metrics"]["values"]
    metrics = describe(incident)["metrics"]
    for name in ("time_to_first_public_update", "longest_gap_between_public_updates"):
        assert metrics[name] == expected[name]


def test_nobody_is_told_of_a_day_long_past(day):
    while expand_next_event():
        pass
    assert not Delivery.objects.exists()
    assert Incident.objects.get().source == Incident.Source.REPLAY

"""How many bytes of HTML is an incident with twenty events, before it is compressed?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from timeline.models import TimelineEvent

EVENTS = 20


@pytest.mark.parametrize(("status", "most"), [("closed", 60_000), ("investigating", 68_000)])
def test_an_incident_with_twenty_events(client, commander, incident, status, most):
    """One that runs has more to click."""
    now = timezone.now()
    incident.status = status
    incident.save()
    incident.timeline.all().delete()
    TimelineEvent.objects.bulk_create(
        TimelineEvent(
            incident=incident, kind="note", text=f"checkout loses requests; looked at zone {n}", actor=commander,
            recorded_at=now - timedelta(minutes=n), occurred_at=now - timedelta(minutes=n),
        )
        for n in range(EVENTS)
    )  # fmt: skip
    client.force_login(commander)
    page = client.get(incident.get_absolute_url())
    assert page.text.count('<li id="event-') == EVENTS
    assert len(page.content) <= most

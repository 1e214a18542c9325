"""A retrospective of `incident`, with its milestones, begun by the commander."""

from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.workflow import mitigate_incident, resolve_incident, set_milestones
from retros.workflow import start_retrospective


@pytest.fixture
def began():
    """When impact began, to the second: three hours ago."""
    return (timezone.now() - timedelta(hours=3)).replace(microsecond=0)


@pytest.fixture
def over(incident, commander, began):
    """`incident`, resolved: impact began, detected after 5 min, mitigated after 40, resolved after 70."""
    set_milestones(
        incident=incident,
        by=commander,
        moments={"impact_started_at": began, "detected_at": began + timedelta(minutes=5)},
    )
    mitigate_incident(incident=incident, by=commander, at=began + timedelta(minutes=40))
    resolve_incident(
        incident=incident, by=commander, at=began + timedelta(minutes=70), waive_reason="watched elsewhere"
    )
    incident.refresh_from_db()
    return incident


@pytest.fixture
def retrospective(over, commander):
    return start_retrospective(incident=over, by=commander, owner=commander, brings_timeline=False)


@pytest.fixture
def private_retrospective(private_incident, commander):
    return start_retrospective(
        incident=private_incident, by=commander, owner=commander, brings_timeline=False
    )

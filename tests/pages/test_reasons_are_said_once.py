"""Does a page that refuses to resolve or close an incident name each reason once?"""

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from incidents.workflow import mitigate_incident, resolve_incident


@pytest.fixture
def mitigated(client, commander, incident):
    client.force_login(commander)
    return mitigate_incident(incident=incident, by=commander)


def refused(client, name: str, incident) -> str:
    """The text of the page that comes back from an empty form."""
    answer = client.post(reverse(name, args=[incident.reference]), {"sent": "yes"})
    assert "data-errors" in answer.text
    return " ".join(strip_tags(answer.text).split())


def test_an_open_check_stops_resolving(client, mitigated):
    text = refused(client, "resolution", mitigated)
    for check in mitigated.recovery_checks.all():
        assert text.count(f"“{check.title}” is open") == 1
    assert "Complete the checks, or enter a reason for skipping them." in text


def test_a_retrospective_without_owner_stops_closing(client, mitigated, commander):
    resolve_incident(incident=mitigated, by=commander, waive_reason="Known")
    text = refused(client, "closure", mitigated)
    assert "needs a retrospective with an owner" in text
    assert "Choose an owner, or give a reason to close without one." not in text, "the field says it"

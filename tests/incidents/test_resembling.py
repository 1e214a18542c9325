import pytest

from incidents.models import Incident
from incidents.workflow import declare_incident


@pytest.mark.parametrize("title", ["checkout slow", "Checkout is very slow", "the chekout"])
def test_finds_what_sounds_alike(incident, title):
    assert incident in Incident.objects.resembling(title)


def test_leaves_out_what_does_not(incident):
    assert incident not in Incident.objects.resembling("warehouse labels")


def test_open_ones_come_first(closed, commander, severity):
    same = declare_incident(by=commander, title=closed.title, severity=severity(3))
    assert list(Incident.objects.resembling("checkout answers slowly")) == [same, closed]


def test_old_and_closed_ones_are_not_compared(closed, commander, severity, monkeypatch):
    """However many there are, the same number of titles is compared while somebody types."""
    monkeypatch.setattr("incidents.models.incident.RECENT", 2)
    for title in ("Labels are missing", "Mail is late"):
        declare_incident(by=commander, title=title, severity=severity(3))
    assert not Incident.objects.resembling(closed.title)

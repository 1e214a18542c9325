"""An alert that gets worse while it fires: is it looked at again?"""

from dataclasses import replace

import pytest

from alerts.models import Alert, AlertChange
from alerts.observed import Observed, Told
from incidents.models import Incident
from tests.alerts.conftest import firing


def test_a_warning_that_becomes_critical_opens_an_incident(tell):
    tell(firing(severity="warning"))
    assert not Incident.objects.exists()
    tell(firing(severity="critical", at=5, started_at=None), at=5)
    alert = Alert.objects.get()
    assert alert.incident == Incident.objects.get()
    assert (alert.occurrences, alert.severity) == (2, "critical")


def test_also_with_the_same_start(tell):
    said = {"started_at": firing().started_at}
    tell(firing(severity="warning", **said))
    tell(firing(severity="critical", at=5, **said), at=5)
    assert Alert.objects.get().incident is not None
    tell(firing(severity="CRITICAL", at=6, **said), at=6)  # nothing new
    assert AlertChange.objects.filter(kind="fired_again").count() == 1


def test_one_incident_however_often_it_changes(tell):
    for n, word in enumerate(["warning", "critical", "warning", "critical"]):
        tell(firing(severity=word, at=n), at=n)
    assert Incident.objects.count() == 1


@pytest.mark.parametrize("word", ["DOWN", "Sev0", "P0", "CRITICAL", "Disaster"])
def test_words_of_senders_that_are_critical(tell, word):
    tell(firing(severity=word))
    assert Incident.objects.count() == 1


def test_by_an_update_that_acknowledges_nothing(tell):
    """As Zabbix tells it."""
    tell(firing(severity="Average"))
    update = Observed(dedup_key="disk", state=Told.UNACKNOWLEDGED, severity="Disaster")
    tell(update, at=5)
    alert = Alert.objects.get()
    assert (alert.severity, alert.state, alert.incident) == ("Disaster", "firing", Incident.objects.get())
    tell(update, at=6)
    assert AlertChange.objects.filter(kind="fired_again").count() == 1


def test_a_key_of_one_occurrence(tell):
    told = replace(firing(started_at=None), is_one_occurrence=True)
    for n in range(3):
        tell(told, at=n)
    assert Alert.objects.get().occurrences == 1

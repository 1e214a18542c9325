"""An alert that gets worse while it fires: is it looked at again?"""

import pytest

from alerts.models import Alert, AlertChange
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

"""Can the update time be changed by dialog, by page and without JavaScript; and does a tab say what is late?"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from incidents.models import Snooze
from incidents.workflow import mitigate_incident, resolve_incident
from tests.conftest import NOT_SENT


@pytest.fixture
def address(incident):
    return reverse("snooze_update", args=[incident.reference])


def late(incident, minutes):
    due = timezone.now() - timedelta(minutes=minutes)
    incident.update_schedules.filter(audience="stakeholders").update(due_at=due)


def test_another_update_time_is_set(client, incident, commander, address):
    client.force_login(commander)
    response = client.post(address, {"audience": "stakeholders", "minutes": "60", "reason": "Vendor call"})
    assert response.status_code == 302
    made = Snooze.objects.get()
    assert made.until - made.at == timedelta(hours=1) or made.until - made.at < timedelta(hours=1, seconds=5)


def test_in_a_dialog_the_page_stays(client, incident, commander, address):
    client.force_login(commander)
    data = {"audience": "stakeholders", "minutes": "60", "reason": "Vendor call"}
    response = client.post(address, data, headers={"HX-Request": "true"})
    assert (response.status_code, "dialog-close" in response["HX-Trigger"]) == (204, True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"reason": ""}, "This field is required"),
        ({"minutes": "15", "until": "2001-01-01T00:00:00"}, "That is in the past."),
        ({"minutes": "15"}, "Choose a later time"),
        ({"audience": "responders"}, "There is no “responders” to choose for “"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client, incident, commander, address, change, says):
    client.force_login(commander)
    incident.update_schedules.update(due_at=timezone.now() + timedelta(minutes=30))
    data = {"audience": "stakeholders", "minutes": "60", "reason": "x"} | change
    response = client.post(address, data)
    assert response.status_code == 200
    assert says in response.content.decode()
    assert not Snooze.objects.exists()


def test_where_nothing_is_owed_there_is_nothing_to_send(client, incident, commander):
    mitigate_incident(incident=incident, by=commander)
    resolve_incident(incident=incident, by=commander, waive_reason="x", unsent=NOT_SENT)
    client.force_login(commander)
    page = client.get(reverse("snooze_update", args=[incident.reference])).content.decode()
    assert "No update is due at the moment" in page


def test_the_tab_says_what_is_late(client, incident, commander):
    client.force_login(commander)
    assert "<title>INC-" in client.get(incident.get_absolute_url()).content.decode()
    late(incident, 4)
    assert (
        f"<title>(!) 4 min late · {incident.reference} SEV2"
        in client.get(incident.get_absolute_url()).content.decode()
    )
    assert f"<title>(!) 4 min late · {incident.reference} · Home" in client.get("/").content.decode()


def test_home_of_those_who_do_not_owe_it_stays_calm(client, incident, outsider):
    late(incident, 4)
    client.force_login(outsider)
    page = client.get("/").content.decode()
    assert "<title>Home" in page
    assert "4 min overdue" in page  # on the card


def test_the_cadence_page(client, incident, commander, stakeholder):
    late(incident, 4)
    client.force_login(stakeholder)
    page = client.get(reverse("cadence", args=[incident.reference])).content.decode()
    assert page.count("<svg xmlns") == 2
    assert "4 min overdue" in page
    assert "not yet" in page
    assert "Change update time" not in page

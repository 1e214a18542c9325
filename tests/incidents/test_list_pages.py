"""Does the list page by key, count only so far, and keep views for their owner?"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident, SavedView
from incidents.workflow import declare_incident
from shell.views import listing
from tests.asked import asked_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(commander, severity):
    first = declare_incident(by=commander, title="Incident 1", severity=severity(3))
    others = [
        Incident(number=first.number + n, title=f"Incident {n}", severity=severity(3), status="closed")
        for n in range(1, 120)
    ]
    return [first, *Incident.objects.bulk_create(others)]


def numbers(response) -> list[int]:
    return [incident.number for incident in response.context["rows"]]


def link(response, label: str) -> str | None:
    match = re.search(rf'href="([^"]*)"[^>]*>{label}</a>', response.content.decode())
    return "/incidents/" + match[1].replace("&amp;", "&") if match else None


def test_every_incident_is_on_one_page_down_and_up_again(client, commander, many):
    client.force_login(commander)
    wanted = sorted((i.number for i in many), reverse=True)
    page, seen, back = client.get("/incidents/?q=incident"), [], []
    while True:
        seen += numbers(page)
        if (older := link(page, "Older")) is None:
            break
        assert "q=incident" in older
        page = client.get(older)
    assert seen == wanted
    while newer := link(page, "Newer"):
        page = client.get(newer)
        back = numbers(page) + back
    assert back == wanted[: len(back)]
    assert len(back) == 70 or len(back) == 100


def test_no_page_counts_its_way_to_where_it_begins(client, commander, many):
    client.force_login(commander)
    with CaptureQueriesContext(connection) as queries:
        client.get("/incidents/", {"below": many[60].number})
    assert not any("OFFSET" in asked for asked in asked_of(queries))


def test_count_ends_at_its_cap(client, commander, many, monkeypatch):
    client.force_login(commander)
    assert "120</span>" in client.get("/incidents/").content.decode()
    monkeypatch.setattr(listing, "COUNTED", 100)
    assert "100+</span>" in client.get("/incidents/").content.decode()


@pytest.mark.parametrize("value", ["-1", "x", "9" * 30, "٣", ""])
def test_odd_keys_are_ignored(client, commander, incident, value):
    client.force_login(commander)
    assert numbers(client.get("/incidents/", {"above": value})) in ([incident.number], [])
    assert client.get("/incidents/", {"below": value}).status_code == 200


def test_problem_is_told_beside_the_results(client, commander, incident):
    client.force_login(commander)
    page = client.get("/incidents/", {"q": "colour:red"}).content.decode()
    assert "There is no “colour:”" in page
    assert "There is no “colour:”" in client.get("/palette", {"q": "colour:red"}).content.decode()


def test_view_is_kept_for_its_owner_alone(client, commander, responder, incident):
    client.force_login(commander)
    client.post(
        "/incidents/views/", {"name": " Worst  open ", "query": "q=sev1+open&below=7&status=&next=//evil"}
    )
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Worst open", "q=sev1+open")
    assert "Worst open" in client.get("/incidents/").content.decode()
    client.post("/incidents/views/", {"name": "Worst open", "query": "q=sev2"})
    assert SavedView.objects.get().query == "q=sev2"
    assert "Worst open" in client.get("/palette", {"q": "worst"}).content.decode()
    client.force_login(responder)
    assert "Worst open" not in client.get("/incidents/").content.decode()
    assert "Worst open" not in client.get("/palette", {"q": "worst"}).content.decode()
    assert client.post(f"/incidents/views/{view.pk}/deletion/").status_code == 404
    client.force_login(commander)
    client.post(f"/incidents/views/{view.pk}/deletion/")
    assert not SavedView.objects.exists()


def test_view_without_a_name_is_refused(client, commander):
    client.force_login(commander)
    page = client.post("/incidents/views/", {"name": " ", "query": "q=sev1"}, follow=True).content.decode()
    assert "Give it a name." in page
    assert not SavedView.objects.exists()

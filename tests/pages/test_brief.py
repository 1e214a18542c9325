"""What does the brief show, to whom, and can its readers ask?"""

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.models import Installation
from incidents.brief_address import brief_address
from incidents.models import Incident, Service, UpdateRequest
from incidents.workflow import (
    create_brief_link,
    post_status_update,
    request_update,
    revoke_brief_link,
    set_service_impact,
)


@pytest.fixture(autouse=True)
def no_tries_yet(db):
    cache.clear()


def post(incident, by, known, *, out=True, **more):
    return post_status_update(
        incident=incident, by=by, audiences=more.pop("audiences", ["stakeholders"]), known=known, unknown="y",
        next_update_at=timezone.now() + timedelta(minutes=30),
        published_at=timezone.now() if out else None, **more,
    )  # fmt: skip


def signed(incident, by, **more) -> str:
    link = create_brief_link(incident=incident, by=by, **more)
    return urlsplit(brief_address(link)).path


def read(client, incident) -> str:
    return client.get(reverse("brief", args=[incident.reference])).content.decode()


def test_only_what_has_left(client, incident, commander, stakeholder):
    post(incident, commander, "It is slow.")
    post(incident, commander, "Taken back perhaps.", out=False)
    client.force_login(stakeholder)
    page = read(client, incident)
    assert "It is slow." in page
    assert "Taken back perhaps." not in page


def test_the_words_are_those_of_the_audience(client, incident, commander):
    words = {"executives": {"known": "Revenue is down a third."}}
    post(incident, commander, "Pods crash.", audiences=["executives"], wordings=words)
    page = client.get(signed(incident, commander, audience="executives")).content.decode()
    assert "Revenue is down a third." in page
    assert "Pods crash." not in page


def test_a_link_to_what_is_private_has_ended_and_none_is_offered(client, incident, commander):
    address = signed(incident, commander)
    Incident.objects.filter(pk=incident.pk).update(is_private=True)
    answer = client.get(address)
    assert (answer.status_code, incident.title in answer.text) == (410, False)
    assert client.post(f"{address}update-requests/").status_code == 410
    client.force_login(commander)
    assert "Create link" not in read(client, incident)
    refused = client.post(reverse("brief_links", args=[incident.reference]), follow=True)
    assert "A private incident has no link" in refused.text
    assert incident.brief_links.count() == 1


def test_asking_signed_in(client, incident, stakeholder):
    client.force_login(stakeholder)
    response = client.post(
        reverse("update_requests", args=[incident.reference]), {"question": "Can we ship?"}, follow=True
    )
    assert "You have asked for an update" in response.content.decode()
    assert UpdateRequest.objects.get().question == "Can we ship?"


def test_asking_by_a_link(client, incident, commander):
    address = signed(incident, commander)
    for _ in range(2):
        page = client.post(f"{address}update-requests/", {"question": ""}, follow=True).content.decode()
    assert "You have asked for an update" in page
    asked = UpdateRequest.objects.get()
    assert (asked.person, asked.link_id is not None) == (None, True)
    assert "127.0.0.1" not in asked.visitor


def test_asking_often_is_refused(client, incident, commander):
    address = signed(incident, commander)
    answers = [client.post(f"{address}update-requests/").status_code for _ in range(11)]
    assert answers == [302] * 10 + [429]


def test_a_revoked_link_asks_nothing(client, incident, commander):
    address = signed(incident, commander)
    revoke_brief_link(link=incident.brief_links.get(), by=commander)
    assert client.post(f"{address}update-requests/").status_code == 410
    assert not UpdateRequest.objects.exists()


def test_the_composer_says_who_asks(client, incident, commander, stakeholder):
    request_update(incident=incident, by=stakeholder, question="Can we ship?")
    client.force_login(commander)
    page = client.get(reverse("status_update", args=[incident.reference])).content.decode()
    assert "1 person asks for the stakeholder update" in page
    assert "Can we ship?" in page
    assert "1 person asks for an update" in client.get(incident.get_absolute_url()).content.decode()


def test_a_long_question_is_refused_in_words(client, incident, stakeholder):
    client.force_login(stakeholder)
    page = client.post(
        reverse("update_requests", args=[incident.reference]), {"question": "x" * 301}, follow=True
    )
    assert "300 characters or fewer" in page.content.decode()
    assert not UpdateRequest.objects.exists()


def test_the_signed_brief_tells_the_time_of_the_organisation(client, incident, commander):
    organisation = Installation.get()
    organisation.time_zone = "Asia/Kathmandu"
    organisation.save()
    update = post(incident, commander, "It is slow.")
    local = update.posted_at.astimezone(ZoneInfo("Asia/Kathmandu"))
    html = client.get(signed(incident, commander)).content.decode()
    assert f"{local:%H:%M}" in html
    assert f"{update.posted_at:%H:%M} UTC" in html


def test_the_page_says_when_it_is_to_be_read_again(client, incident, commander, stakeholder):
    """Nothing announces that the seconds for undoing are over."""
    client.force_login(stakeholder)
    assert "data-again" not in read(client, incident)
    update = post(incident, commander, "Search is down", out=False)
    assert f'data-again="{update.leaves_at.isoformat()}"' in read(client, incident)
    client.logout()
    assert "data-again" in client.get(signed(incident, commander)).content.decode(), "a link has no stream"


def test_by_link_it_is_read_again_when_an_update_leaves_and_soon_anyway(client, incident, commander):
    path = signed(incident, commander)

    def seconds() -> float:
        again = client.get(path).text.split('data-again="')[1].split('"')[0]
        return (datetime.fromisoformat(again) - timezone.now()).total_seconds()

    assert 10 < seconds() <= 15
    post(incident, commander, "Taken back perhaps.", out=False)
    leaves = incident.status_updates.get().leaves_at
    assert abs(seconds() - (leaves - timezone.now()).total_seconds()) < 1


def test_the_worst_affected_service_is_first(client, incident, commander, stakeholder):
    for name, impact in (("Basket", "degraded"), ("Payments", "major_outage"), ("Tills", "partial_outage")):
        service = Service.objects.create(name=name, slug=name.lower())
        set_service_impact(incident=incident, service=service, impact=impact, by=commander)
    client.force_login(stakeholder)
    for page in (read(client, incident), client.get("/overview/").text):
        assert page.index("Payments") < page.index("Tills") < page.index("Basket")

"""Does the overview tell all that is open in plain sentences, and nothing to people who cannot reach it?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.models import Audience, Service
from incidents.workflow import mitigate_incident, post_status_update, resolve_incident, set_service_impact
from subscribers.workflow import subscribe
from tests.conftest import NOT_SENT


def post(incident, by, known, *audiences, out=True, **more):
    return post_status_update(
        incident=incident, by=by, audiences=list(audiences), known=known, unknown="y",
        next_update_at=timezone.now() + timedelta(minutes=20),
        published_at=timezone.now() if out else None, **more,
    )  # fmt: skip


@pytest.fixture
def read(client):
    def run(person) -> str:
        client.force_login(person)
        response = client.get("/overview/")
        assert response.status_code == 200
        return response.content.decode()

    return run


def test_what_a_stakeholder_reads(read, incident, commander, stakeholder):
    service = Service.objects.create(name="Payments", slug="payments")
    set_service_impact(incident=incident, service=service, impact="major_outage", by=commander)
    post(incident, commander, "Paying takes a minute.", "stakeholders")
    page = read(stakeholder)
    for words in (
        "Checkout answers slowly", "We are looking for the cause.", "Payments", "Major outage",
        "Paying takes a minute.", "Commander Example", "Longest silence", "Next update",
    ):  # fmt: skip
        assert words in page


def test_executives_words_are_for_executives_and_administrators(
    read, incident, commander, responder, stakeholder, outsider, admin
):
    subscribe(owner=outsider, by=admin, audience=Audience.EXECUTIVES)
    words = {"executives": {"known": "A third of revenue."}}
    post(incident, commander, "Pods crash.", "stakeholders", "executives", wordings=words)
    for person in (outsider, admin):
        page = read(person)
        assert "A third of revenue." in page
        assert "Pods crash." not in page
    for person in (stakeholder, responder, commander):
        page = read(person)
        assert "A third of revenue." not in page
        assert "Pods crash." in page


def test_an_update_to_executives_alone_is_not_shown_to_others(read, incident, commander, stakeholder, admin):
    post(incident, commander, "A third of revenue.", "executives")
    assert "A third of revenue." not in read(stakeholder)
    assert "A third of revenue." in read(admin)


def test_words_for_responders_and_what_has_not_left_are_not_shown(read, incident, commander, stakeholder):
    post(incident, commander, "Only among us.", "responders")
    post(incident, commander, "Still to be taken back.", "stakeholders", out=False)
    page = read(stakeholder)
    assert "Only among us." not in page
    assert "Still to be taken back." not in page
    assert "No update has been published yet." in page


def test_private_ones_are_for_those_on_them(read, private_incident, commander, stakeholder, outsider):
    assert "Zephyrquartz" in read(commander)
    for person in (stakeholder, outsider):
        assert "Zephyrquartz" not in read(person)


def test_what_is_resolved_stands_below(read, incident, commander, stakeholder):
    mitigate_incident(incident=incident, by=commander)
    resolve_incident(incident=incident, by=commander, waive_reason="x", unsent=NOT_SENT)
    page = read(stakeholder)
    assert "All clear" in page
    assert "Resolved, not closed yet" in page


def test_htmx_gets_the_body_alone(client, incident, stakeholder):
    client.force_login(stakeholder)
    part = client.get("/overview/", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="home"')

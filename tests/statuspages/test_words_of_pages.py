"""Does each page read Allclear's own words in its language, and only the names it shows?"""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from incidents.models import Audience, MessageTemplate, Stage
from incidents.update_text import from_template, texts_for, texts_of_reopening
from incidents.workflow import (
    mitigate_incident,
    post_no_change,
    post_status_update,
    reopen_incident,
    resolve_incident,
    set_service_impact,
)
from incidents.workflow.communicating import TIME_TO_UNDO
from incidents.workflow.wording import Variables
from tests.conftest import NOT_SENT
from timeline.models import Kind

WORDS = {"public": {"known": "We look into {{ components }}."}}


def post(incident, by, wordings=None, **more):
    facts = {"audiences": ["public", "stakeholders"], "known": "Inside.", "no_open_unknowns": True}
    facts |= {"next_update_at": timezone.now() + timedelta(minutes=20), "public_title": "Cards fail"}
    return post_status_update(incident=incident, by=by, wordings=wordings or WORDS, **facts | more)


def first_text(client, slug):
    with time_machine.travel(timezone.now() + TIME_TO_UNDO):
        return client.get(f"/status/{slug}/api/v2/incidents.json").json()["incidents"][0]["incident_updates"][
            0
        ]["body"]


@pytest.fixture
def german(make_page, payments):
    return make_page("laden", services={"Zahlungen": payments}, language="de")


def test_each_page_reads_the_names_it_shows(client, shop, german, broken, commander, search):
    set_service_impact(incident=broken, service=search, impact="degraded", by=commander)
    update = post(broken, commander)
    assert first_text(client, "shop") == "We look into Payments, Search."
    assert first_text(client, "laden") == "We look into Zahlungen."
    assert update.text_for(Audience.PUBLIC).known == "We look into Zahlungen, Payments, Search."


def test_a_draft_or_a_page_of_others_gives_no_names(client, make_page, shop, broken, commander, payments):
    make_page("draft", services={"Secret name": payments}, is_published=False)
    post(broken, commander)
    assert first_text(client, "shop") == "We look into Payments."


def test_what_the_page_does_not_show_has_no_name(client, make_page, payments, broken, commander):
    make_page("other", is_default=True)
    post(broken, commander)
    assert first_text(client, "other") == "We look into part of our service."


def test_the_names_are_those_of_when_it_was_posted(client, shop, german, broken, commander, payments, search):
    post(broken, commander)
    set_service_impact(incident=broken, service=search, impact="degraded", by=commander)
    assert first_text(client, "shop") == "We look into Payments."


def test_a_final_text_keeps_the_sentence_with_names(shop, german, broken, commander):
    texts = texts_for(broken, Stage.MITIGATED, ["public"])
    assert "{{ components }}" in texts["public"]


def test_shipped_words_are_in_the_language_of_the_page(german, broken, commander):
    initial = from_template(broken, Stage.DECLARED, None)
    assert initial["public_known"] == (
        "Es gibt ein Problem mit Zahlungen. Wir untersuchen es. Die Ursache kennen wir noch nicht."
    )
    assert initial["public_title"] == "Störung"
    assert (
        "Die Störung ist behoben" in texts_for(broken, Stage.RESOLVED, ["public", "stakeholders"])["public"]
    )
    assert texts_for(broken, Stage.RESOLVED, ["stakeholders"])["stakeholders"].startswith("The incident")
    assert texts_of_reopening(broken, ["public", "executives"]) == {
        "public": "Das Problem ist wieder aufgetreten. Wir untersuchen es.",
        "executives": "The problem is back. We are looking into it.",
    }


def test_no_change_too(german, broken, commander):
    post(broken, commander)
    update = post_no_change(incident=broken, by=commander)
    assert update.wordings["public"]["known"].startswith("Seit unserer letzten Meldung")


def test_words_of_people_stay_as_written(german, broken):
    MessageTemplate.objects.filter(stage=Stage.DECLARED, audience="public").update(known="Card trouble.")
    assert from_template(broken, Stage.DECLARED, None)["public_known"] == "Card trouble."


def test_pages_of_two_languages_get_the_language_of_the_installation(shop, german, broken):
    assert texts_for(broken, Stage.RESOLVED, ["public"])["public"].startswith("This is resolved")


def test_the_sentence_of_a_page_is_on_the_timeline(client, german, broken, commander):
    post(broken, commander)
    mitigated = mitigate_incident(incident=broken, by=commander)
    event = broken.timeline.get(kind=Kind.UPDATE, status_update=None)
    assert "Wir beobachten" in event.text
    assert event.actor is None
    client.force_login(commander)
    assert event.text in client.get(broken.get_absolute_url()).text
    resolve_incident(incident=mitigated, by=commander, waive_reason="x", unsent=NOT_SENT)
    reopen_incident(incident=mitigated, by=commander, reason="It is back.")
    assert broken.timeline.filter(kind=Kind.UPDATE, status_update=None).count() == 3


def test_no_sentence_where_the_public_has_words_or_knows_nothing(shop, broken, commander):
    mitigated = mitigate_incident(incident=broken, by=commander)
    assert not broken.timeline.filter(kind=Kind.UPDATE).exists()
    resolve_incident(
        incident=mitigated,
        by=commander,
        waive_reason="x",
        updates={"public": "Over.", "stakeholders": "Over."},
    )
    assert not broken.timeline.filter(kind=Kind.UPDATE, status_update=None).exists()


def test_how_long_says_that_it_was_reopened(shop, broken, commander):
    broken.impact_started_at = timezone.now() - timedelta(minutes=90)
    broken.save()
    assert Variables(broken, "stakeholders")["duration"] == "1 h 30 min"
    broken.reopen_count = 1
    told = Variables(broken, "public")["duration"]
    assert told == "1 h 30 min in total, including the time before it was reopened"

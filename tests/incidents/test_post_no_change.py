"""“Nothing has changed” in one tap: to whom, in which words, and when is the next one?"""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from incidents.models import MessageTemplate
from incidents.workflow import post_no_change, post_status_update


@pytest.fixture
def first(incident, commander):
    return post_status_update(
        incident=incident,
        by=commander,
        audiences=["public", "stakeholders"],
        known="Zephyrquartz is slow.",
        unknown="Why",
        workaround="Pay by invoice",
        wordings={"public": {"known": "Checkout is slow.", "workaround": "Pay later"}},
        public_title="Checkout",
        next_update_at=timezone.now() + timedelta(minutes=20),
    )


def set_policy(incident, **minutes: int) -> None:
    for audience, interval in minutes.items():
        incident.severity.cadences.update_or_create(
            audience=audience, defaults={"investigating_minutes": interval}
        )


def test_everybody_hears_it_in_the_words_for_them(incident, commander, first):
    update = post_no_change(incident=incident, by=commander)
    assert update.audiences == first.audiences
    assert (
        update.text_for("public").known
        == "Nothing has changed since our last update. We are still working on it."
    )
    assert update.text_for("public").workaround == "Pay later"
    assert (update.unknown, update.workaround) == ("Why", "Pay by invoice")
    assert "Zephyrquartz" not in str(update.wordings)


def test_the_next_one_comes_when_the_policy_wants_it(incident, commander, first):
    set_policy(incident, public=90, stakeholders=45, executives=10)
    update = post_no_change(incident=incident, by=commander)
    assert timedelta(minutes=44) < update.next_update_at - timezone.now() <= timedelta(minutes=45)


@pytest.mark.parametrize("address", ["/incidents/{}/status-updates/new/", "/"])
def test_the_button_offers_the_interval_of_the_policy(client, incident, commander, first, address):
    set_policy(incident, public=90, stakeholders=45)
    client.force_login(commander)
    html = client.get(address.format(incident.reference)).text
    assert '<option value="45" selected>45 min</option>' in html


def test_a_person_chooses_another_time(client, incident, commander, first):
    client.force_login(commander)
    client.post(incident.get_absolute_url() + "status-updates/no-change/", {"next_minutes": "120"})
    update = incident.status_updates.posted().newest_first().first()
    assert timedelta(minutes=119) < update.next_update_at - timezone.now() <= timedelta(minutes=120)


def test_a_time_that_is_none_posts_nothing(client, incident, commander, first):
    client.force_login(commander)
    address = incident.get_absolute_url() + "status-updates/no-change/"
    assert "Enter a whole number." in client.post(address, {"next_minutes": "soon"}, follow=True).text
    assert incident.status_updates.posted().count() == 1


def test_without_a_template_too(incident, commander, first):
    MessageTemplate.objects.all().delete()
    with pytest.raises(ValidationError, match="public reads"):  # no words for the public: they are asked for
        post_no_change(incident=incident, by=commander)


def test_not_before_there_was_an_update(incident, commander):
    with pytest.raises(ValidationError, match="first update"):
        post_no_change(incident=incident, by=commander)


def test_from_the_page(client, incident, commander, first):
    client.force_login(commander)
    page = client.get(incident.get_absolute_url() + "status-updates/new/").content.decode()
    assert "No change" in page
    client.post(incident.get_absolute_url() + "status-updates/no-change/")
    assert incident.status_updates.posted().count() == 2


def test_everybody_who_waits_hears_it_whoever_heard_the_last_update(incident, commander, first):
    post_status_update(
        incident=incident,
        by=commander,
        audiences=["public"],
        wordings={"public": {"known": "Still slow.", "workaround": "Pay tomorrow"}},
        no_open_unknowns=True,
        next_update_at=timezone.now() + timedelta(minutes=20),
    )
    update = post_no_change(incident=incident, by=commander)
    assert set(update.audiences) == {"public", "stakeholders"}
    assert (update.unknown, update.workaround) == ("Why", "Pay by invoice")
    assert update.text_for("public").workaround == "Pay tomorrow"
    assert "executives" not in update.audiences, "they were told nothing that could have changed"


@pytest.mark.parametrize("address", ["/incidents/{}/status-updates/new/", "/"])
def test_the_button_says_who_receives_it(client, incident, commander, first, address):
    client.force_login(commander)
    html = client.get(address.format(incident.reference)).content.decode()
    assert "goes to: public, stakeholders." in html


def test_one_form_makes_one_update(client, incident, commander, first):
    client.force_login(commander)
    page = client.get(incident.get_absolute_url() + "status-updates/new/").content.decode()
    form = page[page.index("status-updates/no-change/") :]
    sent = {"form_token": re.search('name="form_token" value="([^"]+)"', form)[1]}
    for _ in range(3):
        client.post(incident.get_absolute_url() + "status-updates/no-change/", sent)
    assert incident.status_updates.posted().count() == 2

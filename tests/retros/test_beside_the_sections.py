"""Does the column beside a retrospective name who takes part, and where its next step leads?"""

import re

import pytest

from retros.workflow import add_participants


@pytest.fixture
def with_people(retrospective, commander, responder, stakeholder):
    add_participants(retrospective=retrospective, by=commander, people=[responder, stakeholder])
    return retrospective


def rail(client, retrospective) -> str:
    page = client.get(f"{retrospective.get_absolute_url()}safety/").text
    return page.partition("<h2>Participants</h2>")[2].partition("</section>")[0]


def test_everybody_who_takes_part_is_listed(client, with_people, commander, responder, stakeholder):
    client.force_login(commander)
    names = re.sub(r"\s+", " ", rail(client, with_people))
    assert responder.name in names
    assert stakeholder.name in names


def test_nobody_yet_is_said(client, retrospective, commander):
    client.force_login(commander)
    assert "Nobody has been added yet." in rail(client, retrospective)


def test_a_session_without_a_facilitator_leads_to_the_field_that_is_missing(client, with_people, commander):
    client.force_login(commander)
    base = with_people.get_absolute_url()
    answer = client.post(f"{base}status/", {"step": "start", "here": "frame"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"{base}frame/#id_facilitator"
    assert "Choose a facilitator before you start the session." in answer.text
    assert 'id="id_facilitator"' in answer.text


def test_buttons_say_what_they_set(client, with_people, commander):
    client.force_login(commander)
    page = client.get(with_people.get_absolute_url()).text
    assert all(f"{words}<" in page for words in ("Plan 60 min", "Plan 30 min", "Schedule session"))

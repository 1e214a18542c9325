"""A form sent twice makes one thing; a form sent again with other words, or by somebody else, is not swallowed."""

import time
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from incidents.models import Incident, StatusUpdate
from incidents.workflow import declare_incident, post_status_update
from incidents.workflow.wording import is_filled_from


@pytest.fixture
def token():
    return uuid.uuid4()


def test_other_words_make_another_incident_when_sent_once_more(commander, severity, token, client):
    declare_incident(by=commander, title="Search is slow", severity=severity(3), form_token=token)
    client.force_login(commander)
    sent = {"title": "Mail is late", "severity": severity(3).pk, "form_token": str(token)}
    answer = client.post(reverse("declare"), sent)
    form = answer.context["form"]
    assert "made an incident already" in str(form.non_field_errors())
    assert form["title"].value() == "Mail is late"
    assert Incident.objects.count() == 1
    assert (
        client.post(reverse("declare"), sent | {"form_token": form["form_token"].value()}).status_code == 302
    )
    assert set(Incident.objects.values_list("title", flat=True)) == {"Search is slow", "Mail is late"}


def test_nobody_gets_what_another_made(commander, outsider, severity, token):
    declare_incident(
        by=commander, title="Zephyrquartz", severity=severity(3), is_private=True, form_token=token
    )
    with pytest.raises(ValidationError) as refusal:
        declare_incident(by=outsider, title="Zephyrquartz", severity=severity(3), form_token=token)
    assert "INC-" not in str(refusal.value)


def test_an_update_with_other_words_is_not_swallowed(incident, commander, token, client):
    words = {
        "audiences": ["stakeholders"],
        "known": "It fails.",
        "no_open_unknowns": True,
        "next_minutes": 30,
    }
    page = reverse("status_update", args=[incident.reference])
    client.force_login(commander)
    client.post(page, words | {"form_token": str(token)})
    client.post(page, words | {"form_token": str(token)})
    assert StatusUpdate.objects.count() == 1
    answer = client.post(page, words | {"form_token": str(token), "known": "It works."})
    form = answer.context["form"]
    assert "published an update already" in str(form.non_field_errors())
    assert b"It works." in answer.content
    client.post(page, words | {"form_token": form["form_token"].value(), "known": "It works."})
    assert StatusUpdate.objects.count() == 2


def test_an_update_of_somebody_else_is_not_mine(incident, commander, responder, token):
    words = {"incident": incident, "audiences": ["executives"], "known": "x", "form_token": token}
    words |= {"no_open_unknowns": True, "published_at": incident.declared_at}
    post_status_update(by=commander, **words)
    with pytest.raises(ValidationError):
        post_status_update(by=responder, **words)


def test_variables_do_not_make_it_another_update(incident, commander, token):
    words = {"incident": incident, "by": commander, "audiences": ["executives"], "form_token": token}
    words |= {"no_open_unknowns": True, "published_at": incident.declared_at}
    first = post_status_update(known="{{ title }}, for {{ duration }} (!)", **words)
    Incident.objects.update(title="Renamed")
    assert post_status_update(known="{{ title }}, for {{ duration }} (!)", **words) == first
    with pytest.raises(ValidationError):
        post_status_update(known="{{ title }} is over", **words)


@pytest.mark.parametrize(
    ("typed", "stored", "is_same"),
    [
        ("Slow.", "Slow.", True),
        ("Slow.", "Slow. ", False),
        ("{{ title }}", "anything", True),
        ("{{ title }}{{ title }}", "", True),
        ("a{{ title }}a", "a", False),
        ("a{{ title }}b{{ title }}c", "a1b2b3c", True),
        ("a{{ title }}b{{ title }}c", "a1c", False),
        ("a{{ title }}b{{ title }}b", "ab", False),
        ("{{ title }}\nb", "a\n\nb", True),
    ],
)
def test_what_was_typed_is_known_again(typed, stored, is_same):
    assert is_filled_from(typed, stored) is is_same


def test_many_variables_do_not_keep_the_server_busy():
    typed = "{{ title }}a" * 130 + "b"
    began = time.monotonic()
    assert not is_filled_from(typed, "a" * 2000)
    assert time.monotonic() - began < 0.5

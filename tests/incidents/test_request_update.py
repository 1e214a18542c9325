"""Who may ask for an update, how is it counted, and what answers it?"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit import context
from incidents.models import StatusUpdate, UpdateRequest
from incidents.workflow import (
    create_brief_link,
    declare_incident,
    post_status_update,
    request_update,
    resolve_incident,
    revoke_brief_link,
)
from incidents.workflow.schedules import reschedule
from notifications.models import OutboxMessage
from subscribers.announcements.routing import consume
from tests.conftest import NOT_SENT


def asks(incident, audience="stakeholders") -> int:
    return incident.update_schedules.get(audience=audience).asks


def answer(incident, by, audience="stakeholders"):
    return post_status_update(
        incident=incident, by=by, audiences=[audience], known="x", unknown="y",
        next_update_at=context.now() + timedelta(minutes=20),
    )  # fmt: skip


def published(incident, by) -> StatusUpdate:
    """An update's row alone, as `post_status_update` writes it before it asks for the next due time."""
    return StatusUpdate.objects.create(
        incident=incident, audiences=["stakeholders"], known="x", author=by, status=incident.status,
        severity=incident.severity, posted_at=context.now(),
    )  # fmt: skip


def test_it_counts_and_tells_the_commander(incident, stakeholder, commander, traces):
    seen = traces(incident)
    request_update(incident=incident, by=stakeholder, question="Can we ship?")
    assert asks(incident) == 1
    assert seen.texts == ["1 stakeholder asks for an update"]
    assert seen.events[0].detail == "Can we ship?"
    assert seen.events[0].actor is None
    assert (seen.actions, seen.topics) == (["update.requested"], ["update.requested"])
    message = OutboxMessage.objects.get(topic="update.requested")
    assert message.payload["recipients"] == [commander.pk]
    assert message.payload["asks"] == 1


def test_several_are_one_row_that_counts(incident, stakeholder, outsider, admin, traces):
    seen = traces(incident)
    for person, question in ((stakeholder, "Can we ship?"), (outsider, ""), (admin, "Is it the vendor?")):
        request_update(incident=incident, by=person, question=question)
    assert asks(incident) == 3
    assert seen.texts == ["3 stakeholders ask for an update"]
    assert seen.events[0].detail == "Can we ship?\nIs it the vendor?"


def test_asking_twice_counts_once(incident, stakeholder, traces):
    first = request_update(incident=incident, by=stakeholder)
    seen = traces(incident)
    assert request_update(incident=incident, by=stakeholder) == first
    assert asks(incident) == 1
    assert seen.none


def test_the_next_update_answers(incident, stakeholder, commander, traces):
    request = request_update(incident=incident, by=stakeholder)
    update = answer(incident, commander)
    request.refresh_from_db()
    assert request.answer == update
    assert asks(incident) == 0
    seen = traces(incident)
    request_update(incident=incident, by=stakeholder)
    assert seen.texts == ["1 stakeholder asks for an update"]


def test_who_asked_is_known_to_whoever_hands_the_update_on(incident, stakeholder, outsider):
    for person in (stakeholder, outsider):
        request_update(incident=incident, by=person)
    update = StatusUpdate.objects.create(
        incident=incident, audiences=["stakeholders"], known="x", author=outsider, status=incident.status,
        severity=incident.severity, posted_at=context.now(),
    )  # fmt: skip
    assert reschedule(incident, posted=update) == sorted([stakeholder.pk, outsider.pk])


def test_an_update_to_others_answers_nothing(incident, stakeholder, commander):
    request_update(incident=incident, by=stakeholder)
    answer(incident, commander, "executives")
    assert asks(incident) == 1


def test_an_update_taken_back_leaves_the_question_open(incident, stakeholder, commander):
    request = request_update(incident=incident, by=stakeholder)
    update = answer(incident, commander)
    StatusUpdate.objects.filter(pk=update.pk).update(state="withdrawn")
    reschedule(incident)
    request.refresh_from_db()
    assert request.answer is None
    assert asks(incident) == 1


def test_the_news_that_it_is_over_answers(mitigated, stakeholder, commander):
    request = request_update(incident=mitigated, by=stakeholder)
    resolve_incident(incident=mitigated, by=commander, waive_reason="x", unsent=NOT_SENT)
    update = published(mitigated, commander)
    mitigated.refresh_from_db()
    assert reschedule(mitigated, posted=update) == [stakeholder.pk]
    request.refresh_from_db()
    assert request.answer == update
    assert asks(mitigated) == 0


def test_each_reader_of_a_link_asks_once(incident, commander):
    link = create_brief_link(incident=incident, by=commander, audience="executives")
    for visitor in ("a", "b", "a"):
        request_update(incident=incident, link=link, visitor=visitor)
    assert asks(incident, "executives") == 2
    assert asks(incident) == 0


def test_a_link_that_is_closed_asks_nothing(incident, commander):
    link = create_brief_link(incident=incident, by=commander)
    revoke_brief_link(link=link, by=commander)
    link.refresh_from_db()
    with pytest.raises(PermissionDenied):
        request_update(incident=incident, link=link, visitor="a")


def test_a_private_incident_is_out_of_reach(private_incident, outsider, stakeholder):
    for person in (outsider, stakeholder):
        with pytest.raises(PermissionDenied):
            request_update(incident=private_incident, by=person)
    assert not UpdateRequest.objects.exists()


def test_what_is_over_owes_no_update(resolved, stakeholder):
    with pytest.raises(ValidationError):
        request_update(incident=resolved, by=stakeholder)


def test_an_audience_without_a_cadence_is_answered_too(commander, severity):
    small = declare_incident(by=commander, title="Export is slow", severity=severity(5))
    link = create_brief_link(incident=small, by=commander, audience="executives")
    request = request_update(incident=small, link=link, visitor="a")
    assert asks(small, "executives") == 1
    update = answer(small, commander, "executives")
    request.refresh_from_db()
    assert (request.answer, asks(small, "executives")) == (update, 0)


@pytest.mark.parametrize("rank", [1, 3, 5])
def test_who_asked_is_notified_and_the_banner_goes(client, commander, stakeholder, severity, rank):
    incident = declare_incident(by=commander, title="Export is slow", severity=severity(rank))
    client.force_login(stakeholder)
    client.post(f"{incident.get_absolute_url()}update-requests/", {"question": "Can we ship?"})
    client.force_login(commander)
    pages = [incident.get_absolute_url(), f"{incident.get_absolute_url()}status-updates/new/"]
    assert all("asks for" in client.get(page).content.decode() for page in pages)
    answer(incident, commander)
    for message in OutboxMessage.objects.filter(topic="status_update.posted"):
        consume(message)
    assert not any("1 person asks" in client.get(page).content.decode() for page in pages)
    assert "update you asked for" in stakeholder.notices.get().title

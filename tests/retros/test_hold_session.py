from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit import context
from notifications.channels.mail import _message
from notifications.models import Delivery, OutboxMessage
from notifications.workflow.expanding import expand_next_event
from retros.clock import timekeeping
from retros.models import Retrospective
from retros.workflow import (
    add_participants,
    end_session,
    frame_retrospective,
    plan_agenda,
    run_clock,
    schedule_session,
    start_review,
    start_session,
    step_back,
)
from retros.workflow.session import working_days_after
from subscribers.models import Notice

SOON = timedelta(days=2)


@pytest.fixture
def scheduled(retrospective, commander, responder, stakeholder):
    add_participants(retrospective=retrospective, by=commander, people=[responder, stakeholder])
    frame_retrospective(retrospective=retrospective, by=commander, facilitator=responder)
    return schedule_session(
        retrospective=retrospective,
        by=commander,
        scheduled_at=timezone.now() + SOON,
        minutes=60,
        place="Room 4, or https://meet.example.test/x",
    )


def _tell():
    while expand_next_event():
        pass


def test_everybody_at_the_table_is_invited_and_nobody_else(
    scheduled, commander, responder, stakeholder, outsider
):
    _tell()
    mails = Delivery.objects.filter(content__has_key="calendar")
    assert {m.address for m in mails} == {p.email for p in (commander, responder, stakeholder)}
    assert not Delivery.objects.filter(address=outsider.email, about__startswith="retrospective:").exists()
    assert set(Notice.objects.filter(title__contains="invited").values_list("person", flat=True)) == {
        commander.pk,
        responder.pk,
        stakeholder.pk,
    }
    calendar = icalendar.Calendar.from_ical(mails[0].content["calendar"]["text"])
    (event,) = calendar.walk("VEVENT")
    assert calendar["method"] == "REQUEST"
    assert event.start == scheduled.scheduled_at.replace(microsecond=0)
    assert event.end - event.start == timedelta(minutes=60)
    assert "Room 4" in event["location"]


def _invited() -> set[str]:
    mails = Delivery.objects.filter(content__calendar__method="REQUEST")
    return set(mails.values_list("address", flat=True))


def test_what_is_changed_a_moment_later_leaves_the_invitation_true(
    scheduled, commander, responder, stakeholder
):
    frame_retrospective(retrospective=scheduled, by=commander, objectives="Why it took an hour")
    _tell()
    assert _invited() == {p.email for p in (commander, responder, stakeholder)}


def test_another_time_is_told_once(scheduled, commander, responder):
    later = schedule_session(
        retrospective=scheduled, by=commander, scheduled_at=scheduled.scheduled_at + SOON, minutes=30
    )
    _tell()
    mails = Delivery.objects.filter(content__has_key="calendar", address=responder.email)
    (text,) = (mail.content["calendar"]["text"] for mail in mails.filter(content__calendar__method="REQUEST"))
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert event.start == later.scheduled_at.replace(microsecond=0)
    assert sum(item.minutes for item in later.agenda.all()) == 30, "the agenda fits the time"


def test_who_comes_to_the_table_later_has_the_appointment_too(scheduled, commander, outsider):
    _tell()
    assert outsider.email not in _invited()
    add_participants(retrospective=scheduled, by=commander, people=[outsider])
    _tell()
    assert outsider.email in _invited()
    assert (
        "Room 4"
        in Delivery.objects.get(address=outsider.email, about__startswith="retrospective:").content["text"]
    )


def test_called_off_tells_calendars_so(scheduled, commander):
    step_back(retrospective=scheduled, by=commander)
    _tell()
    methods = set(
        Delivery.objects.exclude(content__calendar=None).values_list("content__calendar__method", flat=True)
    )
    assert methods == {"CANCEL"}, "the invitation was not true any more when it was written"


def test_in_the_past_is_refused(retrospective, commander):
    with pytest.raises(ValidationError, match="still to come"):
        schedule_session(retrospective=retrospective, by=commander, scheduled_at=timezone.now())


def test_the_calendar_file(client, scheduled, stakeholder, outsider):
    client.force_login(stakeholder)
    answer = client.get(f"/retrospectives/{scheduled.pk}/session/invitation.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VEVENT" in answer.content


def test_agenda_of_an_hour_and_of_half_of_one(retrospective, commander):
    plan_agenda(retrospective=retrospective, by=commander, minutes=60)
    assert [i.minutes for i in retrospective.agenda.all()] == [5, 5, 35, 10, 5]
    plan_agenda(retrospective=retrospective, by=commander, minutes=30)
    assert sum(i.minutes for i in retrospective.agenda.all()) == 30


def test_the_clock_is_the_servers(scheduled, responder):
    begin = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)

    def at(minutes: float):
        return context.at(begin + timedelta(minutes=minutes))

    def shown():
        timer = timekeeping(scheduled.agenda.all())
        return timer.item.name, timer.clock, timer.is_running

    with at(0):
        start_session(retrospective=scheduled, by=responder)
    with at(2):
        assert shown() == ("Opening", "2:00", True)
        run_clock(retrospective=scheduled, by=responder, do="pause")
    with at(9):
        assert shown() == ("Opening", "2:00", False)
        run_clock(retrospective=scheduled, by=responder, do="start")
        run_clock(retrospective=scheduled, by=responder, do="extend")
    with at(9.5):
        assert shown() == ("Opening", "2:30", True)
        run_clock(retrospective=scheduled, by=responder, do="next")
    with at(10):
        assert shown() == ("Scope and impact", "0:30", True)
    opening = scheduled.agenda.first()
    assert (opening.minutes, opening.spent_seconds, opening.is_done) == (10, 150, True)
    assert scheduled.agenda.filter(running_since__isnull=False).count() == 1


def test_every_turn_of_the_clock_rings(scheduled, responder, left):
    start_session(retrospective=scheduled, by=responder)
    seen = left(scheduled)
    run_clock(retrospective=scheduled, by=responder, do="next")
    assert seen.topics == ["agenda.changed"]


def test_only_who_leads_turns_it(scheduled, responder, outsider):
    start_session(retrospective=scheduled, by=responder)
    with pytest.raises(PermissionDenied):
        run_clock(retrospective=scheduled, by=outsider, do="pause")


def test_no_session_without_a_facilitator(retrospective, commander):
    with pytest.raises(ValidationError, match="Choose a facilitator"):
        start_session(retrospective=retrospective, by=commander)


def test_there_is_time_to_reflect_and_then_it_is_reviewed(scheduled, responder):
    friday = datetime(2026, 7, 3, 9, 0, tzinfo=UTC)
    with context.at(friday):
        start_session(retrospective=scheduled, by=responder)
        ended = end_session(retrospective=scheduled, by=responder)
        assert ended.soak_until == date(2026, 7, 7), "two working days over a weekend"
        with pytest.raises(ValidationError, match="time to reflect until"):
            start_review(retrospective=scheduled, by=responder)
    with context.at(friday + timedelta(days=4)):
        assert start_review(retrospective=scheduled, by=responder).status == "in_review"
    assert not scheduled.agenda.filter(running_since__isnull=False).exists()


def test_without_a_session_only_with_a_reason(retrospective, commander):
    with pytest.raises(ValidationError, match="No session was held"):
        start_review(retrospective=retrospective, by=commander)
    start_review(retrospective=retrospective, by=commander, reason="Written by two people")
    assert Retrospective.objects.get().status == "in_review"


def test_working_days():
    assert working_days_after(date(2026, 7, 3), 1) == date(2026, 7, 6)
    assert working_days_after(date(2026, 7, 3), 0) == date(2026, 7, 3)


def test_by_pages(client, scheduled, responder):
    client.force_login(responder)
    page = f"/retrospectives/{scheduled.pk}/"
    client.post(page + "status/", {"step": "start", "here": "frame"})
    assert b'data-tick="timer"' in client.get(page + "frame/").content
    assert client.post(page + "session/clock/", {"do": "pause", "here": "frame"}).url == page + "frame/"
    for here in ("overview", "//elsewhere.example", ""):
        turned = client.post(page + "session/clock/", {"do": "pause", "here": here})
        assert turned.url == page, "never to an address that was sent along"
    assert b'data-tick="timer"' not in client.get(page + "agenda/").content
    scheduled.agenda.filter(order=0).update(spent_seconds=75)
    assert b"1:15" in client.get(page + "frame/").content
    client.post(page + "status/", {"step": "end"})
    assert b"1:15" not in client.get(page + "frame/").content, "the clock ends with the session"
    asks = client.get(page + "review/start/")
    assert b"time to reflect until" in asks.content
    assert b"optional" not in asks.content.split(b"<form")[-1]
    refused = client.post(page + "review/start/", {"go": "yes"})
    assert b"Say why the review starts now." in refused.content
    assert client.post(page + "review/start/", {"go": "yes", "reason": "Hurry"}).status_code == 302
    assert not OutboxMessage.objects.filter(topic="retrospective.published").exists()


def test_an_invitation_can_be_accepted_and_replaced(scheduled, commander, responder, mailoutbox):
    """RFC 5545 and 5546: the same id, a sequence that rises, and a part that mail programs offer to accept."""
    sent, seen = [], []
    for step in ("invited", "moved", "called off"):
        if step == "moved":
            schedule_session(
                retrospective=scheduled, by=commander, scheduled_at=scheduled.scheduled_at + SOON
            )
        if step == "called off":
            step_back(retrospective=scheduled, by=commander)
        _tell()
        scheduled.refresh_from_db()
        mails = Delivery.objects.filter(content__has_key="calendar", address=responder.email)
        newest = mails.exclude(pk__in=seen).get()
        seen.append(newest.pk)
        mail = _message(newest).message()
        (part,) = (p for p in mail.walk() if p.get_content_type() == "text/calendar")
        method = "CANCEL" if step == "called off" else "REQUEST"
        assert part.get_param("method") == method
        assert part.get_content_disposition() is None
        calendar = icalendar.Calendar.from_ical(part.get_content())
        assert calendar["method"] == method
        sent.append(calendar.walk("VEVENT")[0])
    assert [event["sequence"] for event in sent] == [0, 1, 2]
    assert len({str(event["uid"]) for event in sent}) == 1
    assert all(abs(event["dtstamp"].dt - timezone.now()) < timedelta(minutes=1) for event in sent)
    people = sent[0]["attendee"]
    assert {person.params["PARTSTAT"] for person in people} == {"NEEDS-ACTION"}
    assert {person.params["RSVP"] for person in people} == {"TRUE"}
    assert str(sent[2]["status"]) == "CANCELLED"

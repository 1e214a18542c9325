"""Two people watch one incident: does each see what the other does within a second, without being disturbed?"""

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from incidents.workflow import (
    change_severity,
    communicating,
    declare_incident,
    post_status_update,
    raise_hypothesis,
)
from tests.browser.conftest import NARROW, WIDE
from tests.browser.waiting import place_of
from timeline.workflow import write_event

pytestmark = pytest.mark.browser


@pytest.mark.alone
def test_a_change_by_one_is_on_the_other_screen_within_a_second(
    open_as, listening, commander, responder, incident
):
    mine, theirs = open_as(commander), open_as(responder)
    for page in (mine, theirs):
        page.goto(incident.get_absolute_url())
    listening(theirs)

    mine.locator("#composer textarea").fill("The pool is exhausted")
    mine.keyboard.press("Control+Enter")
    mine.locator(".tl").get_by_text("The pool is exhausted").wait_for()
    began = time.monotonic()
    theirs.get_by_role("button", name="1 new event").wait_for()
    assert time.monotonic() - began < 1.0
    expect(theirs.locator(".tl").get_by_text("The pool is exhausted")).to_have_count(
        0
    )  # announced, not inserted

    theirs.get_by_role("button", name="1 new event").click()
    theirs.locator(".tl").get_by_text("The pool is exhausted").wait_for()
    assert not mine.complaints
    assert not theirs.complaints


@pytest.mark.alone
def test_head_and_rail_follow_by_themselves(open_as, listening, commander, responder, incident, severity):
    page = open_as(responder)
    page.goto(incident.get_absolute_url())
    listening(page)

    began = time.monotonic()
    change_severity(incident=incident, severity=severity(1), by=commander, reason="everyone is hit")
    page.locator("#head").get_by_text("SEV1").first.wait_for()
    assert time.monotonic() - began < 1.0
    raise_hypothesis(incident=incident, by=commander, claim="A bad deploy")
    page.locator("#rail").get_by_text("A bad deploy").wait_for()
    assert not page.complaints


def test_what_is_being_typed_and_read_stays(open_as, listening, commander, responder, incident):
    page = open_as(responder)
    page.goto(incident.get_absolute_url())
    page.locator("#composer textarea").fill("half a sent")
    listening(page)
    top = place_of(page.locator(".tl > li").first)["y"]

    write_event(incident=incident, by=commander, text="Something else happened")
    page.get_by_role("button", name="1 new event").wait_for()

    expect(page.locator("#composer textarea")).to_have_value("half a sent")
    expect(page.locator("#composer textarea")).to_be_focused()
    assert place_of(page.locator(".tl > li").first)["y"] == top


def test_a_restarted_server_is_found_again_and_the_screen_catches_up(
    open_as, listening, server, commander, responder, incident
):
    page = open_as(responder)
    page.goto(incident.get_absolute_url())
    listening(page)

    server.stop()
    page.get_by_text("Live updates stopped").wait_for()
    write_event(incident=incident, by=commander, text="Happened while it was away")
    server.start()

    page.get_by_role("button", name="1 new event").wait_for()
    expect(page.get_by_text("Live updates stopped")).to_have_count(0)


def test_who_is_here_is_shown(open_as, commander, responder, incident):
    mine, theirs = open_as(commander), open_as(responder)
    mine.goto(incident.get_absolute_url())
    theirs.goto(incident.get_absolute_url())
    mine.locator("#presence").get_by_text("2 here").wait_for()

    theirs.context.close()
    mine.locator("#presence").get_by_text("1 here").wait_for()


def test_nobody_hears_of_a_private_incident(
    open_as, listening, commander, outsider, severity, private_incident
):
    page = open_as(outsider)
    page.goto("/")
    answer = page.evaluate(f"fetch('/live/incidents/{private_incident.reference}/').then(r => r.status)")
    assert answer == 404
    listening(page)
    write_event(incident=private_incident, by=commander, text="Zephyrquartz again")
    declare_incident(by=commander, title="Open to all", severity=severity(3))
    page.locator("main").get_by_text("Open to all").wait_for()  # what happened before it has been told by now
    assert "Zephyrquartz" not in page.content()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1440", "360"])
def test_the_news_hides_nothing_that_can_be_pressed(
    open_as, listening, commander, responder, incident, viewport
):
    page = open_as(responder, viewport=viewport)
    page.goto(incident.get_absolute_url())
    listening(page)
    write_event(incident=incident, by=commander, text="Something else happened")
    pill = page.get_by_role("button", name="1 new event")
    pill.wait_for()
    box, around = place_of(pill), place_of(page.locator("#timeline"))
    assert box["width"] < around["width"] / 2
    for link in page.get_by_role("navigation", name="Filter the timeline").get_by_role("link").all():
        link.click(trial=True)


def test_the_brief_shows_an_update_once_it_has_left(
    open_as, listening, commander, stakeholder, incident, monkeypatch
):
    monkeypatch.setattr(communicating, "TIME_TO_UNDO", timedelta(seconds=2))
    page = open_as(stakeholder)
    page.goto(f"{incident.get_absolute_url()}brief/")
    listening(page)
    page.get_by_label("What do you need to know?").fill("Does it affect")
    post_status_update(
        incident=incident, by=commander, audiences=["stakeholders"], known="The disk is full", unknown="Why",
        next_update_at=timezone.now() + timedelta(minutes=30),
    )  # fmt: skip
    page.get_by_text("The disk is full").wait_for()
    expect(page.get_by_label("What do you need to know?")).to_have_value("Does it affect")
    assert not page.complaints

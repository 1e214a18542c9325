"""A whole sprint retrospective without an incident: from the three fields of its start to published."""

import re

import pytest
from playwright.sync_api import expect

from retros.models import Retrospective, RetrospectiveStatus
from retros.workflow import start_session
from tests.browser.conftest import NARROW
from tests.browser.test_session_together import SHARED, _publish, press
from tests.browser.waiting import until

pytestmark = pytest.mark.browser


def test_from_three_fields_to_published(open_as, listening, commander, responder, outsider):
    shared = open_as(commander, viewport=SHARED)
    made = _start(shared, [responder, outsider])
    base = made.get_absolute_url()

    # Somebody is suggested to facilitate; here the owner does it.
    shared.goto(f"{base}frame/")
    with shared.expect_navigation():
        shared.get_by_role("button", name=f"Make facilitator: {commander}").click()
    shared.get_by_text(re.compile(f"Facilitator:.*{commander}")).first.wait_for()
    start_session(retrospective=made, by=commander)
    shared.goto(f"{base}present/")
    with shared.expect_navigation():
        shared.get_by_role("button", name="Present on this screen").click()
    shared.get_by_role("button", name="Everyone to this part").wait_for()
    laptop, phone = open_as(responder), open_as(outsider, viewport=NARROW)
    for page in (laptop, phone):
        page.goto(f"{base}frame/")
        page.wait_for_url(f"**{base}safety/")
        listening(page)
    while "Learnings" not in shared.locator(".stage-body .stage-p").first.inner_text():
        _on(shared)
    for page in (laptop, phone):
        page.wait_for_url(f"**{base}learnings/")
        listening(page)

    # Written in silence, in the columns of the format.
    for page, column, text in (
        (laptop, "Start", "Write release notes while we work"),
        (laptop, "Stop", "Release on Friday evenings"),
        (phone, "Start", "Write release notes together"),
    ):
        page.get_by_text(column, exact=True).first.click()
        page.get_by_label("What is it?").fill(text)
        page.get_by_role("button", name="Save (hidden until reveal)").click()
        page.get_by_text(re.compile("^Yours, ")).wait_for()
        until(page, lambda text=text: made.learnings.filter(text=text).exists())
    shared.get_by_text("3 learnings").wait_for()
    expect(shared.get_by_text("release notes")).to_have_count(0)

    # Revealed, grouped by what they share, weighed.
    press(shared, "r")
    for page in (shared, laptop):
        page.get_by_text("Write release notes together").first.wait_for()
    card = laptop.locator("[data-node]", has_text="Write release notes while we work")
    card.get_by_label("More about: Write release notes while we work").click()
    card.get_by_role("button", name="With “Write release notes").click()
    laptop.get_by_role("region", name=re.compile("^Group: ")).wait_for()
    assert made.learning_groups.exists()
    for page in (laptop, phone):
        page.get_by_label("Give a dot: Write release notes together").click()
        page.get_by_label("1 dot, 1 yours").wait_for()
    press(shared, "r")
    shared.get_by_text("2 dots").wait_for()

    # One click from the learning to an action item with an owner and a due day.
    laptop.goto(f"{base}learnings/")
    card = laptop.locator("[data-node]", has_text="Write release notes together")
    card.get_by_label("More about: Write release notes together").click()
    card.get_by_role("link", name="Make an action item").click()
    laptop.get_by_label("What will be different?").fill("Release notes are written by two people")
    laptop.get_by_label("How will we know it worked?").fill("Notes are there on the day of the release")
    laptop.get_by_label(re.compile("^Owner")).select_option(label=str(responder))
    laptop.get_by_label(re.compile("^Due")).fill("2030-01-31")
    laptop.get_by_role("button", name="Add").last.click()
    until(laptop, lambda: made.action_items.filter(owner=responder, learning__isnull=False).exists())

    _publish(shared, base, made)
    laptop.goto(base)
    laptop.get_by_role("heading", name="Sprint 9").wait_for()
    expect(laptop.get_by_text("Write release notes together").first).to_be_attached()
    expect(laptop.locator("main")).not_to_contain_text("Impact")
    for page in (shared, laptop, phone):
        assert not page.complaints


def _start(page, people) -> Retrospective:
    page.goto("/retrospectives/new/?subject=sprint")
    page.get_by_label("Title").fill("Sprint 9")
    page.get_by_label("Start, stop, continue").check()
    for person in people:
        page.get_by_label(str(person)).check()
    page.get_by_role("button", name=re.compile("^Start")).last.click()
    page.wait_for_url(re.compile(r"/retrospectives/\d+/$"))
    made = Retrospective.objects.get()
    assert made.status == RetrospectiveStatus.COLLECTING
    return made


def _on(shared) -> None:
    before = shared.locator(".stage-q").inner_text()
    press(shared, "n")
    expect(shared.locator(".stage-q")).not_to_have_text(before)

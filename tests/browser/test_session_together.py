"""A whole session: one presents on a shared screen, two have laptops and two have phones."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from retros.models import RetrospectiveStatus
from retros.workflow import (
    add_contributing_factor,
    add_participants,
    frame_retrospective,
    present,
    run_clock,
    start_retrospective,
    start_session,
)
from tests.browser.conftest import NARROW
from tests.browser.test_causes import FACTORS, STORED, _type_factors
from tests.browser.waiting import until

pytestmark = pytest.mark.browser
SHARED = {"width": 1024, "height": 768}


@pytest.fixture
def retro(incident, commander, responder, outsider, stakeholder, admin):
    made = start_retrospective(incident=incident, by=commander, owner=commander)
    made = frame_retrospective(retrospective=made, by=commander, facilitator=commander)
    add_participants(retrospective=made, by=commander, people=[responder, outsider, stakeholder, admin])
    return start_session(retrospective=made, by=commander)


def test_from_the_safety_check_to_published(
    open_as, listening, retro, commander, responder, outsider, stakeholder, admin
):
    base = retro.get_absolute_url()
    shared = open_as(commander, viewport=SHARED)
    shared.goto(f"{base}present/")
    with shared.expect_navigation():
        shared.get_by_role("button", name="Present on this screen").click()
    shared.get_by_role("button", name="Everyone to this part").wait_for()
    laptops = [open_as(person) for person in (responder, outsider)]
    phones = [open_as(person, viewport=NARROW) for person in (stakeholder, admin)]
    all_others = [*laptops, *phones]
    for page in all_others:
        page.goto(f"{base}frame/")
        page.wait_for_url(f"**{base}safety/")
        listening(page)

    # Nobody's answer is seen before the question is closed.
    for score, page in enumerate(all_others, 2):
        page.get_by_label(re.compile(rf"^{score}\b")).check()
        with page.expect_navigation():
            page.get_by_role("button", name="Answer").click()
        page.get_by_text("You have answered").wait_for()
    shared.reload()  # with all that is answered by now
    shared.get_by_text("Nobody sees who answered what.").wait_for()
    expect(shared.get_by_text("Answers from 1 to 5")).to_have_count(0)
    press(shared, "r")
    shared.get_by_text("Answers from 1 to 5: none for 1, 1 for 2, 1 for 3, 1 for 4, 1 for 5").wait_for()

    # All go along, except who does not want to.
    _next(shared, "Who was affected, and how?")
    _next(shared, "What happened, and what did each of us know at the time?")
    for page in all_others:
        page.wait_for_url(f"**{base}timeline/")
        listening(page)
    laptops[1].get_by_role("button", name="Stop following").click()
    _next(shared, "What surprised, helped or hindered us?")
    for page in (laptops[0], *phones):
        page.wait_for_url(f"**{base}learnings/")
        listening(page)
    laptops[1].get_by_role("link", name="Surprises, helped, hindered, factors").and_(
        laptops[1].locator("[aria-current]")
    ).wait_for()
    expect(laptops[1]).to_have_url(f"{base}timeline/")
    laptops[1].get_by_role("button", name="Follow ").click()
    laptops[1].wait_for_url(f"**{base}learnings/")

    # Written in silence, counted without names.
    for number, page in enumerate(all_others):
        page.get_by_label("What is it?").fill(f"Thought number {number}")
        page.get_by_role("button", name="Save (hidden until reveal)").click()
        page.get_by_text("Yours, 1").wait_for()
    phones[0].get_by_role("button", name="Finish writing").click()
    phones[0].get_by_text("You have finished").wait_for()
    shared.get_by_text("1 of 5 have finished.").wait_for()
    shared.get_by_text("4 learnings").wait_for()
    expect(shared.get_by_text("Thought number")).to_have_count(0)

    # Words that are being typed are not taken away.
    phones[1].get_by_label("What is it?").press_sequentially("Half a thou")
    _next(shared, "What do we take away, and who does what next?")
    phones[1].locator("#retro_follow.is-waiting").wait_for(state="attached")
    expect(phones[1]).to_have_url(f"{base}learnings/")
    expect(phones[1].get_by_label("What is it?")).to_have_value("Half a thou")
    phones[1].get_by_label("What is it?").fill("")
    for page in all_others:
        page.wait_for_url(f"**{base}actions/")
        listening(page)
    press(shared, "p")
    shared.get_by_text("What surprised, helped or hindered us?").wait_for()
    for page in all_others:
        page.wait_for_url(f"**{base}learnings/")
        listening(page)

    # Revealed, grouped, weighed.
    press(shared, "r")
    shared.get_by_text("Thought number 3").wait_for()
    laptops[0].get_by_role("link", name="New group").click()
    laptops[0].locator("dialog[open]").get_by_label("Name of the group").fill("Numbers")
    laptops[0].keyboard.press("Control+Enter")
    laptops[0].get_by_role("region", name="Group: Numbers").wait_for()
    card = laptops[0].locator("[data-node]", has_text="Thought number 1")
    card.get_by_label("More about: Thought number 1").click()
    card.get_by_role("button", name="To Numbers").click()
    shared.get_by_role("region", name="Numbers").get_by_text("Thought number 1").wait_for()
    for page in phones:
        page.get_by_label("Give a dot: Thought number 1").click()
        page.get_by_label("1 dot, 1 yours").wait_for()
    expect(shared.get_by_text("Dots hidden")).to_have_count(2)
    press(shared, "r")
    shared.get_by_role("region", name="Numbers").get_by_text("2 dots").wait_for()

    # Eight factors and three action items.
    laptops[1].goto(f"{base}causes/")
    _type_factors(laptops[1])
    laptops[1].wait_for_function(STORED, arg=len(FACTORS))
    for number in range(3):
        laptops[0].goto(f"{base}actions/new/")
        laptops[0].get_by_label("What will be different?").fill(f"Change number {number}")
        laptops[0].get_by_label("How will we know it worked?").fill("No alert for a month")
        laptops[0].get_by_label(re.compile("^Owner")).select_option(label=str(responder))
        laptops[0].get_by_label(re.compile("^Due")).fill("2030-01-31")
        with laptops[0].expect_navigation():
            laptops[0].get_by_role("button", name="Add").last.click()
        assert retro.action_items.count() == number + 1

    _publish(shared, base, retro)
    assert retro.factors.count() == len(FACTORS)
    assert User.objects.count() >= 5
    for page in (shared, *all_others):
        assert not page.complaints


def press(shared, key: str) -> None:
    """Press a key of the shared screen, and wait for the page that answers: keys pressed before it would be lost."""
    shared.locator("html[data-stream=open]").wait_for(state="attached")
    with shared.expect_navigation():
        shared.keyboard.press(key)


def _next(shared, question: str) -> None:
    press(shared, "n")
    shared.get_by_text(question).wait_for()


def _publish(page, base: str, retro) -> None:
    page.goto(base)
    with page.expect_navigation():
        page.get_by_role("button", name="End session").click()
    assert _status(retro) == RetrospectiveStatus.SOAKING
    page.goto(f"{base}review/start/")
    page.get_by_label("Why the review starts now").fill("Everybody agrees")
    form = page.locator("main form").filter(has=page.get_by_label("Why the review starts now"))
    with page.expect_navigation():
        form.get_by_role("button", name="Start review").click()
    assert _status(retro) == RetrospectiveStatus.IN_REVIEW
    page.goto(f"{base}review/")
    while page.get_by_role("link", name=re.compile("^Waive")).count():
        waived = retro.waivers.count()
        page.get_by_role("link", name=re.compile("^Waive")).first.click()
        page.get_by_label(re.compile("^(Reason|Why)")).fill(f"Small, {waived}")
        with page.expect_navigation():
            page.get_by_role("button", name="Waive check").click()
        assert retro.waivers.count() == waived + 1
        page.goto(f"{base}review/")
    page.get_by_role("button", name="Publish").first.click()
    until(page, lambda: _status(retro) == RetrospectiveStatus.PUBLISHED)


def _status(retro) -> str:
    retro.refresh_from_db()
    return retro.status


@pytest.mark.parametrize(
    "viewport", [SHARED, {"width": 1440, "height": 900}, NARROW], ids=["1024", "1440", "360"]
)
def test_the_shared_screen_is_clean(open_as, axe, retro, commander, viewport):
    add_contributing_factor(retrospective=retro, by=commander, text="First")
    present(retrospective=retro, by=commander)
    page = open_as(commander, viewport=viewport)
    faults = []
    for item in retro.agenda.all():
        run_clock(retrospective=retro, by=commander, do="start", item=item)
        page.goto(f"{retro.get_absolute_url()}present/")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults.append((item.section, wide if wide > 0 else 0, axe(page)))
    assert not [fault for fault in faults if fault[1] or fault[2]]
    assert not page.complaints

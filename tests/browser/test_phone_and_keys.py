"""Is the product safe for somebody with a phone or a keyboard in the middle of the night?"""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from incidents.models import Severity
from incidents.workflow import (
    change_severity,
    declare_incident,
    merge_incident,
    mitigate_incident,
    record_mitigation,
)
from tests.browser.conftest import NARROW, WIDE
from tests.browser.waiting import place_of, until

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}


@pytest.mark.parametrize("path", ["/declare", "status-updates/new/", "resolution/"])
def test_a_page_whose_purpose_is_a_form_has_no_single_keys(open_as, commander, incident, path):
    mitigate_incident(incident=incident, by=commander)  # only then does its resolution ask for something
    page = open_as(commander)
    page.goto(path if path.startswith("/") else incident.get_absolute_url() + path)
    before, left = page.url, []
    page.on("request", lambda request: left.append(request.url) if request.is_navigation_request() else None)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.type("cuasthgha?1 2")
    page.keyboard.press("Control+k")
    page.locator("#palette[open] #results").wait_for()  # by now the keys before it have done what they do
    expect(page.locator("dialog[open]")).to_have_count(1)
    expect(page).to_have_url(before)
    assert not left
    assert not page.complaints


def test_an_update_begins_with_what_we_know(open_as, commander, incident):
    page = open_as(commander)
    page.goto(incident.get_absolute_url() + "status-updates/new/")
    expect(page.locator("#update [name=known]")).to_be_focused()


def test_no_key_typed_after_ctrl_k_reaches_the_page(open_as, commander, incident):
    page = open_as(commander)
    page.goto(incident.get_absolute_url())
    answers = []
    page.route("**/palette?in=*", lambda route: answers.append(route))  # the request is held back
    with page.expect_request("**/palette?in=*"):
        page.keyboard.press("Control+k")
        page.keyboard.type("usc")
    expect(page.locator("#palette :focus")).to_have_count(1)
    expect(page).to_have_url(incident.get_absolute_url())
    until(page, lambda: answers)
    answers.pop().continue_()
    page.locator("#palette #results").wait_for()
    page.wait_for_function("() => document.querySelector('#palette-input').value === 'usc'")
    page.keyboard.press("Escape")
    page.locator("#palette:not([open])").wait_for(state="attached")
    assert not page.complaints


def test_a_refused_dialog_focuses_its_errors_and_names_them_in_the_title(open_as, commander, incident):
    page = open_as(commander)
    page.goto(incident.get_absolute_url())
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("e")
    dialog = page.locator("#dialog[open]")
    dialog.get_by_role("button", name="Close").wait_for()
    page.keyboard.press("Control+Enter")
    summary = dialog.get_by_role("alert")
    summary.wait_for()
    expect(dialog.locator("[data-errors]")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    summary.get_by_role("link").first.click()
    expect(dialog.locator(":is(input, textarea, select):focus")).to_have_count(1)
    dialog.get_by_role("button", name="Close").click()
    expect(page).not_to_have_title(re.compile("Error: "))
    page.complaints[:] = [text for text in page.complaints if "422" not in text]
    assert not page.complaints


def test_a_phone_has_one_bar_and_every_page_within_reach(open_as, commander, incident):
    page = open_as(commander, viewport=PHONE)
    page.goto(incident.get_absolute_url() + "status-updates/new/")
    expect(page.locator("nav[aria-label=Main]:visible")).to_have_count(0)
    page.goto("/")
    page.get_by_role("button", name="More").tap()
    for name in ("Overview", "Action items", "Retrospectives", "Insights", "Status pages", "Settings"):
        link = page.locator("#more").get_by_role("link", name=name)
        link.wait_for()
        assert place_of(link)["height"] >= 44
    page.locator("#more").get_by_role("button", name="Close").tap()
    page.locator("#more").wait_for(state="hidden")
    page.goto(incident.get_absolute_url())
    page.locator("[data-sheet]").tap()
    page.locator("#sheet").get_by_role("button", name="Close").tap()
    page.locator("#sheet:not([open])").wait_for(state="attached")
    assert not page.complaints


def test_the_actions_at_the_thumb_follow_the_incident(open_as, listening, commander, responder, incident):
    page = open_as(responder, viewport=PHONE)
    page.goto(incident.get_absolute_url())
    actions = page.get_by_role("region", name="Quick actions")
    actions.get_by_role("link", name="Mitigated").wait_for()
    listening(page)
    mitigate_incident(incident=incident, by=commander)
    actions.get_by_role("link", name="Verify").wait_for()
    expect(actions.get_by_role("link")).to_have_count(3)
    assert not page.complaints


def test_the_frame_of_an_open_page_follows_what_happens(open_as, listening, commander, incident):
    page = open_as(commander)
    page.goto("/settings/")  # a page that shows no incident itself
    active = page.get_by_role("navigation", name="Active incidents")
    active.get_by_text(incident.severity.name, exact=True).wait_for()
    listening(page)
    worst = Severity.objects.get(rank=1)
    change_severity(incident=incident, severity=worst, by=commander, reason="Everybody is affected")
    active.get_by_text(worst.name, exact=True).wait_for()
    other = declare_incident(by=commander, title="The same again", severity=worst)
    active.get_by_text("The same again").wait_for()
    merge_incident(incident=other, into=incident, by=commander)
    active.get_by_text("The same again").wait_for(state="detached")
    expect(page.locator("[data-frame=running]")).to_have_text("1")
    assert not page.complaints


def test_the_clock_in_the_frame_goes_on(open_as, commander):
    page = open_as(commander)
    page.clock.install()
    page.goto("/")
    before = page.locator("[data-clock=UTC]").first.inner_text()
    page.clock.fast_forward("02:00")
    page.wait_for_function(
        "text => document.querySelector('[data-clock=UTC]').textContent !== text", arg=before
    )
    assert User.objects.get().pk == commander.pk


FILTERED = [("/insights/", "More filters", 0), ("/actions/?priority=P1", "Filters", 1)]


@pytest.mark.parametrize(("address", "name", "in_use"), FILTERED, ids=["Insights", "action items"])
def test_filters_are_folded_on_a_phone_and_all_shown_where_there_is_room(
    open_as, commander, address, name, in_use
):
    phone = open_as(commander, viewport=NARROW)
    phone.goto(address)
    more, severity = phone.locator(".asks-more > summary"), phone.locator(".asks-rest select").first
    expect(more).to_contain_text(name)
    expect(severity).to_be_hidden()
    says = more.evaluate("node => getComputedStyle(node, '::after').content")
    assert ("in use" in says) == bool(in_use)
    more.click()
    expect(severity).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    wide = open_as(commander, viewport=WIDE)
    wide.goto(address)
    expect(wide.locator(".asks-rest select").first).to_be_visible()
    expect(wide.locator(".asks-more > summary")).to_be_hidden()


def test_every_kind_of_the_composer_is_on_the_screen(open_as, incident, commander):
    page = open_as(commander, viewport=NARROW)
    page.goto(incident.get_absolute_url())
    kinds = page.locator(".kinds")
    assert kinds.evaluate("node => node.scrollWidth <= node.clientWidth")
    for kind in kinds.locator("label").all():
        box = place_of(kind)
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= NARROW["width"]


def test_the_button_that_ends_a_long_sheet_is_in_reach(open_as, incident, commander):
    record_mitigation(incident=incident, by=commander, text="Roll back", state="applying")
    page = open_as(commander, viewport={"width": 360, "height": 420})
    page.goto(incident.get_absolute_url())
    page.get_by_role("link", name="Mitigated", exact=True).filter(visible=True).click()
    button = page.locator("dialog[open]").get_by_role("button", name="Mark mitigated")
    button.wait_for()
    assert page.locator("#dialog").evaluate("node => node.scrollHeight > node.clientHeight"), "a long sheet"
    expect(button).to_be_in_viewport(ratio=1)


def test_starting_a_retrospective_fits_a_phone(open_as, incident, commander):
    page = open_as(commander, viewport=NARROW)
    page.goto(f"{incident.get_absolute_url()}retrospective/")
    page.get_by_role("button", name="Start retrospective").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]

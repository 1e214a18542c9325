"""Does what is new reach an open tab: the count, the list, and the browser's own notification, once asked for?"""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from incidents.models import Role
from incidents.workflow import assign_role, declare_incident
from notifications.models import OutboxMessage
from subscribers.announcements.routing import consume
from subscribers.models import Notice, NotificationPreference
from tests.browser.waiting import until

pytestmark = pytest.mark.browser
# What the browser would show, kept where a test can read it: no page can look at the desktop.
RECORD = """window.shown = []; window.asked = 0;
  window.Notification = class { constructor(title, options) { window.shown.push([title, options.tag]); } close() {}
    static get permission() { return sessionStorage.answer || "default" }
    static async requestPermission() { window.asked += 1; return sessionStorage.answer = "granted" } };"""
"""Chromium without a window shows no notifications and asks nobody, so this stands for the person who agrees."""


def tell_newest(topic: str) -> None:
    consume(OutboxMessage.objects.filter(topic=topic).latest("created_at"))


def give(incident, role: str, to, by) -> None:
    assign_role(incident=incident, role=Role.objects.get(slug=role), user=to, by=by)
    tell_newest("role.assigned")


def number(page):
    return page.locator("header [data-unread-number]").filter(visible=True)


@pytest.mark.parametrize("path", ["/", "/incidents/", "/inbox/", "incident"])
def test_the_count_follows_on_every_page(open_as, listening, commander, responder, outsider, incident, path):
    mine, theirs = open_as(responder), open_as(outsider)
    for page in (mine, theirs):
        page.goto(incident.get_absolute_url() if path == "incident" else path)
        listening(page)
    expect(number(mine)).to_be_hidden()
    give(incident, "scribe", responder, commander)
    expect(number(mine)).to_have_text("1")
    expect(number(theirs)).to_be_hidden()
    give(incident, "deputy", outsider, commander)
    expect(number(theirs)).to_have_text("1")  # its own, and what came before is none of theirs
    expect(number(mine)).to_have_text("1")
    assert not mine.complaints + theirs.complaints


def test_the_open_inbox_shows_the_new_line(open_as, listening, commander, responder, incident):
    page = open_as(responder)
    page.goto("/inbox/")
    page.get_by_text("Nothing yet").wait_for()
    listening(page)
    give(incident, "scribe", responder, commander)
    page.locator("#notices").get_by_text("you are scribe").wait_for()
    assert not page.complaints


def test_by_keyboard(open_as, commander, responder, incident, severity):
    for title in ("First", "Second"):
        declare_incident(by=commander, title=title, severity=severity(1))
        tell_newest("incident.declared")
    page = open_as(responder)
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("n")
    page.wait_for_url("**/inbox/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(":focus")).to_contain_text("First")
    page.keyboard.press("k")
    expect(page.locator(":focus")).to_contain_text("Second")
    page.keyboard.press("o")
    page.wait_for_url("**/incidents/**")
    expect(page.locator("h1")).to_have_text("Second")
    expect(number(page)).to_have_text("1")


def test_the_browser_is_asked_only_when_the_button_is_pressed(
    open_as, listening, commander, responder, incident
):
    page = open_as(responder)
    page.add_init_script(RECORD)
    page.goto("/inbox/")
    assert page.evaluate("Notification.permission") != "granted"
    listening(page)
    give(incident, "scribe", responder, commander)
    expect(number(page)).to_have_text("1")
    assert page.evaluate("[window.shown, window.asked]") == [[], 0]
    with (
        page.expect_response(f"**{reverse('inbox_news')}") as known,  # what is new is what comes after this
        page.expect_navigation(),  # the stream of the page before is no answer to `listening`
    ):
        page.get_by_role("button", name="Switch on").click()
    known.value.finished()
    page.locator("[data-browser-notifications]").wait_for(state="hidden")
    assert NotificationPreference.objects.get(person=responder).in_browser
    listening(page)
    give(incident, "deputy", responder, commander)
    until(page, lambda: page.evaluate("window.shown.length"))
    notice = Notice.objects.latest("pk")
    assert page.evaluate("window.shown[0]") == [notice.title, f"allclear-{notice.pk}"]
    assert not page.complaints


def test_a_browser_that_refuses_is_said_so(open_as, responder):
    page = open_as(responder)
    page.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => 'denied' })")
    page.goto("/inbox/")
    page.get_by_text("This browser blocks notifications.").wait_for()
    expect(page.get_by_role("button", name="Switch on")).to_be_disabled()


def test_without_javascript(open_as, commander, responder, incident):
    give(incident, "scribe", responder, commander)
    page = open_as(responder, java_script_enabled=False)
    page.goto("/inbox/")
    expect(page.get_by_role("button", name="Switch on")).to_be_hidden()
    with page.expect_navigation():
        page.get_by_role("button", name="Mark as read").click()
    assert Notice.objects.unread().count() == 0
    page.goto(incident.get_absolute_url())
    menu = page.get_by_label("More actions").filter(visible=True)
    menu.click()
    with page.expect_navigation():
        page.get_by_role("button", name="Follow this incident").filter(visible=True).click()
    menu.click()
    expect(page.get_by_role("button", name="Unfollow").filter(visible=True)).to_be_visible()
    page.goto(reverse("my_notifications"))
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()

"""Does what is new reach an open tab: the count, the list, and the browser's own notification, once asked for?"""

import pytest
from django.urls import reverse

from incidents.models import Role
from incidents.workflow import assign_role, declare_incident
from notifications.models import OutboxMessage
from subscribers.announcements.routing import consume
from subscribers.models import Notice, NotificationPreference
from tests.browser.test_a_whole_retrospective import until

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
    return page.locator("header [data-unread-number]")


@pytest.mark.parametrize("path", ["/", "/incidents/", "/inbox/", "incident"])
def test_the_count_follows_on_every_page(open_as, listening, commander, responder, outsider, incident, path):
    mine, theirs = open_as(responder), open_as(outsider)
    for page in (mine, theirs):
        page.goto(incident.get_absolute_url() if path == "incident" else path)
        listening(page)
    assert not number(mine).is_visible()
    give(incident, "scribe", responder, commander)
    number(mine).get_by_text("1", exact=True).wait_for()
    assert not number(theirs).is_visible()
    assert not mine.complaints


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
    assert "First" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("k")
    page.keyboard.press("o")
    page.wait_for_url("**/incidents/**")
    assert page.locator("h1").inner_text() == "Second"
    assert number(page).inner_text() == "1"


def test_the_browser_is_asked_only_when_the_button_is_pressed(
    open_as, listening, commander, responder, incident
):
    page = open_as(responder)
    page.add_init_script(RECORD)
    page.goto("/inbox/")
    assert page.evaluate("Notification.permission") != "granted"
    listening(page)
    give(incident, "scribe", responder, commander)
    number(page).get_by_text("1", exact=True).wait_for()
    assert page.evaluate("[window.shown, window.asked]") == [[], 0]
    with page.expect_navigation():  # the stream of the page before is no answer to `listening`
        page.get_by_role("button", name="Switch on").click()
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
    assert page.get_by_role("button", name="Switch on").is_disabled()


def test_without_javascript(open_as, commander, responder, incident):
    give(incident, "scribe", responder, commander)
    page = open_as(responder, java_script_enabled=False)
    page.goto("/inbox/")
    assert not page.get_by_role("button", name="Switch on").is_visible()
    page.get_by_role("button", name="Mark as read").click()
    assert Notice.objects.unread().count() == 0
    page.goto(incident.get_absolute_url())
    menu = page.get_by_label("More actions").filter(visible=True)
    menu.click()
    page.get_by_role("button", name="Follow this incident").filter(visible=True).click()
    menu.click()
    assert page.get_by_role("button", name="Unfollow").filter(visible=True).is_visible()
    page.goto(reverse("my_notifications"))
    page.get_by_role("button", name="Pause").click()
    assert page.get_by_role("button", name="Resume").is_visible()

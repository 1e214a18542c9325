"""The first minutes in a real browser: set-up, inviting, the invited, a changed theme; also without JavaScript."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Installation, User
from accounts.workflow import issue_setup_link
from tests.browser.waiting import place_of, until

pytestmark = pytest.mark.browser


def set_up(page, token, time_zone=None):
    page.goto(reverse("setup", args=[token]))
    page.get_by_label("Your name").fill("Ida Example")
    page.get_by_label("E-mail").fill("ida@example.test")
    page.get_by_label("Password").fill("correct horse battery")
    if time_zone:
        page.get_by_label("Your time zone").select_option(time_zone)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name", exact=True).fill("Example Works")
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("Allclear is ready").wait_for()


def test_the_zone_of_the_device_is_chosen(open_as, transactional_db):
    page = open_as(None, timezone_id="Asia/Tokyo")
    set_up(page, issue_setup_link())
    assert User.objects.get().time_zone == "Asia/Tokyo"
    assert Installation.get().name == "Example Works"
    assert Installation.get().time_zone == "Asia/Tokyo"
    assert not page.complaints


def test_without_javascript_the_zone_is_picked_by_hand(open_as, transactional_db):
    page = open_as(None, java_script_enabled=False)
    set_up(page, issue_setup_link(), time_zone="Europe/Lisbon")
    assert User.objects.get().time_zone == "Europe/Lisbon"


def test_the_system_check_runs_again_and_keeps_what_was_typed(open_as, transactional_db):
    page = open_as(None)
    page.goto(reverse("setup", args=[issue_setup_link()]))
    page.get_by_label("Your name").fill("Ida Example")
    before = page.locator("#system-check").element_handle()
    page.get_by_role("link", name="Check again").click()
    until(page, lambda: not before.evaluate("node => node.isConnected"))
    expect(page.locator("#system-check")).to_have_count(1)
    expect(page.get_by_label("Your name")).to_have_value("Ida Example")
    assert not page.complaints


def test_errors_stand_below_the_words_before_them(open_as, transactional_db):
    page = open_as(None)
    page.goto(reverse("setup", args=[issue_setup_link()]))
    page.locator("main form").evaluate("form => { form.noValidate = true; }")
    page.get_by_role("button", name="Continue").click()
    errors = page.locator("[data-errors]")
    errors.wait_for()
    words = place_of(page.get_by_text("You become the first administrator"))
    assert place_of(errors)["y"] >= words["y"] + words["height"] + 8


@pytest.mark.parametrize("scripted", [True, False])
def test_invite_and_come_in(open_as, admin, scripted):
    page = open_as(admin, java_script_enabled=scripted)
    page.goto(reverse("settings_people"))
    page.get_by_role("link", name="Invite").click()
    page.get_by_label("E-mail").fill("kim@example.test")
    page.get_by_label("Stakeholder").check()
    page.get_by_role("button", name="Send invitation").click()
    link = page.get_by_label("Link").input_value()
    guest = open_as(None, java_script_enabled=scripted)
    guest.goto(link[link.index("/invitation/") :])
    guest.get_by_label("Your name").fill("Kim Example")
    guest.get_by_label("Password").fill("seven quiet lanterns")
    guest.get_by_role("button", name="Create account").click()
    expect(guest).to_have_url("/")
    assert User.objects.get(email="kim@example.test").installation_role == "stakeholder"
    assert not page.complaints + guest.complaints


def test_the_theme_follows_the_profile(open_as, admin):
    page = open_as(admin, color_scheme="light")
    page.goto(reverse("profile"))
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    page.wait_for_function("light => getComputedStyle(document.body).backgroundColor !== light", arg=light)


def test_a_link_previews_while_it_is_typed(open_as, admin):
    page = open_as(admin)
    page.goto(reverse("catalogue_add", args=["links"]))
    page.get_by_label("Address").press_sequentially("https://meet.example.test/{reference}", delay=5)
    page.get_by_text("https://meet.example.test/inc-142").wait_for()
    assert not page.complaints

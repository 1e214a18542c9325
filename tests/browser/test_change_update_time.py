"""By keyboard alone: can the update time be changed, and does the tab say at once what is late?"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from incidents.models import Snooze

pytestmark = pytest.mark.browser


def test_another_time_by_keyboard(open_as, commander, incident):
    page = open_as(commander)
    page.goto(incident.get_absolute_url())
    page.keyboard.press("p")
    page.locator("dialog[open] #dialog-title").get_by_text("Change update time").wait_for()
    page.get_by_label("It comes in").select_option("60")
    page.get_by_label("Why later?").fill("The vendor calls at ten")
    page.keyboard.press("Control+Enter")
    page.locator("#dialog").wait_for(state="hidden")
    assert Snooze.objects.get().reason == "The vendor calls at ten"
    page.locator("#rail").get_by_text(re.compile(r"in (59|60) min|in 1 h 00 min")).first.wait_for()


def test_the_title_turns_by_itself(open_as, commander, incident):
    due = timezone.now() + timedelta(minutes=2)
    incident.update_schedules.filter(audience="public").update(due_at=due)
    page = open_as(commander)
    page.clock.install()
    page.goto(incident.get_absolute_url())
    expect(page).to_have_title(re.compile(f"^{incident.reference}"))
    page.clock.fast_forward("02:10")
    expect(page).to_have_title(re.compile(r"^\(!\) under 1 min late · INC-"))
    incident.update_schedules.update(due_at=timezone.now() + timedelta(minutes=30))
    page.goto(incident.get_absolute_url())
    expect(page).to_have_title(re.compile(f"^{incident.reference}"))


def test_a_reader_of_a_link_asks_without_javascript(open_as, stakeholder, incident):
    page = open_as(stakeholder, java_script_enabled=False)
    page.goto(f"{incident.get_absolute_url()}brief/")
    page.get_by_label("What do you need to know?").fill("Can we ship?")
    page.get_by_role("button", name="Ask for an update").click()
    page.get_by_text("You have asked for an update").wait_for()
    assert incident.update_requests.get().person == stakeholder

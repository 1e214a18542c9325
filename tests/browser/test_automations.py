"""Do the pages of automations work in a browser, and are they free of faults?"""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from automations.models import Automation, AutomationRun
from automations.targets.outcomes import Answer
from automations.workflow import add_automation, run_automation
from automations.workflow.calling import note_answer
from incidents.models import Service
from incidents.workflow import set_service_impact
from tests.browser.test_settings_are_clean import EVERYWHERE, faults_of

pytestmark = pytest.mark.browser
LONG = "a-name-without-any-space-that-goes-on-and-on-for-a-long-while"


@pytest.fixture
def automated(admin, commander, incident):
    """An incident with a run in every state that matters."""
    service = Service.objects.create(name=f"payments-{LONG}", slug="payments")
    set_service_impact(incident=incident, by=commander, service=service, impact="major_outage")
    said = {"by": admin, "service": service, "url": f"https://{LONG}.example/run", "description": LONG}
    add_automation(**said, name="Switch on")
    add_automation(**said, name="Switch off", reversed_by="Switch on", inputs="region | Region | eu-1, us-1")
    add_automation(**said, name=LONG)
    add_automation(**said, name="Needs two", needs_confirmation=True)
    add_automation(**said, name="Not mine", may_run="named", people=[admin])
    states = {"Switch off": ("accepted", 202), LONG: ("unknown", None)}
    for name, (state, status) in states.items():
        automation = Automation.objects.get(name=name)
        inputs = {"region": "eu-1"} if automation.inputs else {}
        run = run_automation(automation=automation, incident=incident, by=commander, inputs=inputs)
        AutomationRun.objects.filter(pk=run.pk).update(state="calling", called_at=run.pressed_at)
        problem = "" if status else "No answer: it may have run. Look there before you run it again."
        note_answer(run.pk, Answer(state, problem, status, f"{LONG} {LONG}", 0.123))
    run_automation(automation=Automation.objects.get(name="Needs two"), incident=incident, by=commander)
    return incident


@EVERYWHERE
def test_the_pages_are_clean(open_as, axe, admin, automated, viewport):
    automation, run = Automation.objects.get(name="Switch off"), AutomationRun.objects.get(name="Switch off")
    asked = AutomationRun.objects.get(name="Needs two")
    paths = [
        reverse("automations"),
        reverse("automation_new"),
        reverse("automation_new") + "?preset=github",
        automation.get_absolute_url(),
        reverse("automation_deletion", args=[automation.pk]),
        reverse("incident_automations", args=[automated.reference]),
        reverse("automation_start", args=[automated.reference, automation.pk]),
        reverse("run_refusal", args=[automated.reference, asked.pk]),
        run.get_absolute_url(),
        AutomationRun.objects.get(name=LONG).get_absolute_url(),
    ]
    page = open_as(admin, viewport=viewport)
    assert faults_of(page, axe, paths) == []
    page.goto(automated.get_absolute_url())
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_pressed_by_keyboard_and_confirmed_by_another_person(
    open_as, listening, commander, responder, automated
):
    page = open_as(commander)
    page.goto(automated.get_absolute_url())
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Automations", exact=True)).to_be_visible()
    page.get_by_role("link", name="Switch off", exact=True).last.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Region").select_option("us-1")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Starting").first).to_be_visible()
    run = AutomationRun.objects.filter(name="Switch off").latest("pk")
    assert run.values["input.region"] == "us-1"
    listening(page)
    other = open_as(responder)
    other.goto(automated.get_absolute_url())
    other.get_by_role("button", name="Confirm run of Needs two").click()
    asked = page.get_by_role("group", name="Needs two, Starting")
    expect(asked).to_be_visible()  # live, on the first person's screen
    assert AutomationRun.objects.get(name="Needs two").decided_by == responder


def test_an_answer_arrives_by_itself_and_is_reversed(open_as, listening, commander, automated):
    page = open_as(commander)
    page.goto(reverse("incident_automations", args=[automated.reference]))
    listening(page)
    page.get_by_role("button", name=f"Run again {LONG}").click()
    expect(page.get_by_role("group", name=f"{LONG}, Starting")).to_be_visible()
    run = AutomationRun.objects.filter(name=LONG).latest("pk")
    AutomationRun.objects.filter(pk=run.pk).update(state="calling", called_at=run.pressed_at)
    note_answer(run.pk, Answer("accepted", "", 204, "", 0.5))
    expect(page.get_by_role("group", name=f"{LONG}, Accepted")).to_be_visible()
    page.get_by_role("link", name="Reverse Switch off").click()
    page.get_by_role("button", name="Run automation").click()
    expect(page.get_by_role("group", name="Switch on, Starting")).to_be_visible()
    assert AutomationRun.objects.get(name="Switch on").reverses.name == "Switch off"


def test_without_javascript(open_as, commander, automated):
    page = open_as(commander, java_script_enabled=False)
    page.goto(automated.get_absolute_url())
    page.get_by_role("link", name="Switch off", exact=True).first.click()
    page.get_by_label("Region").select_option("eu-1")
    page.get_by_role("button", name="Run automation").click()
    expect(page.get_by_role("group", name="Switch off, Starting")).to_be_visible()

"""Are fields asked when they matter, readable at every width, and helped by what was typed before?"""

import re

import pytest
from playwright.sync_api import expect

from incidents.models import Incident, Service
from retros.models import ContributingFactor, Factor
from retros.workflow import start_retrospective
from tests.browser.waiting import place_of

pytestmark = pytest.mark.browser
IMPACT = "How badly are they affected?"


@pytest.fixture
def payments(db):
    return Service.objects.create(name="Payments", slug="payments", tier=1)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_impact_is_asked_once_a_service_is_chosen(open_as, commander, payments, scripts):
    page = open_as(commander, viewport={"width": 360, "height": 740}, java_script_enabled=scripts)
    page.goto("/declare/")
    impact = page.get_by_role("group", name=IMPACT)
    expect(impact).to_be_hidden()
    page.get_by_text("Payments", exact=True).click()
    expect(impact).to_be_visible()
    choices = impact.get_by_role("radio")
    boxes = [place_of(impact.locator("label").nth(n)) for n in range(choices.count())]
    assert len({box["x"] for box in boxes}) == 1, "one under the other on a phone"
    assert all(box["height"] <= 48 and box["x"] + box["width"] <= 360 for box in boxes)
    page.get_by_label("What is wrong?").fill("Payments fail")
    page.locator("input[name=severity][data-severity=SEV2]").first.check()
    impact.get_by_label("Partial outage").check()
    page.get_by_role("button", name="Declare").last.click()
    page.wait_for_url(re.compile(r"/incidents/INC-\d+/"))
    assert Incident.objects.get().affected_services.get().impact == "partial_outage"


@pytest.mark.parametrize("width", [320, 768, 1024, 1440])
def test_no_section_of_a_retrospective_is_cut_by_its_note(open_as, commander, incident, width):
    retrospective = start_retrospective(incident=incident, by=commander, owner=commander)
    for text in ("A", "B"):
        factor = Factor.objects.create(text=text, key=text.lower())
        ContributingFactor.objects.create(
            retrospective=retrospective, factor=factor, text=text, added_by=commander
        )
    page = open_as(commander, viewport={"width": width, "height": 900})
    page.goto(f"{retrospective.get_absolute_url()}causes/")
    if width < 1024:
        page.locator("nav[aria-label=Sections] summary:visible").click()
    row = page.locator("a.nav-part:visible", has_text="without evidence")
    name, note = row.locator(".nav-part-name"), row.locator(".nav-n")
    assert name.evaluate("e => e.scrollWidth <= e.clientWidth")
    first, second, around = place_of(name), place_of(note), place_of(row)
    assert second["x"] + second["width"] <= around["x"] + around["width"]
    assert second["y"] >= first["y"] + first["height"] - 1 or second["x"] >= first["x"] + first["width"] - 1


def test_a_short_name_follows_the_name_until_one_is_typed(open_as, admin):
    page = open_as(admin)
    page.goto("/status-pages/new/")
    short, name = page.locator("[name=slug]"), page.get_by_label("Name", exact=True)
    expect(short).to_have_value(
        re.compile(".") if name.input_value() else ""
    )  # also from a name that stands there already
    name.fill("Fernhill Café Status")
    expect(short).to_have_value("fernhill-cafe-status")
    short.fill("fern")
    page.get_by_label("Name", exact=True).fill("Other")
    expect(short).to_have_value("fern")


def test_a_box_that_was_ticked_looks_empty_once_it_is_not(open_as, commander):
    page = open_as(commander, reduced_motion="reduce")
    page.goto("/declare/")
    box = page.locator("input.checkbox[name=takes_command]")
    filled = box.evaluate("e => getComputedStyle(e).backgroundColor")
    box.uncheck()
    page.wait_for_function("e => !e.getAnimations().length", arg=box.element_handle())
    assert box.evaluate("e => getComputedStyle(e).backgroundColor") != filled

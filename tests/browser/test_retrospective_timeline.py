"""Is the timeline of a retrospective clean at any width, usable by keys alone, live, and whole without JavaScript?"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from incidents.models import Service
from incidents.workflow import set_milestones, set_service_impact
from retros.models import TimelineEntry
from retros.workflow import (
    add_entry,
    add_gap,
    add_recollection,
    change_entry,
    mark_phase,
    remove_entry,
    seed_timeline,
    start_retrospective,
    write_impact,
)
from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_pages_are_clean import too_wide_at_320

pytestmark = pytest.mark.browser


@pytest.fixture
def retrospective(incident, commander, responder):
    began = timezone.now() - timedelta(minutes=50)
    service = Service.objects.create(name="a-service-with-a-very-long-name-indeed", slug="long")
    set_service_impact(incident=incident, service=service, impact="degraded", by=commander)
    set_milestones(
        incident=incident,
        by=commander,
        moments={"impact_started_at": began, "detected_at": began + timedelta(minutes=20)},
    )
    retrospective = start_retrospective(incident=incident, by=commander, owner=commander)
    seed_timeline(retrospective=retrospective, by=commander)
    facts = {"retrospective": retrospective, "by": commander}
    row = add_entry(
        **facts,
        text="x" * 90,
        occurred_at=began + timedelta(minutes=5),
        actor=responder,
        precision_seconds=60,
    )
    add_recollection(fact=row, by=responder, text="y" * 90)
    add_entry(
        **facts,
        text="pool was full",
        occurred_at=began + timedelta(minutes=6),
        known_at=began + timedelta(minutes=40),
    )
    add_gap(**facts, text="z" * 90, occurred_at=began, ended_at=began + timedelta(minutes=4))
    phase = add_entry(**facts, text="traffic back", occurred_at=began + timedelta(minutes=44), system="edge")
    mark_phase(entry=phase, by=commander, phase="mitigated")
    remove_entry(entry=add_entry(**facts, text="w" * 90, occurred_at=began), by=commander)
    write_impact(
        **facts,
        dimension="technical",
        text="v" * 90,
        numbers=[{"name": "Lost", "value": "3", "unit": "%"}],
        debt="u",
    )
    return retrospective


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1440", "360 and 320"])
def test_every_page_is_clean(open_as, axe, commander, retrospective, viewport):
    page = open_as(commander, viewport=viewport)
    here = retrospective.get_absolute_url()
    row = TimelineEntry.objects.get(text="pool was full").pk
    faults = []
    for path in ("timeline/", "timeline/?known=10&zoom=2&part=1", "timeline/table/", "timeline/new/", f"timeline/{row}/",
                 f"timeline/{row}/phase/", f"timeline/{row}/recollection/", "timeline/gap/", "timeline/import/",
                 "timeline/import/?from=slack", "timeline/import/?from=changes", "impact/", "impact/technical/"):  # fmt: skip
        response = page.goto(here + path)
        sideways = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        found = [*too_wide_at_320(page), *axe(page)] if viewport is NARROW else axe(page)
        if response.status != 200 or sideways > 0 or found or page.complaints:
            faults.append((path, response.status, sideways, found, list(page.complaints)))
        page.complaints.clear()
    assert not faults


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_rows_are_selected_merged_and_separated(open_as, commander, retrospective, has_scripts):
    page = open_as(commander, java_script_enabled=has_scripts)
    page.goto(f"{retrospective.get_absolute_url()}timeline/")
    rows = page.locator("#account [data-row]").filter(has=page.locator(".tl-pick"))
    plain = [rows.filter(has_text="x" * 90).first, rows.filter(has_text="pool was full").first]
    if has_scripts:
        plain[0].focus()
        page.keyboard.press("x")
        plain[1].focus()
        page.keyboard.press("x")
        page.get_by_text("2 selected").wait_for()
        page.keyboard.press("Escape")
        expect(page.get_by_text("2 selected")).to_be_hidden()
    expect(page.get_by_role("button", name="Leave out")).to_be_hidden()
    for row in plain:
        row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Merge", exact=True).last.click()
    page.get_by_text("Merged from 2 sources").click()
    page.get_by_role("button", name="Separate").click()
    page.get_by_text("Merged from 2 sources").wait_for(state="detached")
    assert TimelineEntry.objects.filter(merged_into__isnull=False).count() == 0
    assert not page.complaints


def test_by_keys_alone(open_as, commander, retrospective):
    page = open_as(commander)
    page.goto(f"{retrospective.get_absolute_url()}timeline/")
    page.keyboard.press("n")
    page.locator("#dialog[open] textarea").first.wait_for()
    page.get_by_label("When it happened").fill(
        (timezone.localtime() - timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%S")
    )
    page.locator("#dialog #id_text").focus()
    page.keyboard.type("Asked the provider")
    page.keyboard.press("Control+Enter")
    row = page.locator("#account .tl > li", has_text="Asked the provider")
    row.wait_for()
    for _ in range(40):
        page.keyboard.press("j")
        if "Asked the provider" in page.evaluate("document.activeElement.innerText"):
            break
    else:
        raise AssertionError("j never comes to the new row")
    page.keyboard.press("e")
    page.locator("#dialog[open] textarea").first.wait_for()
    page.locator("#dialog #id_text").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" twice")
    page.keyboard.press("Control+Enter")
    page.locator("#account .tl > li", has_text="Asked the provider twice").wait_for()
    page.wait_for_function("() => document.activeElement.innerText.includes('Asked the provider twice')")
    page.keyboard.press("k")
    page.wait_for_function("() => !document.activeElement.innerText.includes('Asked the provider')")
    assert not page.complaints


def test_the_slider_hides_at_once_and_the_times_follow_what_others_change(
    open_as, listening, commander, responder, retrospective
):
    page = open_as(commander)
    page.goto(f"{retrospective.get_absolute_url()}timeline/")
    listening(page)
    rows = page.locator("#account [data-row]:visible")
    before = rows.count()
    page.locator("#known").focus()
    page.keyboard.press("Home")
    page.wait_for_function("() => document.getElementById('known_words').textContent.includes(' of ')")
    expect(rows.nth(before - 1)).to_have_count(0)  # fewer than before
    page.locator("#measures", has_text="Hidden while").wait_for()
    expect(page.locator("#known")).to_be_focused()
    page.keyboard.press("End")
    page.locator("#measures dl").wait_for()
    expect(rows).to_have_count(before)
    page.evaluate("document.activeElement.blur()")
    expect(page.locator("#measures")).to_contain_text("44 min")
    entry = TimelineEntry.objects.get(text="traffic back")
    change_entry(entry=entry, by=responder, occurred_at=entry.occurred_at - timedelta(minutes=2))
    page.locator("#measures", has_text="42 min").wait_for()
    assert not page.complaints


def test_without_javascript(open_as, commander, retrospective):
    page = open_as(commander, java_script_enabled=False)
    here = f"{retrospective.get_absolute_url()}timeline/"
    page.goto(here)
    page.get_by_role("link", name="Paste lines").click()
    day = timezone.localtime() - timedelta(days=1)
    page.get_by_label("Day of times without a date").fill(f"{day:%Y-%m-%d}")
    page.get_by_label("Lines").fill("00:10 rolled back\nnonsense")
    page.get_by_role("button", name="Read").click()
    page.get_by_text("It does not begin with a time").wait_for()
    page.get_by_role("button", name=re.compile("^Import [0-9]+ event")).click()
    page.locator(".tl > li", has_text="rolled back").wait_for()
    page.locator("#known").focus()
    page.keyboard.press("Home")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**known=0**")
    expect(page.locator(".tl > li", has_text="pool was full")).to_have_count(0)
    page.goto(here)
    page.get_by_role("button", name="Keep as").first.click()
    expect(page.locator(".tl > li.tl-gap")).to_have_count(2)

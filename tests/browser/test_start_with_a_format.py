"""A sprint retrospective starts with three fields, with a search in the list of people and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from retros.models import Retrospective


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_the_list_to_a_learning(open_as, commander, responder, stakeholder, has_scripts):
    page = open_as(commander, java_script_enabled=has_scripts)
    page.goto("/retrospectives/new/")
    page.get_by_role("link", name="Sprint", exact=True).click()
    page.wait_for_url("**?subject=sprint")
    page.get_by_label("Title").fill("Sprint 9")
    page.get_by_label("Sailboat").check()
    search = page.get_by_label("Find people in the list")
    expect(search).to_be_visible(visible=has_scripts)
    if has_scripts:
        search.fill(responder.name[:6].upper())
        page.get_by_label(str(stakeholder)).wait_for(state="hidden")
    page.get_by_label(str(responder)).check()
    page.get_by_role("button", name=re.compile("^Start")).click()
    page.wait_for_url(re.compile(r"/retrospectives/\d+/$"))
    made = Retrospective.objects.get()
    assert [one.user for one in made.participants.all()] == [responder]
    page.goto(f"{made.get_absolute_url()}learnings/")
    page.get_by_text("Rocks", exact=True).click()
    page.get_by_label("What is it?").fill("The move in May")
    page.get_by_role("button", name=re.compile("^Save")).click()
    page.get_by_text("Yours, 1").wait_for()
    assert made.learnings.get().kind == "rocks"
    assert not page.complaints

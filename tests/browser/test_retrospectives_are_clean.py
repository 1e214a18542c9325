"""Are a retrospective's pages free of accessibility faults, console noise, CSP violations and sideways scrolling,
and does everybody see the same clock?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from action_items.models import ActionItem
from retros.checks import CHECKS
from retros.models import (
    ContributingFactor,
    Document,
    Export,
    Factor,
    ImpactStatement,
    Learning,
    Question,
    TimelineEntry,
)
from retros.workflow import (
    add_participants,
    ask_reviewer,
    cast_ballot,
    close_question,
    frame_retrospective,
    open_retrospective,
    publish_retrospective,
    run_clock,
    schedule_session,
    start_retrospective,
    start_review,
    start_session,
    waive_check,
)
from tests.browser.conftest import NARROW, WIDE

pytestmark = pytest.mark.browser
LONG = "averyverylongwordwithoutanyspaceatall" * 3


@pytest.fixture
def full(incident, private_incident, commander, responder, outsider, admin, stakeholder):
    """One in session, one published, one scheduled; paths of their pages."""
    own = start_retrospective(incident=incident, by=commander, owner=commander)
    frame_retrospective(
        retrospective=own, by=commander, scope=LONG, objectives="Why\nHow", facilitator=commander
    )
    add_participants(retrospective=own, by=commander, people=[responder, stakeholder])
    for person, score in ((commander, 1), (responder, 5), (outsider, 4), (admin, 4)):
        cast_ballot(retrospective=own, question=Question.SAFETY_START, score=score, by=person)
    close_question(retrospective=own, question=Question.SAFETY_START, by=commander)
    type(own).objects.filter(pk=own.pk).update(title=f"Nobody can pay, {LONG}")
    own.refresh_from_db()
    start_session(retrospective=own, by=commander)
    run_clock(retrospective=own, by=commander, do="next")
    read = open_retrospective(
        by=commander, title=LONG, subject="project", owner=commander, scope="All " + LONG
    )
    parent = None
    for n in range(8):
        factor = Factor.objects.create(text=f"{n} {LONG}", key=f"{n}")
        parent = ContributingFactor.objects.create(
            retrospective=read, factor=factor, text=factor.text, parent=parent, explanation="How?"
        )
    Document.objects.create(retrospective=read, section="summary", text=f"**Short** {LONG}\n\n- one\n- two")
    ImpactStatement.objects.create(
        retrospective=read, dimension="customers", text="Some", debt="A switch",
        numbers=[{"name": "Orders", "value": 5, "unit": ""}],
    )  # fmt: skip
    for n in range(3):
        TimelineEntry.objects.create(
            retrospective=read, occurred_at=timezone.now() - timedelta(hours=n * 20), text=LONG,
            gap="missing" if n else "", phase="" if n else "detected",
        )  # fmt: skip
    Learning.objects.create(retrospective=read, kind="helped", text=LONG)
    ActionItem.objects.create(retrospective=read, title=LONG[:100], owner=commander, verification="x")
    type(read).objects.filter(pk=read.pk).update(learnings_revealed_at=timezone.now())
    read.refresh_from_db()
    start_review(retrospective=read, by=commander, reason="x")
    ask_reviewer(retrospective=read, by=commander, reviewer=responder)
    in_review = open_retrospective(by=commander, title="Sprint 9", subject="sprint", owner=commander)
    start_review(retrospective=in_review, by=commander, reason="x")
    ask_reviewer(retrospective=in_review, by=commander, reviewer=commander)
    for name in CHECKS:
        waive_check(retrospective=read, by=commander, name=name, reason=f"{name} {LONG}"[:1000])
    publish_retrospective(retrospective=read, by=commander)
    export = Export.objects.create(retrospective=read, number=1, asked_by=commander)
    fixed = start_retrospective(incident=private_incident, by=commander, owner=commander)
    soon = timezone.now() + timedelta(days=1)
    schedule_session(retrospective=fixed, by=commander, scheduled_at=soon, place=LONG)
    here, there, review = (r.get_absolute_url() for r in (own, read, in_review))
    return [
        "/retrospectives/",
        "/retrospectives/?q=nothing",
        "/retrospectives/new/",
        "/retrospectives/new/?subject=sprint",
        f"/incidents/{incident.reference}/seen-before/",
        here,
        *(f"{here}{part}/" for part in ("frame", "safety", "review", "present")),
        f"{here}review/checks/factors/",
        there,
        f"{there}review/",
        f"{there}versions/1/",
        f"{there}pdf/{export.pk}/",
        f"{there}reopening/",
        *(f"{review}{part}" for part in ("", "learnings/", "actions/", "timeline/", "review/")),
        f"{fixed.get_absolute_url()}frame/",
        f"{fixed.get_absolute_url()}review/start/",
    ]


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1440", "360"])
def test_every_page_is_clean(open_as, axe, commander, full, viewport):
    page = open_as(commander, viewport=viewport)
    faults = []
    for path in full:
        response = page.goto(path)
        sideways = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        found = axe(page)
        if response.status != 200 or sideways > 0 or found or page.complaints:
            faults.append((path, response.status, sideways, found, list(page.complaints)))
        page.complaints.clear()
    assert not faults


def test_the_settings_are_clean(open_as, axe, admin):
    page = open_as(admin, viewport=NARROW)
    for path in ("/settings/retrospectives/", "/settings/retrospective-formats/", "/settings/costs/"):
        page.goto(path)
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], path
    assert not page.complaints


def test_everybody_sees_the_clock_turn(open_as, listening, commander, responder, full):
    path = full[5]
    leads, follows = open_as(commander), open_as(responder)
    leads.goto(path)
    follows.goto(path)
    follows.locator("#retro_head time[data-tick=timer]").wait_for()
    listening(follows)
    with leads.expect_navigation():
        leads.get_by_role("button", name="Pause", exact=True).click()
    follows.locator("#retro_head").get_by_text("Scope and impact").first.wait_for()
    follows.locator("#retro_head time[data-tick=timer]").wait_for(state="detached")
    leads.get_by_role("button", name="Next", exact=True).click()
    follows.locator("#retro_head").get_by_text("Timeline", exact=True).first.wait_for()
    assert not follows.complaints

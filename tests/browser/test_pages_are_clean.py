"""Is every page free of accessibility faults, console noise, CSP violations and sideways scrolling?

Both themes, a phone and a desk; the phone also at 320 px, for the reflow criterion (WCAG 2.2, 1.4.10).
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from action_items.workflow import add_action_item, complete_action_item
from incidents.models import Service, Severity
from incidents.workflow import (
    create_brief_link,
    declare_incident,
    mitigate_incident,
    post_status_update,
    raise_hypothesis,
    record_change,
    record_mitigation,
    report_problem,
    request_update,
    set_service_impact,
    snooze_update,
)
from insights.models import InsightsPdf
from insights.questions import QUESTIONS
from insights.workflow import annotate, set_goals
from retros.workflow import start_retrospective
from subscribers.models import Notice
from tests.browser.conftest import NARROW, WIDE
from tests.browser.waiting import place_of
from timeline.workflow import attach_evidence, mark_gap, write_event

pytestmark = pytest.mark.browser
TOO_WIDE = """[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right >
  document.documentElement.clientWidth + 1 && !e.closest(".kinds, pre, [role=region] *, .fixed")).slice(0, 3)
  .map(e => e.outerHTML.slice(0, 120))"""


def too_wide_at_320(page) -> list:
    """What stands out of a phone of 320 px that shows the page which is open; it goes back to its own width."""
    own = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    width = page.evaluate("document.documentElement.scrollWidth")
    found = [(f"{width} px at 320", page.evaluate(TOO_WIDE))] if width > 320 else []
    page.set_viewport_size(own)
    return found


@pytest.fixture
def busy(commander, responder, stakeholder, severity, readers):
    """One incident with something of everything; paths of its pages."""
    gateway = Service.objects.create(name="gateway", slug="gateway", tier=0)
    checkout = Service.objects.create(name="a-service-with-a-very-long-name-indeed", slug="checkout", tier=1)
    checkout.depends_on.add(gateway)
    now = timezone.now()
    incident = declare_incident(
        by=commander,
        title="Averyverylongtitlewithoutanyspaceatall and then some words that go on",
        severity=severity(1),
        services=[gateway, checkout],
        impact_started_at=now - timedelta(minutes=9),
    )
    set_service_impact(incident=incident, service=gateway, impact="major_outage", by=responder)
    hypothesis = raise_hypothesis(incident=incident, by=responder, claim="A bad deploy")
    evidence = attach_evidence(
        incident=incident, by=responder, kind="log", title="x" * 90, body="y" * 400, hypothesis=hypothesis
    )
    record_mitigation(incident=incident, by=responder, text="Roll back", state="applying", time_box_minutes=5)
    record_change(
        incident=incident, by=responder, title="v231", at=now - timedelta(minutes=20), service=gateway
    )
    event = write_event(incident=incident, by=responder, text="`code` and https://example.test/" + "z" * 80)
    question = write_event(incident=incident, by=responder, kind="question", text="Which zone?")
    mark_gap(
        incident=incident, by=responder, text="No metrics", occurred_at=now - timedelta(minutes=5), minutes=3
    )
    post_status_update(
        incident=incident,
        by=commander,
        audiences=["public", "stakeholders"],
        known="Some fail.",
        wordings={"public": {"known": "Some cannot pay."}},
        public_title="Payments",
        unknown="Why.",
        next_update_at=now + timedelta(minutes=3),
    )
    update = incident.status_updates.get()
    Severity.objects.filter(rank=1).update(approves_updates=True)
    waiting = post_status_update(
        incident=incident,
        by=responder,
        audiences=["public", "executives"],
        known="y" * 90,
        wordings={"public": {"known": "x" * 90}},
        no_open_unknowns=True,
        next_update_at=now + timedelta(minutes=3),
    )
    request_update(incident=incident, by=stakeholder, question="q" * 90)
    snooze_update(
        incident=incident,
        audience="executives",
        until=now + timedelta(minutes=50),
        reason="r" * 90,
        by=commander,
    )
    contained = declare_incident(by=commander, title="Contained", severity=severity(2))
    mitigate_incident(incident=contained, by=commander)
    report_problem(by=stakeholder, title="Looks odd")
    create_brief_link(incident=incident, by=commander)
    here = incident.get_absolute_url()
    parts = (
        "catch-up audit-trail severity status milestones services blast-radius people description now impact "
    )
    parts += (
        "mitigation changes tasks links status-updates/new brief evidence timeline/gap timeline/insertion "
        "cadence update-promise "
    )
    parts += "merger roles/commander checks resolution"
    for kind, read_at in (("duty", None), ("updates", now)):
        Notice.objects.create(
            person=commander,
            incident=incident,
            kind=kind,
            title="x" * 120,
            text="y" * 300,
            url="/",
            read_at=read_at,
        )
    retrospective = start_retrospective(incident=incident, by=commander, owner=commander)
    item = add_action_item(
        by=commander, title="x" * 120, retrospective=retrospective, due_on=now.date() - timedelta(days=4)
    )
    add_action_item(by=commander, title="Say how " * 20, owner=commander, due_on=now.date(), priority="P1")
    done = complete_action_item(item=add_action_item(by=commander, title="Done"), by=commander)
    annotation = annotate(by=responder, day=now.date(), words="New rota " * 6)
    set_goals(by=responder, metric="time_to_resolve", minutes={None: 45})
    papers = InsightsPdf.objects.bulk_create(
        InsightsPdf(
            asked_by=commander, state=state, key=key, ready_at=now, problem="No " * 40 * (state == "failed")
        )
        for state, key in (("waiting", ""), ("ready", "faster"), ("failed", "time"))
    )
    return [
        *(f"/insights/pdf/{paper.pk}/" for paper in papers),
        "/insights/report/?every=month",
        "/actions/",
        "/actions/?state=&sort=newest",
        "/actions/board/",
        "/actions/quarter/",
        "/actions/new/",
        f"/actions/bulk/?item={item.pk}&change=state:wont_do",
        item.get_absolute_url(),
        f"{item.get_absolute_url()}details/",
        f"{item.get_absolute_url()}state/?to=wont_do",
        done.get_absolute_url(),
        f"{done.get_absolute_url()}state/?to=verified",
        f"{done.get_absolute_url()}helped/",
        f"/retrospectives/{retrospective.pk}/actions/",
        f"/retrospectives/{retrospective.pk}/actions/new/",
        "/",
        "/inbox/",
        "/inbox/?show=unread",
        "/declare?title=averyvery",
        "/report",
        "/overview/",
        "/insights/?period=own",
        "/insights/over-time/?period=all",
        "/insights/pack/?period=12&part=trend&part=largest&part=commitments&part=decisions&part=promises",
        "/insights/over-time/?period=own&against=dates",
        "/insights/annotations/",
        "/insights/missing-times/",
        "/insights/annotations/new/",
        f"/insights/annotations/{annotation.pk}/",
        "/insights/goals/time_to_resolve/",
        *(f"/insights/{key}/" for key in (*QUESTIONS, "incidents")),
        "/actions/?state=&due_from=2020-01-01&due_to=2030-01-01&severity=1",
        "/incidents/",
        "/palette?q=a",
        here,
        *(f"{here}{part}/" for part in parts.split()),
        f"{here}hypotheses/{hypothesis.pk}/",
        f"{here}evidence/{evidence.pk}/",
        f"{here}timeline/{event.pk}/",
        f"{here}timeline/{question.pk}/answers/",
        f"{here}status-updates/{update.pk}/correction/",
        f"{here}status-updates/{waiting.pk}/approval/",
        f"{here}status-updates/{waiting.pk}/objection/",
        f"{contained.get_absolute_url()}resolution/",
        contained.get_absolute_url(),
    ]


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1440", "360"])
def test_every_page_is_clean(open_as, axe, commander, busy, viewport):
    page = open_as(commander, viewport=viewport)
    faults = []
    for path in busy:
        response = page.goto(path)
        sideways = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        found = [*too_wide_at_320(page), *axe(page)] if viewport is NARROW else axe(page)
        if sideways > 0:
            found.append(page.evaluate(TOO_WIDE))
        if response.status != 200 or sideways > 0 or found or page.complaints:
            faults.append((path, response.status, sideways, found, list(page.complaints)))
        page.complaints.clear()
    assert not faults


def test_a_phone_shows_the_state_and_the_composer_at_once(open_as, commander, incident):
    page = open_as(commander, viewport={"width": 360, "height": 640})
    page.goto(incident.get_absolute_url())
    assert place_of(page.locator("#composer textarea"))["y"] < 560
    assert place_of(page.locator("#head h1"))["y"] < 120


def test_dialogs_are_clean_too(open_as, axe, commander, incident):
    page = open_as(commander)
    page.goto(incident.get_absolute_url())
    for name in ("People", "Services", "Times"):
        page.locator("#rail").get_by_role("link", name=name, exact=True).click()
        page.locator("#dialog[open]").wait_for()
        assert axe(page) == []
        page.keyboard.press("Escape")
        page.locator("#dialog:not([open])").wait_for(state="attached")
    assert not page.complaints

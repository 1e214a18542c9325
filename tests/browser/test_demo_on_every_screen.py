"""Does the demo organisation fit every screen and every finger?

No page is wider than its screen, in every status of an incident and with the widths of other fonts; what can be
pressed on a phone is 44 px high, or a word inside a sentence.
"""

from datetime import UTC, datetime

import pytest

from incidents.models import Incident
from retros.models import Retrospective
from tests.browser.conftest import NARROW

pytestmark = [pytest.mark.browser]
WIDTHS = (320, 360, 390, 430, 1024, 1440)
PARTS = ("", "status-updates/new/", "resolution/", "brief/", "catch-up/", "cadence/", "evidence/", "impact/")
PLAIN = [
    "/",
    "/incidents/",
    "/overview/",
    "/inbox/",
    "/actions/",
    "/actions/board/",
    "/actions/quarter/",
    "/demo/tickets/",
    "/demo/tickets/PAY-482/",
    "/retrospectives/",
    "/insights/",
    "/insights/over-time/?period=all",
    "/insights/pack/?period=12&part=trend&part=largest&part=commitments&part=decisions&part=promises",
    "/insights/annotations/",
    "/insights/missing-times/",
    "/declare",
    "/report",
    "/settings/",
    "/settings/people/",
    "/settings/teams/",
    "/settings/channels/",
    "/settings/channels/mail/",
    "/settings/channels/new/",
    "/settings/invitations/new/",
    "/settings/tokens/",
    "/settings/service-accounts/new/",
    "/api/v1/docs/",
    "/api/v1/docs/the-caller/",
    "/api/v1/docs/errors",
    "/status-pages/",
]
SECTIONS = ("", "timeline/", "narrative/", "causes/", "learnings/", "actions/", "impact/")

FONTS = {"own": "", "wider": ".06em"}  # letters as wide as those of the widest system fonts
# What stands out of the screen, and text that its box cuts off without an ellipsis; strips that scroll are right.
OUTSIDE = """(spacing) => {
  document.body.style.letterSpacing = spacing;
  const width = document.documentElement.clientWidth, found = [];
  if (document.scrollingElement.scrollWidth > width) found.push(`page ${document.scrollingElement.scrollWidth}`);
  const scrolls = (node) => { for (let p = node; p; p = p.parentElement) if (/auto|scroll/.test(getComputedStyle(p).overflowX)) return true; return false; };
  for (const node of document.querySelectorAll("main *:not(svg *)")) {
    const box = node.getBoundingClientRect();
    const isOut = box.right > width + 1, isFull = node.scrollWidth > node.clientWidth + 1;
    if (!(isOut || isFull) || box.width <= 1 || !box.height || node.closest(".sr-only")) continue;
    const style = getComputedStyle(node);
    const isCut = isFull && style.overflowX === "hidden" && style.textOverflow !== "ellipsis";
    if ((isOut || isCut) && !scrolls(node)) found.push(`${node.tagName} ${node.className} ${node.textContent.trim().slice(0, 40)}`);
    if (found.length > 3) break;
  }
  return found;
}"""


def too_wide(page, path: str) -> list:
    """Load `path` once and look at it in every width, in the font of this machine and in a wider one.

    A page that does not exist in this status has no width.
    """
    if page.goto(path).status == 404:
        return []
    composer = page.locator("#composer textarea")
    if composer.count():
        composer.fill("Averyveryverylongwordwithoutanyspaceatallindeed and more")
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for font, spacing in FONTS.items():
            if found := page.evaluate(OUTSIDE, spacing):
                faults.append((path, font, width, found))
    return faults


@pytest.fixture
def far_away(demo):
    """The demo's administrator where it is another day than in UTC: every time is as long as it gets."""
    demo.time_zone = "Pacific/Kiritimati" if datetime.now(UTC).hour >= 10 else "Pacific/Niue"
    demo.save(update_fields=["time_zone"])
    return demo


def test_incidents_in_every_status(open_as, far_away):
    page = open_as(far_away)
    faults = []
    seen = {}
    for incident in Incident.objects.visible_to(far_away).select_related("severity").order_by("number"):
        parts = PARTS if incident.status not in seen else ("",)  # forms depend on the status alone
        seen[incident.status] = incident
        for part in parts:
            path = incident.get_absolute_url() + part
            faults += too_wide(page, path)
    assert len(seen) >= 7
    assert not faults


def test_all_other_pages(open_as, server, far_away):
    server.become_demo()
    page = open_as(far_away)
    faults = [fault for path in PLAIN for fault in too_wide(page, path)]
    for retrospective in Retrospective.objects.visible_to(far_away)[:2]:
        for section in SECTIONS:
            path = retrospective.get_absolute_url() + section
            faults += too_wide(page, path)
    assert not faults


TOUCHED = [
    "/",
    "/incidents/",
    "/overview/",
    "/inbox/",
    "/actions/",
    "/actions/board/",
    "/actions/quarter/",
    "/retrospectives/",
    "/insights/",
    "/insights/over-time/?period=all",
    "/insights/pack/?period=12&part=trend&part=largest&part=commitments&part=decisions&part=promises",
    "/declare",
    "/report",
    "/status-pages/",
    "/settings/",
    "/settings/people/",
    "/settings/notifications/",
]
TOUCHED_PARTS = ("", "status-updates/new/", "resolution/", "brief/", "catch-up/", "cadence/")
TOUCHED_SECTIONS = ("", "timeline/", "narrative/", "causes/", "learnings/", "actions/", "impact/", "review/")
# A label stands for its box, and an overlay for the element it belongs to.
TOO_LOW = """() => [...document.querySelectorAll(
  "a[href], button, summary, select, textarea, input:not([type=hidden]), [role=button]"
)].filter((node) => {
  if (!node.checkVisibility() || node.matches(".sr-only, .sr-only *, [contenteditable] *, svg *")) return false;
  const overlay = getComputedStyle(node, "::after");
  const style = getComputedStyle(node);
  if (node.matches("a") && style.display === "inline" && overlay.position !== "absolute") return false;
  const label = node.matches("input") && (node.closest("label") ?? document.querySelector(`label[for="${node.id}"]`));
  let height = Math.max(node.getBoundingClientRect().height, label ? label.getBoundingClientRect().height : 0);
  if (overlay.position === "absolute" && overlay.content !== "none") height = Math.max(height, parseFloat(overlay.height) || 0);
  return height > 1 && height < 43.5;
}).map((node) => `${node.tagName} ${node.className} ${(node.textContent || node.name).trim().slice(0, 40)}`)"""


def test_every_target_on_a_phone(open_as, demo):
    page = open_as(demo, viewport=NARROW)
    first = {incident.status: incident for incident in Incident.objects.visible_to(demo).order_by("-number")}
    paths = [*TOUCHED]
    paths += [incident.get_absolute_url() + part for incident in first.values() for part in TOUCHED_PARTS]
    paths += [
        retrospective.get_absolute_url() + section
        for retrospective in Retrospective.objects.visible_to(demo).order_by("pk")[:2]
        for section in TOUCHED_SECTIONS
    ]
    faults = {}
    for path in paths:
        if page.goto(path).status == 200 and (found := page.evaluate(TOO_LOW)):
            faults[path] = found[:5]
    assert not faults, "\n".join(f"{path} {line}" for path, found in faults.items() for line in found)

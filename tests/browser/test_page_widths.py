"""Is no page wider than its screen, in every status of an incident, with the widths of other fonts?"""

import pytest

from incidents.models import Incident
from retros.models import Retrospective

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

# Letters as wide as those of the widest system fonts.
WIDER = "document.body.style.letterSpacing = '.06em'"
# What stands out of the screen, and text that its box cuts off without an ellipsis; strips that scroll are right.
OUTSIDE = """() => {
  const width = document.documentElement.clientWidth, found = [];
  if (document.scrollingElement.scrollWidth > width) found.push(`page ${document.scrollingElement.scrollWidth}`);
  const scrolls = (node) => { for (let p = node; p; p = p.parentElement) if (/auto|scroll/.test(getComputedStyle(p).overflowX)) return true; return false; };
  for (const node of document.querySelectorAll("main *:not(svg *)")) {
    const box = node.getBoundingClientRect();
    if (box.width <= 1 || !box.height || node.closest(".sr-only")) continue;
    const style = getComputedStyle(node);
    const isCut = style.overflowX === "hidden" && style.textOverflow !== "ellipsis" && node.scrollWidth > node.clientWidth + 1;
    if ((box.right > width + 1 || isCut) && !scrolls(node)) found.push(`${node.tagName} ${node.className} ${node.textContent.trim().slice(0, 40)}`);
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
    for font in ("own", "wider"):
        if font == "wider":
            page.evaluate(WIDER)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if found := page.evaluate(OUTSIDE):
                faults.append((path, font, width, found))
    return faults


def test_incidents_in_every_status(open_as, demo):
    page = open_as(demo)
    faults = []
    seen = {}
    for incident in Incident.objects.visible_to(demo).select_related("severity").order_by("number"):
        parts = PARTS if incident.status not in seen else ("",)  # forms depend on the status alone
        seen[incident.status] = incident
        for part in parts:
            path = incident.get_absolute_url() + part
            faults += too_wide(page, path)
    assert len(seen) >= 7
    assert not faults


def test_all_other_pages(open_as, demo):
    page = open_as(demo)
    faults = [fault for path in PLAIN for fault in too_wide(page, path)]
    for retrospective in Retrospective.objects.visible_to(demo)[:2]:
        for section in SECTIONS:
            path = retrospective.get_absolute_url() + section
            faults += too_wide(page, path)
    assert not faults

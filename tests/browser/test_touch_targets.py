"""Can a finger hit what can be pressed? 44 px, or a word inside a sentence."""

import pytest

from incidents.models import Incident
from retros.models import Retrospective
from tests.browser.conftest import NARROW

pytestmark = [pytest.mark.browser]
PATHS = [
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
PARTS = ("", "status-updates/new/", "resolution/", "brief/", "catch-up/", "cadence/")
SECTIONS = ("", "timeline/", "narrative/", "causes/", "learnings/", "actions/", "impact/", "review/")
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


def test_everything_on_a_phone(open_as, demo):
    page = open_as(demo, viewport=NARROW)
    first = {incident.status: incident for incident in Incident.objects.visible_to(demo).order_by("-number")}
    paths = [*PATHS]
    paths += [incident.get_absolute_url() + part for incident in first.values() for part in PARTS]
    paths += [
        retrospective.get_absolute_url() + section
        for retrospective in Retrospective.objects.visible_to(demo).order_by("pk")[:2]
        for section in SECTIONS
    ]
    faults = {}
    for path in paths:
        if page.goto(path).status == 200 and (found := page.evaluate(TOO_LOW)):
            faults[path] = found[:5]
    assert not faults, "\n".join(f"{path} {line}" for path, found in faults.items() for line in found)

"""A manager's walk: open Insights, narrow to a service, see why there is no arrow, open what is behind a dot, print."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from incidents.models import AffectedService, Incident, Service, Severity
from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_pages_are_clean import too_wide_at_320

pytestmark = pytest.mark.browser


@pytest.fixture
def history(transactional_db):
    """Half a year of incidents that take longer since; four of them on one service."""
    now, severity = timezone.now(), Severity.objects.get(rank=3)
    mail = Service.objects.create(name="Mail", slug="mail")
    for n in range(120):
        began = now - timedelta(days=1 + n * 1.4, hours=n % 24)
        lasted = timedelta(minutes=(200 if n < 60 else 40) + n % 37)
        parts = {
            "detected_at": 0.1, "declared_at": 0.2, "acknowledged_at": 0.3, "mitigated_at": 0.5, "resolved_at": 1
        }  # fmt: skip
        incident = Incident.objects.create(
            number=5000 + n, title=f"Mails wait {n}", severity=severity, status="resolved", impact_started_at=began,
            **{name: began + lasted * part for name, part in parts.items()},
        )  # fmt: skip
        if n % 30 == 0:
            AffectedService.objects.create(
                incident=incident, service=mail, impact="degraded", started_at=began, ended_at=began + lasted
            )


def test_a_managers_walk(open_as, stakeholder, history):
    page = open_as(stakeholder)
    page.goto("/")
    page.get_by_role("link", name="Insights", exact=True).click()
    faster = page.locator("#question-faster")
    expect(faster).to_contain_text("the change holds")
    expect(faster.get_by_text("slower", exact=True)).to_be_visible()
    page.get_by_label("Service").select_option("Mail")
    page.wait_for_url("**service=mail**")
    page.get_by_text("Show all questions").click()
    page.get_by_text("no trend: fewer than 20 incidents").wait_for()
    expect(faster.get_by_text("slower", exact=True)).to_have_count(0)
    dot = faster.locator(".fig:visible a").first
    address = dot.get_attribute("href")
    dot.click()
    page.wait_for_url(f"**{address}")
    page.go_back()
    page.get_by_text("Show all questions").click()
    page.locator("#question-faster").get_by_role("link", name="Incidents behind").click()
    page.wait_for_url("**/insights/incidents/**service=mail**")
    expect(page.locator("tbody tr")).to_have_count(3)
    page.goto("/insights/")
    page.emulate_media(media="print")
    expect(page.locator(".asks")).to_be_hidden()
    expect(page.locator("#question-faster")).to_be_visible()
    assert not page.complaints


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1440", "360 and 320"])
def test_figures_are_clean(open_as, axe, stakeholder, history, viewport):
    page = open_as(stakeholder, viewport=viewport)
    for path in (
        "",
        "faster/",
        "promises/",
        "breaks/",
        "humane/",
        "time/",
        "actions/",
        "cost/",
        "what-would-it-take/",
        "incidents/",
    ):
        page.goto(f"/insights/{path}?period=365")
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path
        assert viewport is WIDE or too_wide_at_320(page) == [], path
    assert not page.complaints

"""Are status pages, as the public reads them and as they are set up, free of faults on a phone and a desk?"""

from datetime import time, timedelta
from io import BytesIO

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from incidents.models import Service
from incidents.workflow import declare_incident, post_status_update, set_service_impact
from statuspages.models import (
    Component,
    ComponentGroup,
    MaintenanceSeries,
    PageAudience,
    ScheduledMaintenance,
    StatusPage,
)
from statuspages.workflow import (
    keep_component,
    keep_group,
    keep_look,
    keep_page,
    schedule_maintenance,
    schedule_series,
)
from tests.browser.test_settings_are_clean import EVERYWHERE, faults_of

pytestmark = pytest.mark.browser


@pytest.fixture
def fernhill(admin, commander, severity):
    """A page with a group, states, an incident of several updates, work to come; another still empty."""
    shop = StatusPage(name="Fernhill status", slug="shop", is_published=True, is_default=True)
    shop = keep_page(by=admin, page=shop)
    group = keep_group(by=admin, group=ComponentGroup(page=shop, name="Everything around the checkout"))
    since = timezone.now().date() - timedelta(days=200)
    services = []
    for name, inside in (
        ("Payments", None),
        ("A part with a name that goes on for long", group),
        ("S", group),
    ):
        service = Service.objects.create(name=f"internal-{name}", slug=f"s{len(services)}", tier=1)
        services.append(service)
        part = Component(page=shop, group=inside, name=name, service=service, tracked_since=since)
        keep_component(by=admin, component=part)
    keep_component(by=admin, component=Component(page=shop, name="By hand", tracked_since=since))
    now = timezone.now()
    for ago, title in ((timedelta(days=3), "x" * 90), (timedelta(hours=1), "Card payments fail")):
        incident = declare_incident(by=commander, title="Inside", severity=severity(2))
        set_service_impact(incident=incident, service=services[0], impact="partial_outage", by=commander)
        for n, words in enumerate(
            ("About **4 in 10** fail. https://example.test/" + "y" * 80, "Better now.")
        ):
            post_status_update(
                incident=incident,
                by=commander,
                audiences=["public"],
                public_title=title,
                wordings={"public": {"known": words, "workaround": "Pay by invoice."}},
                published_at=now - ago + timedelta(minutes=n),
                next_update_at=now + timedelta(hours=1),
            )
    work = ScheduledMaintenance(
        page=shop,
        title="Search index move",
        starts_at=now + timedelta(days=1),
        ends_at=now + timedelta(days=1, hours=2),
    )
    work = schedule_maintenance(
        by=commander,
        maintenance=work,
        components=shop.components.filter(name="S"),
        text="New products later.",
    )
    series = MaintenanceSeries(
        page=shop,
        title="Failover test",
        text="Payments take a few seconds longer.",
        frequency="weekly",
        weekdays="SU",
        first_on=(now + timedelta(days=2)).date(),
        begins_at=time(2),
        time_zone="Europe/Berlin",
        duration=timedelta(hours=1),
    )
    schedule_series(by=commander, series=series, components=shop.components.all())
    logo = BytesIO()
    Image.new("RGBA", (640, 128), (0, 0, 0, 255)).save(logo, "PNG")
    keep_look(by=admin, page=shop, accent="#ffb300", logo=logo.getvalue())
    inside = StatusPage(name="Inside", slug="inside", is_published=True, audience=PageAudience.INTERNAL)
    keep_page(by=admin, page=inside)
    return shop, group, work


def linked(page, path: str) -> list[str]:
    """Every address of the same page that `path` links to."""
    page.goto(path)
    found = page.eval_on_selector_all("a[href]", "links => links.map(a => a.pathname)")
    own = {
        p
        for p in found
        if p.startswith("/status/shop/") and not p.endswith((".ics", ".json", ".atom", ".rss"))
    }
    return sorted(own)


@EVERYWHERE
def test_what_the_public_reads(open_as, axe, fernhill, viewport):
    page = open_as(None, viewport=viewport)
    paths = {
        "/status/shop/",
        "/status/shop/history",
        "/status/shop/subscribe",
        *linked(page, "/status/shop/"),
    }
    assert any("/incidents/" in path for path in paths)
    assert any("/maintenances/" in path for path in paths)
    assert faults_of(page, axe, sorted(paths)) == []


@EVERYWHERE
def test_where_it_is_set_up(open_as, axe, admin, fernhill, viewport):
    shop, group, work = fernhill
    part = shop.components.get(name="By hand")
    repeating = shop.maintenances.filter(series__isnull=False).earliest("starts_at")
    page = open_as(admin, viewport=viewport)
    paths = [
        *map(reverse, ("status_pages", "status_page_new")),
        *(
            reverse(name, args=["shop"])
            for name in (
                "status_page",
                "status_page_settings",
                "component_group_new",
                "component_new",
                "page_subscribers",
                "page_look",
                "maintenance_new",
                "shown_page",
                "shown_history",
            )
        ),
        reverse("status_page", args=["inside"]),
        reverse("shown_page", args=["inside"]),
        reverse("component_group", args=["shop", group.pk]),
        reverse("component", args=["shop", part.pk]),
        *(reverse(name, args=["shop", work.pk]) for name in ("maintenance", "maintenance_window")),
        *(reverse(name, args=["shop", repeating.pk]) for name in ("maintenance", "maintenance_series")),
    ]
    assert faults_of(page, axe, paths) == []


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_the_public_page_at_320(open_as, axe, fernhill, language):
    StatusPage.objects.update(language=language)
    page = open_as(None, viewport={"width": 320, "height": 640})
    paths = ["/status/shop/", "/status/shop/history", "/status/shop/subscribe"]
    assert faults_of(page, axe, paths) == []
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_the_form_shows_what_a_choice_needs_and_the_windows_of_the_rule(open_as, commander, fernhill):
    page = open_as(commander, viewport={"width": 360, "height": 740})
    page.goto("/status-pages/shop/maintenances/new/")
    expect(page.get_by_label("Number of windows", exact=True)).to_be_hidden()
    expect(page.get_by_text("Preview windows")).to_be_hidden()
    begins = (timezone.now() + timedelta(days=3)).replace(hour=9, minute=0, second=0)
    page.get_by_label("Begins").fill(f"{begins:%Y-%m-%dT%H:%M:%S}")
    page.get_by_label("Ends", exact=True).fill(f"{begins + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}")
    page.get_by_label("Repeats", exact=True).select_option("weekly")
    expect(page.get_by_label("On which day of the month")).to_be_hidden()
    page.get_by_label("Sunday").check()
    page.get_by_label("After a number of windows").check()
    page.get_by_label("Number of windows", exact=True).fill("3")
    page.get_by_label("Title", exact=True).click()
    expect(page.locator("#windows")).to_contain_text("Repeats every Sunday, 3 times")
    expect(page.locator("#windows li")).to_have_count(3)

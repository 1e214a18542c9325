"""Is a page set up in pages, by administrators only, with a record of each change?"""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.models import AuditEntry
from statuspages.models import Component, ComponentGroup, PageAudience, PageSubscriber, StatusPage
from statuspages.workflow import (
    keep_component,
    keep_page,
    move_on_page,
    remove_from_page,
    remove_page,
    set_component_state,
)


def names(shop) -> list[str]:
    return [c.name for c in shop.components.in_order()]


def test_from_nothing_to_a_published_page(client, admin, payments):
    client.force_login(admin)
    data = {
        "name": "Shop",
        "slug": "shop",
        "audience": "public",
        "time_zone": "Europe/Berlin",
        "language": "de",
    }
    assert client.post("/status-pages/new/", data).url == "/status-pages/shop/"
    part = {"name": "Payments", "service": payments.pk, "tracked_since": "2026-01-01"}
    client.post("/status-pages/shop/components/new/", part)
    assert client.get("/status/shop/").status_code == 404, "a draft"
    assert "A draft" in client.get("/status-pages/shop/shown/").text
    client.post("/status-pages/shop/settings/", data | {"is_published": "on"})
    assert "Payments" in client.get("/status/shop/").text
    actions = list(AuditEntry.objects.exclude(action="catalogue.loaded").values_list("action", flat=True))
    assert actions == ["status_page.added", "component.added", "status_page.changed"]


def test_a_default_page_gives_that_up_on_the_record_and_in_its_copy(shop, make_page, admin):
    before = shop.version
    other = make_page("other", is_default=True)
    shop.refresh_from_db()
    assert (shop.is_default, other.is_default) == (False, True)
    assert shop.version > before
    entry = AuditEntry.objects.get(action="status_page.changed", changes__has_key="is_default")
    assert (entry.subject, entry.changes) == ("Shop: Shop", {"is_default": [True, False]})


def test_subscribers_are_listed_a_page_at_a_time(client, shop, admin):
    now = timezone.now()
    PageSubscriber.objects.bulk_create(
        PageSubscriber(page=shop, address=f"p{n:03}@example.test", confirmed_at=now, created_at=now)
        for n in range(130)
    )
    client.force_login(admin)
    first = client.get("/status-pages/shop/subscribers/").text
    assert "130 confirmed" in first
    assert ("p099@" in first, "p100@" in first, "Page 1 of 2" in first) == (True, False, True)
    assert "p129@" in client.get("/status-pages/shop/subscribers/?page=2").text


def test_only_administrators(shop, commander):
    for change in (
        lambda: keep_page(by=commander, page=shop),
        lambda: keep_component(by=commander, component=Component(page=shop, name="x")),
        lambda: remove_from_page(by=commander, entry=shop.components.first()),
        lambda: move_on_page(by=commander, entry=shop.components.first(), up=False),
        lambda: remove_page(by=commander, page=shop),
    ):
        with pytest.raises(PermissionDenied):
            change()
    assert names(shop) == ["Payments", "Search"]


def test_order_by_buttons(client, shop, admin):
    client.force_login(admin)
    last = shop.components.get(name="Search")
    for _ in range(2):
        client.post(f"/status-pages/shop/components/{last.pk}/place/", {"to": "up"})
    assert names(shop) == ["Search", "Payments"]
    html = client.get("/status/shop/").text
    assert html.index("Search") < html.index("Payments")


def test_a_service_is_shown_once_per_page(client, shop, admin, payments):
    client.force_login(admin)
    part = {"name": "Again", "service": payments.pk, "tracked_since": "2026-01-01"}
    answer = client.post("/status-pages/shop/components/new/", part)
    assert "The page shows this service already." in answer.text
    assert names(shop) == ["Payments", "Search"]


def test_a_group_gone_leaves_its_components(shop, admin):
    group = ComponentGroup.objects.create(page=shop, name="Money")
    part = shop.components.get(name="Payments")
    part.group = group
    keep_component(by=admin, component=part)
    assert names(shop) == ["Search", "Payments"]
    remove_from_page(by=admin, entry=group)
    assert set(names(shop)) == {"Payments", "Search"}


def test_one_default_page_for_each_audience(shop, make_page):
    make_page("inside", audience=PageAudience.INTERNAL, is_default=True)
    shop.refresh_from_db()
    assert shop.is_default
    make_page("other", is_default=True)
    shop.refresh_from_db()
    assert not shop.is_default


def test_a_published_page_is_not_deleted(shop, admin):
    with pytest.raises(ValidationError, match="back to a draft"):
        remove_page(by=admin, page=shop)
    shop.is_published = False
    keep_page(by=admin, page=shop)
    remove_page(by=admin, page=shop)
    assert not StatusPage.objects.exists()


def test_a_state_set_by_hand(client, shop, admin, commander, stakeholder):
    part = keep_component(by=admin, component=Component(page=shop, name="Shops in town"))
    client.force_login(commander)
    address = f"/status-pages/shop/components/{part.pk}/state/"
    client.post(address, {"impact": "partial_outage"})
    assert "Shops in town has a partial outage" in client.get("/status/shop/").text
    client.post(address, {"impact": ""})
    assert "All systems are working" in client.get("/status/shop/").text
    assert part.states.get().ended_at is not None
    with pytest.raises(PermissionDenied):
        set_component_state(by=stakeholder, component=part, impact="degraded")


def test_what_follows_a_service_is_not_set_by_hand(shop, commander):
    with pytest.raises(ValidationError, match="follows the service"):
        set_component_state(by=commander, component=shop.components.first(), impact="degraded")


def test_stakeholders_see_published_pages_and_no_drafts(client, shop, make_page, stakeholder):
    make_page("draft", is_published=False)
    client.force_login(stakeholder)
    html = client.get("/status-pages/").text
    assert "Shop" in html
    assert "Draft" not in html
    assert client.get("/status-pages/draft/shown/").status_code == 404

"""On the real web process: is a change of every kind of record on the public page as soon as its transaction is over?"""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import requests
from django.utils import timezone

from incidents.workflow import change_visibility, mitigate_incident, set_service_impact
from statuspages import answer_cache
from statuspages.models import Component, ComponentGroup
from statuspages.workflow import (
    keep_component,
    keep_group,
    keep_page,
    remove_from_page,
    set_component_state,
    update_maintenance,
)
from tests.browser.conftest import server, web

__all__ = ["server", "web"]

SOON = 20  # seconds, on a busy machine: answers get no older than that here, so only a notification brings a new one
TODAY = timezone.now().date()


@pytest.fixture
def now(server, shop) -> Callable[[], str]:
    """`now()` is the text of the public page now."""
    session = requests.Session()
    return lambda: session.get(f"http://127.0.0.1:{server.port}/status/shop/", timeout=20).text


def soon(now: Callable[[], str], holds: Callable[[str], bool]) -> None:
    """Wait until the page is as `holds` says."""
    deadline = time.monotonic() + SOON
    while not holds(now()):
        assert time.monotonic() < deadline, "the page is stale"


def test_every_change_is_on_the_page(now, shop, broken, tell, commander, admin, search, work, monkeypatch):
    for name in ("RENDER_AFTER", "OLDEST"):  # nothing is rendered again for its age
        monkeypatch.setattr(answer_cache, name, 600.0)

    tell(broken, "Some cards fail.")
    soon(now, lambda text: "Some cards fail." in text)

    change_visibility(incident=broken, is_private=True, by=commander)
    soon(now, lambda text: "Some cards fail." not in text)

    change_visibility(incident=broken, is_private=False, by=commander)
    soon(now, lambda text: "Some cards fail." in text)

    assert "Degraded" not in now()
    set_service_impact(incident=broken, service=search, impact="degraded", by=commander)
    soon(now, lambda text: "Degraded" in text)

    later = timezone.now() + timedelta(hours=1)
    mitigate_incident(incident=broken, by=commander, updates={"public": "We watch it."}, next_update_at=later)
    soon(now, lambda text: "Monitoring" in text)

    component = shop.components.get(name="Payments")
    component.name = "Card payments"
    keep_component(by=admin, component=component)
    soon(now, lambda text: "Card payments" in text)

    keep_group(by=admin, group=ComponentGroup(page=shop, name="Shop front"))
    component.group = ComponentGroup.objects.get()
    keep_component(by=admin, component=component)
    soon(now, lambda text: "Shop front" in text)

    free = keep_component(by=admin, component=Component(page=shop, name="Car park", tracked_since=TODAY))
    soon(now, lambda text: "Car park" in text)

    set_component_state(by=admin, component=free, impact="partial_outage")
    soon(now, lambda text: "Partial outage" in text)

    remove_from_page(by=admin, entry=free)
    soon(now, lambda text: "Car park" not in text)

    update_maintenance(by=commander, maintenance=work, text="It has begun.", state="in_progress")
    soon(now, lambda text: "It has begun." in text)

    shop.refresh_from_db()
    shop.name = "The shop"
    keep_page(by=admin, page=shop)
    soon(now, lambda text: "The shop" in text)

    shop.is_published = False
    keep_page(by=admin, page=shop)
    soon(now, lambda text: "The shop" not in text)

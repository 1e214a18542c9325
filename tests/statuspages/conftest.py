import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from incidents.models import Service
from incidents.workflow import declare_incident, post_status_update, set_service_impact
from statuspages.models import Component, PageAudience, ScheduledMaintenance, StatusPage
from statuspages.workflow import keep_component, keep_page, schedule_maintenance


@pytest.fixture(autouse=True)
def _own_data(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def payments(db) -> Service:
    return Service.objects.create(name="payments-api-internal", slug="payments", tier=1)


@pytest.fixture
def search(db) -> Service:
    return Service.objects.create(name="search-internal", slug="search", tier=1)


@pytest.fixture
def make_page(admin):
    """`make_page("shop", payments=service)`: a published public page with a component per service."""

    def make(
        slug: str = "shop", *, services: dict[str, Service | None] | None = None, **fields
    ) -> StatusPage:
        facts = {"name": slug.capitalize(), "is_published": True, "time_zone": "Europe/Berlin"} | fields
        shop = keep_page(by=admin, page=StatusPage(slug=slug, **facts))
        for name, service in (services or {}).items():
            since = timezone.now().date() - timedelta(days=200)
            component = Component(page=shop, name=name, service=service, tracked_since=since)
            keep_component(by=admin, component=component)
        shop.refresh_from_db()
        return shop

    return make


@pytest.fixture
def shop(make_page, payments, search) -> StatusPage:
    return make_page(services={"Payments": payments, "Search": search}, is_default=True)


@pytest.fixture
def internal_page(make_page, payments) -> StatusPage:
    return make_page("inside", services={"Payments": payments}, audience=PageAudience.INTERNAL)


@pytest.fixture
def broken(commander, severity, payments):
    """An incident of the payments service; nothing is told to anybody yet."""
    incident = declare_incident(by=commander, title="Secret pool of payments-api", severity=severity(2))
    set_service_impact(incident=incident, service=payments, impact="partial_outage", by=commander)
    return incident


@pytest.fixture
def tell(commander):
    """`tell(incident, "We are looking.")`: a public update that has left already, unless it says otherwise."""

    def say(incident, words: str, *, ago: timedelta = timedelta(0), title="Card payments fail", **more):
        facts = {
            "audiences": ["public", "stakeholders"],
            "known": "Inside words",
            "published_at": timezone.now() - ago,
            "public_title": title,
            "wordings": {"public": {"known": words}},
        }
        return post_status_update(incident=incident, **({"by": commander} | facts | more))

    return say


@pytest.fixture
def work(shop, commander) -> ScheduledMaintenance:
    begins = timezone.now() + timedelta(days=2)
    maintenance = ScheduledMaintenance(
        page=shop, title="Search index move", starts_at=begins, ends_at=begins + timedelta(hours=1)
    )
    components = shop.components.filter(name="Search")
    return schedule_maintenance(
        by=commander, maintenance=maintenance, components=components, text="New products appear later."
    )


@pytest.fixture
def meanwhile():
    """`end = meanwhile(change)` runs `change` in another thread until it waits for what this transaction holds.

    `end()`, called after that transaction, raises what `change` raised.
    """

    def run(change):
        pool = ThreadPoolExecutor(1)
        done = pool.submit(change)
        for _ in range(1000):
            if is_waiting := _waits_for_a_lock():
                break
            time.sleep(0.01)
        assert is_waiting

        def end():
            try:
                return done.result(20)
            finally:
                pool.submit(connections.close_all).result(10)
                pool.shutdown()

        return end

    return run


def _waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]

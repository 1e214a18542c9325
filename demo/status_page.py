"""What Fernhill's customers see, and a page for its own people."""

from datetime import time, timedelta

from demo.cast import Stage
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
    keep_page,
    schedule_maintenance,
    schedule_series,
    update_maintenance,
)

# name, service, group, description
COMPONENTS = [
    ("Payments", "payments-api", "Shop", ""),
    ("Checkout", "checkout", "Shop", ""),
    ("Search", "search", "Shop", ""),
    ("Baskets and accounts", "customer-accounts", "Shop", ""),
    ("Order history", "order-history", "Shop", ""),
    ("Parcels and labels", "label-printing", "Delivery", ""),
    ("Order mails", "mail", "Delivery", "Confirmations and invoices"),
]


def tell_status_page(stage: Stage) -> None:
    ines = stage.people["ines"]
    with stage.at(200 * 24 * 60):
        page = keep_page(
            by=ines,
            page=StatusPage(
                name="Fernhill",
                slug="fernhill",
                about="Garden tools and seeds, delivered.",
                time_zone="Europe/Berlin",
                is_default=True,
                is_published=True,
            ),
        )
        groups = {
            name: keep_group(by=ines, group=ComponentGroup(page=page, name=name))
            for name in dict.fromkeys(group for _, _, group, _ in COMPONENTS)
        }
        since = stage.ago(200 * 24 * 60).date()
        for name, service, group, description in COMPONENTS:
            component = Component(
                page=page,
                name=name,
                service=stage.services[service],
                group=groups[group],
                description=description,
                tracked_since=since,
            )
            keep_component(by=ines, component=component)
        inside = keep_page(
            by=ines,
            page=StatusPage(
                name="Fernhill inside",
                slug="inside",
                audience=PageAudience.INTERNAL,
                time_zone="Europe/Berlin",
                is_default=True,
                is_published=True,
            ),
        )
        for slug in ("orders-db", "payments-api", "search-index", "stock-import"):
            part = stage.services[slug]
            keep_component(
                by=ines,
                component=Component(page=inside, name=part.name, service=part, tracked_since=since),
            )
    _work(stage, page)


def _work(stage: Stage, page: StatusPage) -> None:
    """One done ten days ago, one planned, and one each Sunday night."""
    tom, lee = stage.people["tom"], stage.people["lee"]
    begun = 10 * 24 * 60
    with stage.at(begun + 3 * 24 * 60):
        done = schedule_maintenance(
            by=tom,
            maintenance=ScheduledMaintenance(
                page=page,
                title="New label printers",
                starts_at=stage.ago(begun),
                ends_at=stage.ago(begun - 120),
            ),
            components=page.components.filter(name="Parcels and labels"),
            text="Parcels ordered meanwhile leave the next morning.",
        )
    with stage.at(begun):
        update_maintenance(by=tom, maintenance=done, state="in_progress", text="The work has begun.")
    with stage.at(begun - 95):
        update_maintenance(
            by=tom, maintenance=done, state="completed", text="The new printers run. Thank you for waiting."
        )
    next_night = (stage.now + timedelta(days=8)).replace(hour=1, minute=0, second=0, microsecond=0)
    with stage.at(60):
        schedule_maintenance(
            by=lee,
            maintenance=ScheduledMaintenance(
                page=page,
                title="Search index move",
                starts_at=next_night,
                ends_at=next_night + timedelta(hours=1),
            ),
            components=page.components.filter(name="Search"),
            text="New products appear up to 30 minutes later. Everything else works as usual.",
        )
        tomorrow = (stage.now + timedelta(days=1)).astimezone(page.zone).date()
        schedule_series(
            by=lee,
            series=MaintenanceSeries(
                page=page,
                title="Payment provider failover test",
                text="Card payments take a few seconds longer.",
                frequency="weekly",
                weekdays="SU",
                first_on=tomorrow,
                begins_at=time(4),
                time_zone=page.time_zone,
                duration=timedelta(minutes=30),
                ends_by_itself=True,
            ),
            components=page.components.filter(name="Payments"),
        )

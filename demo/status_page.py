"""What Fernhill's customers see, and a page for its own people."""

from datetime import time, timedelta

from demo.cast import BEGAN, Stage
from statuspages.models import (
    Component,
    MaintenanceSeries,
    ScheduledMaintenance,
    StatusPage,
)
from statuspages.workflow import (
    schedule_maintenance,
    schedule_series,
    update_maintenance,
)


def tell_status_page(stage: Stage) -> None:
    """The pages are there already; their data begin with them."""
    Component.objects.update(tracked_since=stage.ago(BEGAN).date())
    _work(stage, StatusPage.objects.get(slug="fernhill"))


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

"""What an integration has received: its state on the list, and the figures on its page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import (
    Aggregate,
    BigAutoField,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from integrations.models import Integration, IntegrationQuerySet, Payload, PayloadQuerySet, PayloadState

DAY = timedelta(hours=24)
SHOWN = 50
"""How many payloads the page of an integration lists."""


class Activity(StrEnum):
    """How an integration is doing."""

    CONNECTED = "connected"
    SILENT = "silent"
    PAUSED = "paused"
    FAILING = "failing"


LABELS = {
    Activity.CONNECTED: "Connected",
    Activity.SILENT: "No events yet",
    Activity.PAUSED: "Paused",
    Activity.FAILING: "Failing",
}


def with_activity(rows: IntegrationQuerySet) -> IntegrationQuerySet:
    """Each with `received_in_24_h`, and `failing_since` where its mailbox fails, or its newest payload was not understood."""
    of_it = Payload.objects.filter(integration=OuterRef("pk"))
    recent = of_it.filter(received_at__gte=timezone.now() - DAY).order_by().values("integration")
    understood = of_it.filter(state=PayloadState.PROCESSED).values("pk")[:1]
    last_understood = Coalesce(Subquery(understood), 0, output_field=BigAutoField())
    failed = of_it.filter(state=PayloadState.FAILED, pk__gt=OuterRef("last_understood")).order_by("pk")
    return rows.annotate(
        received_in_24_h=Coalesce(
            Subquery(recent.values(count=Count("pk")), output_field=IntegerField()),
            0,
        ),
        last_understood=last_understood,
        failing_since=Coalesce(
            F("mailbox__failing_since"),
            Subquery(failed.values("received_at")[:1], output_field=DateTimeField()),
        ),
    )


def activity_of(integration: Integration) -> Activity:
    """Of one that was loaded by `with_activity`."""
    if integration.paused_at is not None:
        return Activity.PAUSED
    if integration.failing_since is not None:  # type: ignore[attr-defined]
        return Activity.FAILING
    return Activity.SILENT if integration.last_received_at is None else Activity.CONNECTED


class Median(Aggregate):
    """The middle of a set of lengths of time."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Figures:
    """The last 24 hours of one integration."""

    received: int
    alerts: int
    not_understood: int
    rejected: int
    median: timedelta | None

    @property
    def median_words(self) -> str:
        """“1.4 s”, “under 0.1 s”; “–” where nothing was read."""
        if self.median is None:
            return "–"
        seconds = self.median.total_seconds()
        return f"{seconds:.1f} s" if seconds >= 0.1 else "under 0.1 s"


def figures_of(integration: Integration, now: datetime | None = None) -> Figures:
    rows = integration.payloads.filter(received_at__gte=(now or timezone.now()) - DAY)
    took = ExpressionWrapper(F("processed_at") - F("received_at"), output_field=DurationField())
    in_time = Q(processed_at__isnull=False, replayed_at__isnull=True)
    found = rows.aggregate(
        received=Count("pk"),
        alerts=Coalesce(Sum("alerts"), 0),
        not_understood=Count("pk", filter=Q(state=PayloadState.FAILED)),
        rejected=Count("pk", filter=Q(state=PayloadState.REJECTED)),
        median=Median(took, filter=in_time),
    )
    return Figures(**found)


def newest_payloads(integration: Integration, state: str = "") -> PayloadQuerySet:
    """The newest first, without their bodies."""
    rows = Payload.objects.filter(integration=integration).defer("body", "headers")
    return (rows.filter(state=state) if state else rows)[:SHOWN]


def last_test(integration: Integration) -> Payload | None:
    return Payload.objects.filter(integration=integration, is_test=True).defer("body", "headers").first()


@dataclass(frozen=True)
class Step:
    """One of the four steps of a test. `state` is "done", "failed" or "open"."""

    name: str
    state: str
    detail: str = ""


def steps_of(test: Payload, integration: Integration) -> list[Step]:
    """Received, understood, routed, outcome: what became of a test alert, and what a real one would become."""
    received = Step("Received", "done", f"Stored, {test.size / 1024:,.1f} KB")
    if test.state == PayloadState.PROCESSED:
        count = f"{test.alerts} alert{'' if test.alerts == 1 else 's'}"
        service = f", service {integration.service}" if integration.service else ", no service"
        return [
            received,
            Step("Understood", "done", count + service),
            Step("Routed", "done", integration.get_opens_display()),
            Step("Outcome", "done", "Recorded only, because it is a test"),
        ]
    if test.state == PayloadState.FAILED:
        return [
            received,
            Step("Understood", "failed", test.outcome),
            Step("Routed", "open"),
            Step("Outcome", "open"),
        ]
    waits = (
        "It is read after you resume the integration"
        if test.state == PayloadState.PAUSED
        else "Waiting for a worker"
    )
    return [received, Step("Understood", "open", waits), Step("Routed", "open"), Step("Outcome", "open")]


def is_waiting(payloads: Iterable[Payload]) -> bool:
    return any(one.state == PayloadState.WAITING for one in payloads)

"""Is what a trial says exactly what routing does, whatever comes and whatever the routes say?"""

from datetime import timedelta
from typing import NamedTuple

import pytest
import time_machine
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Greatest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.deciding.replays import Made
from alerts.models import Alert, Route, RouteOutcome
from alerts.observed import Observed, Parsed, Told
from alerts.workflow import route_alerts, route_due_alerts, take_in
from alerts.workflow.trying import history_of
from incidents.models import AffectedService, Incident, Service, Severity
from incidents.workflow import declare_incident
from integrations.models import Opens
from integrations.workflow import create_integration
from statuspages.models import Component, ScheduledMaintenance, StatusPage
from tests.alerts.conftest import minute

pytestmark = pytest.mark.django_db
SERVICES, WORDS, KEYS = ("", "payments", "search"), ("critical", "warning"), "abcdefg"
ENDS = 60 * 24


class Step(NamedTuple):
    after: int  # minutes
    told: list[tuple[str, Told, bool]]  # key, state, whether it is a new occurrence
    by_hand: str  # a service of which somebody declares an incident, or “resolve”


routes = st.fixed_dictionaries(
    {
        "becomes": st.sampled_from(["record", "attach", "suspect", "declare"]),
        "severities": st.sampled_from([[], ["critical"]]),
        "title_without": st.sampled_from([[], ["b", "c"]]),
        "labels": st.sampled_from([[], ["zone = eu-*"]]),
        "expression": st.sampled_from(["", "labels.zone == 'eu-1'"]),
        "attaches_first": st.booleans(),
        "group_by": st.sampled_from(["alert", "group", "service", "labels"]),
        "group_labels": st.just(["zone"]),
        "window_minutes": st.sampled_from([1, 10, 60]),
        "times": st.sampled_from([1, 1, 2, 3]),
        "times_minutes": st.sampled_from([10, 60]),
        "firing_minutes": st.sampled_from([0, 0, 5, 20]),
        "is_quiet_in_maintenance": st.booleans(),
    }
)
tellings = st.tuples(
    st.sampled_from(KEYS), st.sampled_from([Told.FIRING, Told.FIRING, Told.RESOLVED]), st.booleans()
)
steps = st.builds(
    Step,
    st.sampled_from([1, 3, 7, 15, 45]),
    st.lists(tellings, min_size=1, max_size=8),
    st.sampled_from(["", "", "", "payments", "resolve"]),
)
alerts = st.fixed_dictionaries(
    {
        key: st.tuples(
            st.sampled_from(SERVICES),
            st.sampled_from(WORDS),
            st.sampled_from(["", "group 1"]),
            st.sampled_from(["eu-1", "us-1"]),
        )
        for key in KEYS
    }
)


class Day:
    """A day of one sender, with people who declare and resolve incidents."""

    def __init__(self, admin, commander, described, opens, ends_after):
        self.ends_after = ends_after
        self.admin, self.commander, self.described, self.now = admin, commander, described, 0
        self.integration = create_integration(by=admin, kind="generic", name="Monitoring", opens=opens)[0]
        for slug in filter(None, SERVICES):
            Service.objects.create(name=slug, slug=slug)

    def observed(self, key, state, is_new):
        service, severity, group, zone = self.described[key]
        at = minute(self.now)
        return Observed(
            key, state, title=f"alert {key}", severity=severity, service=service, group_key=group, at=at,
            started_at=at if is_new else minute(0), labels={"zone": zone},
        )  # fmt: skip

    def step(self, one: Step) -> None:
        self.pass_until(self.now + one.after)
        with time_machine.travel(minute(self.now), tick=False):
            self.people(one.by_hand)
            taken = take_in(
                integration=self.integration,
                parsed=Parsed(alerts=tuple(self.observed(*told) for told in one.told)),
                received_at=minute(self.now),
                by=self.integration.account,
            )
            route_alerts(
                alerts=taken.firing,
                again=taken.firing_again,
                opens=self.integration.opens,
                by=self.integration.account,
            )

    def people_resolve(self, at) -> None:
        """What an alert opened, so long after the last of its alerts ended."""
        if self.ends_after is None:
            return
        ended = Greatest("alerts__resolved_at", "alerts__last_fired_at")
        running = Incident.objects.filter(source="alert", resolved_at=None)
        quiet = running.exclude(alerts__state="firing").annotate(last=Max(ended))
        for pk, last in quiet.values_list("pk", "last"):
            if last and last + self.ends_after <= at:
                over = last + self.ends_after
                Incident.objects.filter(pk=pk).update(status="resolved", resolved_at=over)
                AffectedService.objects.filter(incident=pk, ended_at=None).update(ended_at=at)

    def people(self, does: str) -> None:
        self.people_resolve(minute(self.now))
        by_hand = Incident.objects.exclude(source="alert").filter(resolved_at=None)
        if does == "resolve":
            AffectedService.objects.filter(incident__in=by_hand).update(ended_at=minute(self.now))
            by_hand.filter(resolved_at=None).update(status="resolved", resolved_at=minute(self.now))
        elif does:
            services = [Service.objects.get(slug=does)]
            severity = Severity.objects.get(rank=2)
            declare_incident(by=self.commander, title="By hand", severity=severity, services=services)

    def pass_until(self, until: int) -> None:
        due = Alert.objects.filter(check_at__lte=minute(until)).order_by("check_at")
        while at := due.values_list("check_at", flat=True).first():
            with time_machine.travel(at, tick=False):
                self.people_resolve(at)
                route_due_alerts(now=at)
        self.now = until


def what_is_so() -> dict[str, object]:
    """Of each alert, what was decided and with which others it is in one incident."""
    numbers = list(Incident.objects.filter(source="alert").order_by("number").values_list("pk", flat=True))
    incidents = [(one.declared_at is not None, one.severity_id) for one in Incident.objects.filter(pk__in=numbers).order_by("number")]  # fmt: skip

    def name(alert):
        return numbers.index(alert.incident_id) if alert.incident_id in numbers else alert.incident and alert.incident.reference  # fmt: skip

    rows = Alert.objects.select_related("incident")
    return {one.dedup_key: (one.decision, name(one), one.check_at) for one in rows} | {"incidents": incidents}


def what_is_told(replay) -> dict[str, object]:
    unsure = Severity.objects.when_nobody_is_sure().pk
    incidents = [
        (
            one.decision.kind == "declared",
            (one.decision.opens.severity if one.decision.opens else None) or unsure,
        )
        for one in replay.made
    ]

    def name(alert):
        found = alert.incident
        return replay.made.index(found) if isinstance(found, Made) else found and found.key

    rows = replay.alerts.values()
    return {one.facts.dedup_key: (one.kind, name(one), one.check_at) for one in rows} | {
        "incidents": incidents
    }


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    said=st.lists(routes, max_size=3),
    day=st.lists(steps, min_size=1, max_size=8),
    described=alerts,
    opens=st.sampled_from(Opens.values),
    ends_after=st.sampled_from([None, timedelta(minutes=10), timedelta(minutes=40)]),
    works=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60), st.integers(1, 90)), max_size=2),
)
def test_a_replay_of_what_came_tells_what_became_of_it(
    admin, commander, said, day, described, opens, ends_after, works
):
    with transaction.atomic():
        the_day = Day(admin, commander, described, opens, ends_after)
        for n, one in enumerate(said):
            route = Route.objects.create(name=f"Route {n}", position=n, **one)
            RouteOutcome.objects.create(route=route, word="critical", becomes="declare", severity=Severity.objects.get(rank=1))  # fmt: skip
        page = StatusPage.objects.create(name="Page", slug="page")
        payments = Component.objects.create(
            page=page, name="Pay", service=Service.objects.get(slug="payments")
        )
        for begins, planned, lasts in works:
            began = minute(begins)
            work = ScheduledMaintenance.objects.create(
                page=page, title="Work", starts_at=began, began_at=began, ends_at=began + timedelta(minutes=planned),
                ended_at=began + timedelta(minutes=lasts),
            )  # fmt: skip
            work.components.add(payments)
        for step in day:
            the_day.step(step)
        the_day.pass_until(ENDS)
        with time_machine.travel(minute(ENDS), tick=False):
            history = history_of(admin, minute(-1), minute(ENDS))
            told = what_is_told(history.replayed(Route.active_rules(), ends_after))
        assert told == what_is_so()
        transaction.set_rollback(True)

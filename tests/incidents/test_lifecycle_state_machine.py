"""Hypothesis walks the verbs in any order: whatever is accepted leaves a legal, fully recorded incident."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from audit import context
from audit.models import AuditEntry, first_broken_link
from incidents.models import (
    ACTIVE_STATUSES,
    Hypothesis,
    HypothesisState,
    Incident,
    Mitigation,
    MitigationState,
    Role,
    Service,
    ServiceImpact,
    Severity,
    Status,
)
from incidents.workflow import (
    accept_report,
    assign_role,
    change_severity,
    change_status,
    close_incident,
    declare_incident,
    decline_report,
    leave_incident,
    merge_incident,
    mitigate_incident,
    move_hypothesis,
    move_mitigation,
    post_status_update,
    raise_hypothesis,
    record_mitigation,
    reopen_incident,
    report_problem,
    resolve_incident,
    set_milestones,
    set_service_impact,
)
from incidents.workflow.transitions import ORDERED_MILESTONES
from retros.workflow import start_retrospective
from tests.conftest import NOT_SENT

LEGAL_STEPS = {
    None: {"triage", "investigating"},
    "triage": {"investigating", "declined", "merged"},
    "investigating": {"fixing", "mitigated", "merged"},
    "fixing": {"investigating", "mitigated", "merged"},
    "mitigated": {"investigating", "fixing", "resolved", "merged"},
    "resolved": {"closed", "investigating", "merged"},
    "closed": {"investigating"},
    "declined": set(),
    "merged": set(),
}
MILESTONE_OF = {"mitigated": "mitigated_at", "resolved": "resolved_at", "closed": "closed_at"}
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
which = st.integers(min_value=0, max_value=7)
minutes = st.integers(min_value=0, max_value=90)


class Lifecycle(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.walk = transaction.atomic()  # each walk is rolled back when it ends
        self.walk.__enter__()
        self.now = START
        self.people = [User.objects.create_user(f"p{n}@example.test", name=f"Person {n}") for n in range(3)]
        self.service = Service.objects.create(name="Walked service", slug="walked")
        self.incidents: list[int] = []
        self.given: set[int] = set()
        self.versions: dict[int, int] = {}

    def pick(self, n: int) -> Incident:
        return Incident.objects.get(pk=self.incidents[n % len(self.incidents)])

    def touched(self):
        """The incidents the last verb was given; the others were looked at when they were touched."""
        return Incident.objects.filter(pk__in=self.given)

    def person(self, n: int) -> User:
        return self.people[n % len(self.people)]

    def attempt(
        self, verb, incident: Incident | None = None, *, refusals=ValidationError, **arguments
    ) -> None:
        """Run a verb a few minutes later. Refused: nothing is left behind. Accepted: it has told of itself."""
        self.now += timedelta(minutes=7)
        before = self.trace(incident) if incident else None
        with context.at(self.now):
            try:
                if incident is not None:
                    arguments["incident"] = incident
                result = verb(**arguments)
            except refusals:
                if incident:
                    assert self.trace(incident) == before
                return
        if incident is None:
            self.incidents.append(result.pk)
            incident, before = result, (0, 0, 0, "")
        self.given = {i.pk for i in (incident, arguments.get("into")) if i}
        after = self.trace(incident)
        if after[2:] != before[2:]:
            assert after[0] > before[0], "a change without a timeline event"
            assert after[1] > before[1], "a change without an audit entry"

    def trace(self, incident: Incident) -> tuple[int, int, int, str]:
        stored = Incident.objects.get(pk=incident.pk)
        return (
            stored.timeline.count(),
            AuditEntry.objects.of(stored.chain).count(),
            stored.version,
            str(stored.status),
        )

    @rule(who=which, rank=st.integers(1, 5), ago=minutes, command=st.booleans())
    def declare(self, who, rank, ago, command):
        self.attempt(
            declare_incident,
            by=self.person(who),
            title="Walked",
            severity=Severity.objects.get(rank=rank),
            takes_command=command,
            impact_started_at=self.now - timedelta(minutes=ago),
        )

    @rule(who=which)
    def report(self, who):
        self.attempt(report_problem, by=self.person(who), title="Walked")

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which, command=st.booleans())
    def accept(self, n, who, command):
        self.attempt(accept_report, self.pick(n), by=self.person(who), takes_command=command)

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which)
    def decline(self, n, who):
        self.attempt(decline_report, self.pick(n), by=self.person(who), reason="no")

    @precondition(lambda self: self.incidents)
    @rule(n=which, into=which, who=which)
    def merge(self, n, into, who):
        self.attempt(merge_incident, self.pick(n), into=self.pick(into), by=self.person(who))

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which, rank=st.integers(1, 5))
    def rate(self, n, who, rank):
        severity = Severity.objects.get(rank=rank)
        self.attempt(change_severity, self.pick(n), severity=severity, by=self.person(who))

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which, status=st.sampled_from(Status.values))
    def step(self, n, who, status):
        self.attempt(change_status, self.pick(n), status=status, by=self.person(who), reason="so")

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which, to=which, slug=st.sampled_from(["commander", "scribe", "liaison"]))
    def assign(self, n, who, to, slug):
        role = Role.objects.get(slug=slug)
        self.attempt(assign_role, self.pick(n), role=role, user=self.person(to), by=self.person(who))

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which)
    def leave(self, n, who):
        self.attempt(leave_incident, self.pick(n), by=self.person(who))

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which, ago=minutes)
    def mitigate(self, n, who, ago):
        at = self.now - timedelta(minutes=ago)
        self.attempt(mitigate_incident, self.pick(n), by=self.person(who), at=at)

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which, reason=st.sampled_from(["", "not needed"]), ago=minutes)
    def resolve(self, n, who, reason, ago):
        at = self.now - timedelta(minutes=ago)
        self.attempt(
            resolve_incident, self.pick(n), by=self.person(who), waive_reason=reason, at=at, unsent=NOT_SENT
        )

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which)
    def look_back(self, n, who):
        """Whoever is neither its owner nor its facilitator does not take one over."""
        refusals = (ValidationError, PermissionDenied)
        by = self.person(who)
        self.attempt(start_retrospective, self.pick(n), refusals=refusals, by=by, owner=by)

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which, reason=st.sampled_from(["", "no need"]))
    def close(self, n, who, reason):
        self.attempt(close_incident, self.pick(n), by=self.person(who), waive_reason=reason)

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which)
    def reopen(self, n, who):
        self.attempt(reopen_incident, self.pick(n), by=self.person(who), reason="back")

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which, name=st.sampled_from([pair[0] for pair in ORDERED_MILESTONES]), ago=minutes)
    def correct(self, n, who, name, ago):
        moments = {name: self.now - timedelta(minutes=ago)}
        self.attempt(set_milestones, self.pick(n), by=self.person(who), moments=moments)

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which, impact=st.sampled_from([None, *ServiceImpact.values]))
    def affect(self, n, who, impact):
        self.attempt(
            set_service_impact, self.pick(n), service=self.service, impact=impact, by=self.person(who)
        )

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which, promise=st.integers(1, 60))
    def update(self, n, who, promise):
        self.attempt(
            post_status_update,
            self.pick(n),
            by=self.person(who),
            audiences=["public"],
            known="x",
            unknown="y",
            next_update_at=self.now + timedelta(minutes=7 + promise),
        )

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which)
    def suppose(self, n, who):
        self.attempt(raise_hypothesis, self.pick(n), by=self.person(who), claim="perhaps")

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which, state=st.sampled_from(HypothesisState.values))
    def judge(self, n, who, state):
        if hypothesis := Hypothesis.objects.filter(incident=self.pick(n)).first():
            with context.at(self.now):
                move_hypothesis(hypothesis=hypothesis, state=state, by=self.person(who), verdict="seen")

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which)
    def propose(self, n, who):
        self.attempt(record_mitigation, self.pick(n), by=self.person(who), text="try")

    @precondition(lambda self: self.incidents)
    @rule(n=which, who=which, state=st.sampled_from(MitigationState.values))
    def apply(self, n, who, state):
        mitigation = Mitigation.objects.filter(incident=self.pick(n)).first()
        if mitigation and state in mitigation.next_states:
            with context.at(self.now):
                move_mitigation(mitigation=mitigation, state=state, by=self.person(who), observed_effect="so")

    @invariant()
    def every_status_is_legal_and_has_one_running_stay(self):
        for incident in self.touched():
            stays = list(incident.status_periods.order_by("started_at", "pk"))
            before = None
            for stay in stays:
                assert stay.status in LEGAL_STEPS[before], f"{before} → {stay.status}"
                before = stay.status
            assert [s.status for s in stays if s.ended_at is None] == [incident.status]
            for earlier, later in pairwise(stays):
                assert earlier.ended_at == later.started_at

    @invariant()
    def milestones_are_there_and_in_order(self):
        for incident in self.touched():
            for earlier, later in ORDERED_MILESTONES:
                first, second = getattr(incident, earlier), getattr(incident, later)
                assert not (first and second and first > second), (earlier, later)
            over = ["mitigated", "resolved", "closed"]
            if incident.status in over:
                for status in over[: over.index(incident.status) + 1]:
                    assert getattr(incident, MILESTONE_OF[status])
            if incident.status in ACTIVE_STATUSES:
                assert incident.declared_at
                assert not incident.resolved_at
                assert not incident.closed_at

    @invariant()
    def at_most_one_commander(self):
        for incident in self.touched():
            running = incident.role_assignments.running()
            assert running.filter(role__slug=Role.COMMANDER).count() <= 1
            if incident.status in ("closed", "merged", "declined"):
                assert not running.exists()
                assert not incident.affected_services.running().exists()

    @invariant()
    def clocks_run_only_while_active(self):
        for incident in self.touched():
            due = incident.update_schedules.filter(due_at__isnull=False)
            assert incident.status in ACTIVE_STATUSES or not due.exists()

    @invariant()
    def versions_only_grow(self):
        for pk, version in Incident.objects.filter(pk__in=self.incidents).values_list("pk", "version"):
            assert version >= self.versions.get(pk, 0)
            self.versions[pk] = version

    @invariant()
    def numbers_have_no_gap(self):
        numbers = sorted(Incident.objects.filter(pk__in=self.incidents).values_list("number", flat=True))
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True

    def teardown(self):
        for incident in Incident.objects.filter(pk__in=self.incidents):
            assert first_broken_link(AuditEntry.objects.of(incident.chain)) is None
        transaction.set_rollback(True)
        self.walk.__exit__(None, None, None)


@pytest.mark.django_db
def test_lifecycle():
    run_state_machine_as_test(
        Lifecycle,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )

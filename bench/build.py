"""Makes an organisation with N incidents: a few written through the ORM, the others copied from them in SQL.

Every third has a retrospective, every fourth was told to the public.
"""

import random
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from accounts.models import Installation, InstallationRole, Team, User
from action_items.models import ActionItem
from bench.copying import OF_FACTOR, OF_INCIDENT, OF_ITSELF, OF_RETROSPECTIVE, copy
from bench.retrospectives import look_back, vocabulary
from bench.surroundings import SURROUNDINGS, fill_in, senders, surround
from bench.tables import check_tables
from bench.tickets import keep_in_backlog
from incidents.catalogue import load_built_in_catalogue
from incidents.models import (
    AffectedService,
    Incident,
    IncidentType,
    Participation,
    ReferenceCounter,
    Role,
    RoleAssignment,
    Service,
    Severity,
    Status,
    StatusPeriod,
    StatusUpdate,
    UpdateSchedule,
)
from incidents.workflow import assign_role, declare_incident, set_service_impact
from integrations.models import Integration
from retros.models import (
    ContributingFactor,
    Document,
    ImpactStatement,
    Learning,
    Participant,
    Publication,
    Retrospective,
    TimelineEntry,
)
from statuspages.models import (
    Component,
    ComponentGroup,
    PageAudience,
    PageSubscriber,
    ScheduledMaintenance,
    StatusPage,
)
from statuspages.workflow import keep_component, keep_group, keep_page, schedule_maintenance
from timeline.models import Kind, TimelineEvent

SEEDS = 200
UPDATES = 8
EVENTS = 20
MANY_EVENTS = 500
MANY = "The one with many events"
READERS = 2_000
PLAIN = 3  # of four incidents: neither alerts nor hypotheses, only events and updates
OPEN = 40
UNPUBLISHED = 60  # retrospectives at least
OPEN_ITEMS = 200  # action items at least, of the newest retrospectives
FINISHED_LATELY = 80  # of them done and of them verified in the last month, at least
SPAN = timedelta(days=6 * 365)
SINCE = date(2020, 1, 1)
THINGS = [
    "checkout", "search", "login", "invoices", "webhooks", "uploads", "deploys",
    "mail", "labels", "stock", "prices", "reports", "exports", "feeds",
]  # fmt: skip
FAULTS = [
    "fails", "answers slowly", "loses requests",
    "shows old data", "times out in one zone", "is out of memory",
]  # fmt: skip
COPIED: list[tuple[type[Model], str]] = [
    (Incident, OF_ITSELF),
    (StatusPeriod, OF_INCIDENT),
    (StatusUpdate, OF_INCIDENT),
    (TimelineEvent, OF_INCIDENT),
    (RoleAssignment, OF_INCIDENT),
    (Participation, OF_INCIDENT),
    (AffectedService, OF_INCIDENT),
    (UpdateSchedule, OF_INCIDENT),
    (Retrospective, OF_INCIDENT),
    (Retrospective.incidents.through, OF_RETROSPECTIVE),
    (Participant, OF_RETROSPECTIVE),
    (TimelineEntry, OF_RETROSPECTIVE),
    (ContributingFactor, OF_RETROSPECTIVE),
    (ContributingFactor.entries.through, OF_FACTOR),
    (Learning, OF_RETROSPECTIVE),
    (ActionItem, OF_RETROSPECTIVE),
    (Document, OF_RETROSPECTIVE),
    (ImpactStatement, OF_RETROSPECTIVE),
    (Publication, OF_RETROSPECTIVE),
]
"""Whatever belongs to an incident, parents before children, and how each row leads to it."""


def build(size: int) -> None:
    """Fill an empty, migrated database with `size` incidents, among them 40 open and one with 500 events."""
    random.seed(142)
    load_built_in_catalogue()
    people, services = _organisation()
    past = max(size - OPEN - 1, 1)
    sent_by = senders(people[0], services)
    seeds = _tell_seeds(min(SEEDS, past), people, services, sent_by)
    copy(COPIED + SURROUNDINGS, seeds=len(seeds), past=past, span=SPAN)
    _settle_the_past()
    keep_in_backlog(people[0])
    _note_audit()
    _public_page(people, services)
    ReferenceCounter.objects.update(last=Incident.objects.order_by("-number").first().number)  # type: ignore[union-attr]
    fill_in(people, services)
    _tell_open(people, services, sent_by)
    Participation.objects.count_work()
    check_tables()
    with connection.cursor() as cursor:
        for name in ("a", "b", "c"):
            cursor.execute(
                f"CREATE TABLE bench_{name} (id bigserial PRIMARY KEY, text text NOT NULL, at timestamptz NOT NULL)"
            )
            cursor.execute(f"CREATE INDEX ON bench_{name} (at)")
        cursor.execute("VACUUM ANALYZE")  # as it is when nobody has just brought in a million


def _organisation() -> tuple[list[User], list[Service]]:
    Installation.objects.update_or_create(pk=1, defaults={"name": "Bench", "time_zone": "Europe/Berlin"})
    teams = [Team.objects.create(name=f"Team {n}", slug=f"team-{n}") for n in range(8)]
    people = []
    for n in range(60):
        role = InstallationRole.ADMINISTRATOR if n == 0 else InstallationRole.RESPONDER
        person = User.objects.create_user(
            f"person{n}@example.test", name=f"Person {n}", installation_role=role, time_zone="Europe/Berlin"
        )
        person.teams.add(teams[n % 8])
        people.append(person)
    services = [
        Service.objects.create(name=f"{thing}-{n}", slug=f"{thing}-{n}", tier=n % 4, owner_team=teams[n % 8])
        for n, thing in enumerate(THINGS * 3)
    ]
    return people, services


def _tell_seeds(
    count: int, people: list[User], services: list[Service], sent_by: list[Integration]
) -> list[Incident]:
    factors = vocabulary()
    severities, types = list(Severity.objects.all()), list(IncidentType.objects.all())
    commander = Role.objects.get(slug="commander")
    oldest = timezone.now() - SPAN
    seeds = []
    for n in range(count):
        began = oldest + timedelta(minutes=37 * n)
        lasted = timedelta(minutes=min(60 * 24 * 3, random.lognormvariate(4.2, 1.1)))
        by, other = random.sample(people, 2)
        incident = Incident.objects.create(
            number=n + 1,
            title=f"{random.choice(THINGS).capitalize()} {random.choice(FAULTS)}",
            summary="Customer impact: some requests are refused, most are not.",
            severity=random.choice(severities),
            incident_type=random.choice(types),
            status=Status.CLOSED,
            is_private=n % 20 == 7,
            reported_by=by,
            impact_started_at=began,
            detected_at=began + lasted * 0.1,
            declared_at=began + lasted * 0.15,
            acknowledged_at=began + lasted * 0.17,
            mitigated_at=began + lasted * 0.7,
            impact_ended_at=began + lasted * 0.7,
            resolved_at=began + lasted,
            closed_at=began + lasted * 1.1,
            created_at=began,
        )
        _fill(incident, began, lasted, by, other, commander, random.sample(services, 2), EVENTS)
        if n % 3 == 0:
            look_back(incident, began + lasted, [by, other], factors)
        if n % 4 != PLAIN:
            surround(incident, began, lasted, [by, other], services[n % len(services)], sent_by)
        seeds.append(incident)
    return seeds


def _fill(incident, began: datetime, lasted: timedelta, by, other, commander, services, events: int) -> None:
    steps = [
        (Status.INVESTIGATING, 0.15),
        (Status.FIXING, 0.4),
        (Status.MITIGATED, 0.7),
        (Status.RESOLVED, 1.0),
    ]
    ends = [share for _, share in steps[1:]] + [1.1]
    StatusPeriod.objects.bulk_create(
        StatusPeriod(
            incident=incident, status=status, started_at=began + lasted * share, ended_at=began + lasted * end
        )
        for (status, share), end in zip(steps, ends, strict=True)
    )
    StatusPeriod.objects.create(incident=incident, status=Status.CLOSED, started_at=began + lasted * 1.1)
    updates = [
        StatusUpdate(
            incident=incident,
            audiences=["stakeholders", "public"] if incident.number % 4 == 0 else ["stakeholders"],
            public_title="Some requests fail" if incident.number % 4 == 0 else "",
            wordings={"public": {"known": "Some requests fail."}} if incident.number % 4 == 0 else {},
            known=f"Some requests are refused; we have seen this in {n} of the zones.",
            unknown="The cause.",
            doing="We return to the release before.",
            author=by,
            severity=incident.severity,
            status=Status.INVESTIGATING if n < 4 else Status.MITIGATED,
            posted_at=(at := began + lasted * (0.16 + n / 10)),
            leaves_at=at,
            next_update_at=at + lasted / 9,
        )
        for n in range(UPDATES)
    ]
    StatusUpdate.objects.bulk_create(updates)
    TimelineEvent.objects.bulk_create(
        TimelineEvent(
            incident=incident,
            kind=Kind.UPDATE,
            text=f"told stakeholders: {u.known}",
            actor=by,
            occurred_at=u.posted_at,
            recorded_at=u.posted_at,
            status_update=u,
        )
        for u in updates
    )
    TimelineEvent.objects.bulk_create(
        TimelineEvent(
            incident=incident,
            kind=(Kind.NOTE, Kind.DECISION, Kind.ALERT, Kind.MITIGATION)[n % 4],
            text=f"{random.choice(THINGS)} {random.choice(FAULTS)}; looked at the graphs of zone {n}",
            actor=(by, other)[n % 2],
            occurred_at=began + lasted * (n / events),
            recorded_at=began + lasted * (n / events),
        )
        for n in range(events - (UPDATES if events == EVENTS else 0))
    )
    RoleAssignment.objects.create(
        incident=incident,
        role=commander,
        user=by,
        assigned_by=by,
        started_at=began + lasted * 0.15,
        ended_at=began + lasted * 1.1,
    )
    Participation.objects.bulk_create(
        Participation(
            incident=incident,
            user=user,
            joined_at=began,
            last_active_at=began + lasted,
            left_at=began + lasted,
        )
        for user in (by, other)
    )
    AffectedService.objects.bulk_create(
        AffectedService(
            incident=incident,
            service=service,
            impact=impact,
            started_at=began,
            ended_at=began + lasted * 0.7,
        )
        for service, impact in zip(services, ("partial_outage", "degraded"), strict=True)
    )
    UpdateSchedule.objects.create(incident=incident, audience="stakeholders")


def _settle_the_past() -> None:
    """What is older than two months is done; the retrospectives of the last days are not published yet.

    A list and a board of action items are full at every size: pages are compared at equal work.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE retros_actionitem SET state = 'done', done_at = due_on + time '12:00', state_since = due_on"
            " WHERE state = 'open' AND due_on < current_date - 60"
            " AND retrospective_id NOT IN (SELECT id FROM retros_retrospective ORDER BY due_on DESC LIMIT %s)",
            [OPEN_ITEMS],
        )
        cursor.execute(  # else the copies of a private retrospective's items are all that their owner has
            "UPDATE retros_actionitem SET owner_id = people.ids[1 + retros_actionitem.id % array_length(people.ids, 1)]"
            " FROM (SELECT array_agg(id ORDER BY id) AS ids FROM accounts_user) AS people WHERE owner_id IS NOT NULL"
        )
        for state in ("done", "verified"):
            cursor.execute(
                "UPDATE retros_actionitem i SET state_since = greatest(i.state_since, now() - newest.n * interval '6 hours')"
                " FROM (SELECT id, row_number() OVER (ORDER BY state_since DESC) AS n FROM retros_actionitem"
                " WHERE state = %s) AS newest WHERE newest.id = i.id AND newest.n <= %s",
                [state, FINISHED_LATELY],
            )
        cursor.execute(
            "WITH young AS (UPDATE retros_retrospective SET status = 'in_review', published_at = NULL"
            " WHERE due_on > current_date - 14 OR id IN"
            " (SELECT id FROM retros_retrospective ORDER BY due_on DESC LIMIT %s) RETURNING id)"
            " DELETE FROM retros_publication WHERE retrospective_id IN (SELECT id FROM young)",
            [UNPUBLISHED],
        )


def _note_audit() -> None:
    """Three entries for each incident; nothing checks their chain here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_auditentry (chain, sequence, at, actor_label, origin, action, subject, changes,"
            " previous_hash, hash, actor_id) SELECT 'incident:' || i.id, n, i.declared_at + n * interval '1 minute',"
            " 'Person', 'bench', (ARRAY['incident.declared', 'status.changed', 'incident.resolved'])[n],"
            " 'INC-' || i.number, '{}', '', md5(i.id || ':' || n), i.reported_by_id"
            " FROM incidents_incident i CROSS JOIN generate_series(1, 3) n"
        )


def _public_page(people: list[User], services: list[Service]) -> None:
    """A public page with fourteen components and two thousand readers, and one for people inside."""
    for slug, audience in (("bench", PageAudience.PUBLIC), ("inside", PageAudience.INTERNAL)):
        page = keep_page(
            by=people[0],
            page=StatusPage(
                name="Bench", slug=slug, audience=audience, is_published=True, time_zone="Europe/Berlin"
            ),
        )
        group = keep_group(by=people[0], group=ComponentGroup(page=page, name="Shop"))
        for n, service in enumerate(services[: len(THINGS)]):
            component = Component(
                page=page,
                name=service.name.capitalize(),
                service=service,
                tracked_since=SINCE,
                group=group if n < 5 else None,
            )
            keep_component(by=people[0], component=component)
        now = timezone.now()
        PageSubscriber.objects.bulk_create(
            PageSubscriber(page=page, address=f"reader{n}@example.test", created_at=now, confirmed_at=now)
            for n in range(READERS)
        )
        begins = now + timedelta(days=2)
        schedule_maintenance(
            by=people[0],
            maintenance=ScheduledMaintenance(
                page=page, title="The index moves", starts_at=begins, ends_at=begins + timedelta(hours=1)
            ),
            components=page.components.all(),
            text="Searching is slower.",
        )


def _tell_open(people: list[User], services: list[Service], sent_by: list[Integration]) -> None:
    """Forty that run now, and one of today with five hundred events."""
    severities = list(Severity.objects.order_by("rank"))
    commander = Role.objects.get(slug="commander")
    for n in range(OPEN):
        by = people[1 + n % 20]
        incident = declare_incident(
            by=by,
            title=f"{THINGS[n % len(THINGS)].capitalize()} {FAULTS[n % len(FAULTS)]}",
            severity=severities[n % 4],
            is_private=n % 20 == 3,
        )
        if incident.commander is None:
            assign_role(incident=incident, role=commander, user=by, by=by)
        service = services[n % len(services)]
        set_service_impact(incident=incident, service=service, impact="degraded", by=by)
        surround(
            incident,
            timezone.now() - timedelta(hours=1),
            timedelta(hours=1),
            [by, people[0]],
            service,
            sent_by,
        )
    large = declare_incident(by=people[0], title=MANY, severity=severities[1])
    now = timezone.now()
    TimelineEvent.objects.bulk_create(
        TimelineEvent(
            incident=large,
            kind=(Kind.NOTE, Kind.DECISION, Kind.ALERT, Kind.MITIGATION)[n % 4],
            text=f"{random.choice(THINGS)} {random.choice(FAULTS)}; looked at the graphs of zone {n}",
            actor=people[n % 9],
            occurred_at=now - timedelta(seconds=20 * (MANY_EVENTS - n)),
            recorded_at=now,
        )
        for n in range(MANY_EVENTS)
    )

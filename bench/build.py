"""Makes an organisation with N incidents: a few told through the ORM, the others copied from them in SQL."""

import random
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import Installation, InstallationRole, Team, User
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
from timeline.models import Kind, TimelineEvent

SEEDS = 200
UPDATES = 8
EVENTS = 20
MANY_EVENTS = 500
OPEN = 40
SPAN = timedelta(days=6 * 365)
THINGS = [
    "checkout",
    "search",
    "login",
    "invoices",
    "webhooks",
    "uploads",
    "deploys",
    "mail",
    "labels",
    "stock",
    "prices",
    "reports",
    "exports",
    "feeds",
]
FAULTS = [
    "fails",
    "answers slowly",
    "loses requests",
    "shows old data",
    "times out in one zone",
    "is out of memory",
]
COPIED = (
    StatusPeriod,
    StatusUpdate,
    TimelineEvent,
    RoleAssignment,
    Participation,
    AffectedService,
    UpdateSchedule,
)


def build(size: int) -> None:
    """Fill an empty, migrated database with `size` incidents, among them 40 open and one with 500 events."""
    random.seed(142)
    load_built_in_catalogue()
    people, services = _organisation()
    past = max(size - OPEN - 1, 1)
    seeds = _tell_seeds(min(SEEDS, past), people, services)
    _copy(len(seeds), past)
    ReferenceCounter.objects.update(last=Incident.objects.order_by("-number").first().number)  # type: ignore[union-attr]
    _tell_open(people, services)
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


def _tell_seeds(count: int, people: list[User], services: list[Service]) -> list[Incident]:
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
            audiences=["stakeholders"],
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


def _copy(seeds: int, past: int) -> None:
    """Copies number seeds+1 … past: each seed again and again, later in time and of another length."""
    rounds = -(-past // seeds) - 1
    if rounds < 1:
        return
    step = f"g * interval '{SPAN.total_seconds() * 0.999 / (rounds + 1):.0f} seconds'"
    # Stretched around the beginning, the same for every row of one copy, so that lengths differ and orders hold.
    base, factor = "t.began", "(0.4 + (hashtext(t.told::text || ':' || g) & 1023) / 640.0)"

    def moved(column: str) -> str:
        return f"{base} + {step} + (t.{column} - {base}) * {factor}"

    gaps: dict[type, int] = {}
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        # What is copied refers to copies: each row's references are not looked up one by one, which takes longest.
        cursor.execute("SET session_replication_role = replica")
        for model in (Incident, *COPIED):
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {model._meta.db_table}")
            gaps[model] = cursor.fetchone()[0]
        for model in (Incident, *COPIED):
            table = model._meta.db_table
            values = {}
            for name, type_, generated in _columns(cursor, table):
                if generated == "ALWAYS":
                    continue
                if name == "id":
                    values[name] = f"t.id + g * {gaps[model]}"
                elif name == "number":
                    values[name] = f"t.number + g * {seeds}"
                elif name == "incident_id":
                    values[name] = f"t.incident_id + g * {gaps[Incident]}"
                elif name == "status_update_id":
                    values[name] = f"t.status_update_id + g * {gaps[StatusUpdate]}"
                elif name in ("form_token", "source_id"):
                    values[name] = "NULL"
                elif type_ == "timestamp with time zone":
                    values[name] = moved(name)
                else:
                    values[name] = f't."{name}"'
            owner = "t.id" if model is Incident else "t.incident_id"
            names = ", ".join(f'"{name}"' for name in values)
            cursor.execute(  # apart from the table: each round would walk over the rounds before it
                f"CREATE TEMPORARY TABLE seed AS SELECT t.*, i.number AS told, i.impact_started_at AS began"
                f" FROM {table} t JOIN incidents_incident i ON i.id = {owner} WHERE i.number <= {seeds}"
            )
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {', '.join(values.values())} FROM seed t"
                f" CROSS JOIN generate_series(1, {rounds}) g WHERE t.told + g * {seeds} <= {past}"
            )
            cursor.execute("DROP TABLE seed")
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM " + table + "))",
                [table],
            )
        cursor.execute("RESET session_replication_role")


def _columns(cursor, table: str) -> list[tuple[str, str, str]]:
    cursor.execute(
        "SELECT column_name, data_type, is_generated FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position",
        [table],
    )
    return cursor.fetchall()


def _tell_open(people: list[User], services: list[Service]) -> None:
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
        set_service_impact(incident=incident, service=services[n % len(services)], impact="degraded", by=by)
    large = declare_incident(by=people[0], title="The one with many events", severity=severities[1])
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

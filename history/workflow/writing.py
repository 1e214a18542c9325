"""Many incidents of the past in a handful of statements: their rows are what the verbs would have left behind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.utils.text import slugify

from accounts.models import InstallationRole, User
from audit.workflow import INSTALLATION, record_audit, record_beginnings
from core.text import shorten
from history.entry import Past, PastUpdate, Refused
from history.models import Import, ImportedEntry
from incidents.models import (
    AffectedService,
    Audience,
    Incident,
    IncidentLink,
    Service,
    Severity,
    Status,
    StatusPeriod,
    StatusUpdate,
)
from incidents.models.catalogue import LinkKind
from incidents.workflow.transitions import next_numbers
from timeline.models import Kind, Phase, TimelineEvent

RECORDER = "history@import.example"  # reserved: no mail can ever reach it
MOST_SERVICES = 500
MILESTONE_ROWS = {"mitigated_at": ("Mitigated", Phase.MITIGATED), "resolved_at": ("Resolved", Phase.RESOLVED)}


def recorder() -> User:
    """Who stands for the unnamed people of the past; cannot sign in."""
    user = User.objects.filter(email=RECORDER).first()
    return user or User.objects.create_user(
        RECORDER, name="Imported history", installation_role=InstallationRole.STAKEHOLDER, is_active=False
    )


@dataclass
class Desk:
    """What every batch of one import needs and looks up once."""

    run: Import
    author: User = field(default_factory=recorder)
    severities: dict[int, Severity] = field(
        default_factory=lambda: {severity.pk: severity for severity in Severity.objects.all()}
    )
    services: dict[str, Service] = field(
        default_factory=lambda: {service.name.casefold(): service for service in Service.objects.all()}
    )
    known: dict[type, dict[str, Any]] = field(default_factory=dict)  # of the catalogue, by name

    def severity_of(self, degree: str) -> Severity:
        found = self.severities.get(self.run.severities.get(degree, 0))
        if found is None:
            raise Refused(f"no severity is chosen for “{degree[:40]}”")
        return found

    def learn_services(self, names: Iterable[str]) -> None:
        """Make those the catalogue does not have, and say so in the audit trail."""
        missing = {name.casefold(): name for name in names if name and name.casefold() not in self.services}
        if not missing:
            return
        if len(missing) > MOST_SERVICES:
            raise Refused(f"it would add {len(missing)} services to the catalogue")
        taken = set(Service.objects.values_list("slug", flat=True))
        made = []
        for key, name in missing.items():
            base = slug = slugify(name)[:90] or "service"
            number = 2
            while slug in taken:
                slug, number = f"{base}-{number}", number + 1
            taken.add(slug)
            self.services[key] = service = Service(name=name, slug=slug)
            made.append(service)
        Service.objects.bulk_create(made)
        record_audit(
            chain=INSTALLATION,
            action="history.services_added",
            subject=self.run.name,
            by=self.run.by,
            changes={"services": [service.name for service in made]},
        )


@dataclass
class Rows:
    """The rows of one incident, tied together by the objects; keys come when they are stored."""

    incident: Incident
    periods: list[StatusPeriod]
    updates: list[StatusUpdate]
    events: list[TimelineEvent]
    affected: list[AffectedService]
    links: list[IncidentLink]


def write_pasts(desk: Desk, pasts: Sequence[tuple[int, Past]]) -> int:
    """Store them in the caller's transaction, told to nobody; the number made."""
    desk.learn_services(name for _place, past in pasts for name, _impact in past.services)
    made = [(place, past, rows_of(desk, past)) for place, past in pasts]
    for number, (_place, _past, rows) in zip(next_numbers(len(made)), made, strict=True):
        rows.incident.number = number
    incidents = Incident.objects.bulk_create(rows.incident for _place, _past, rows in made)
    for name, model in (
        ("periods", StatusPeriod),
        ("updates", StatusUpdate),
        ("affected", AffectedService),
        ("events", TimelineEvent),
        ("links", IncidentLink),
    ):
        found = [row for _place, _past, rows in made for row in getattr(rows, name)]
        model._default_manager.bulk_create(found, batch_size=5000)
    ImportedEntry.objects.bulk_create(
        ImportedEntry(source=desk.run.source, source_id=past.source_id, run=desk.run, incident=rows.incident)
        for _place, past, rows in made
    )
    record_beginnings(
        action="incident.imported",
        by=desk.run.by,
        beginnings=[
            (
                rows.incident.chain,
                rows.incident.reference,
                {"title": past.title, "file": desk.run.name, "entry": place, "source_id": past.source_id},
            )
            for place, past, rows in made
        ],
    )
    return len(incidents)


def rows_of(desk: Desk, past: Past) -> Rows:
    """Everything of one incident; Refused where its severity has no place in the table."""
    incident = _incident(desk, past)
    updates = [_update(desk, incident, word, status) for word, status in _with_status(past.words)]
    return Rows(
        incident=incident,
        periods=_periods(incident, past),
        updates=updates,
        events=_events(desk, incident, past, updates),
        affected=[
            AffectedService(
                incident=incident,
                service=desk.services[name.casefold()],
                impact=impact,
                started_at=past.impact_started_at,
                ended_at=past.mitigated_at or past.resolved_at or _last_known(desk, past),
            )
            for name, impact in past.services
        ],
        links=[
            IncidentLink(
                incident=incident, kind=LinkKind.OTHER, label="Where it was first announced", url=past.url
            )
        ]
        if past.url.startswith(("https://", "http://")) and len(past.url) <= 500
        else [],
    )


def _last_known(desk: Desk, past: Past) -> datetime | None:
    """Where it counts as over without an end being known, services are affected up to the last word."""
    if not desk.run.ends_open:
        return None
    return max([past.impact_started_at, *(word.at for word in past.words)])


def _incident(desk: Desk, past: Past) -> Incident:
    is_long = len(past.title) > 200
    status = Status.CLOSED if desk.run.ends_open and past.is_open else past.status
    basis: dict[str, dict[str, Any]] = {
        name: {"source": "estimate" if name in past.estimated else "system"}
        for name in ("impact_started_at", "detected_at", "declared_at", "acknowledged_at", "mitigated_at", "resolved_at")
        if getattr(past, name)
    }  # fmt: skip
    return Incident(
        title=past.title[:199] + "…" if is_long else past.title,
        summary=shorten(past.title if is_long else past.summary, 500),
        severity=desk.severity_of(past.degree),
        status=status,
        source=Incident.Source.IMPORT,
        source_id=f"{desk.run.source}:{past.source_id}"[:200],
        reported_by=desk.author,
        impact_started_at=past.impact_started_at,
        detected_at=past.detected_at,
        declared_at=past.declared_at,
        acknowledged_at=past.acknowledged_at,
        mitigated_at=past.mitigated_at,
        impact_ended_at=None,
        resolved_at=past.resolved_at,
        milestone_basis=basis,
        created_at=past.declared_at or past.impact_started_at,
    )


def _with_status(words: Sequence[PastUpdate]) -> list[tuple[PastUpdate, str]]:
    """Each word with the status that held once it was said; on its page what is closed reads “Resolved” as well."""
    status: str = Status.INVESTIGATING
    found = []
    for word in words:
        status = word.status or status
        found.append((word, Status.RESOLVED if status == Status.CLOSED else status))
    return found


def _update(desk: Desk, incident: Incident, word: PastUpdate, status: str) -> StatusUpdate:
    text = word.text or f"{Status(status).label}."
    return StatusUpdate(
        incident=incident,
        audiences=[Audience.PUBLIC, Audience.STAKEHOLDERS] if desk.run.is_public else [Audience.RESPONDERS],
        known=text,
        wordings={Audience.PUBLIC.value: {"known": text}} if desk.run.is_public else {},
        public_title=shorten(incident.title, 120) if desk.run.is_public else "",
        status=status,
        severity=incident.severity,
        author=desk.author,
        posted_at=word.at,
        leaves_at=word.at,
    )


def _periods(incident: Incident, past: Past) -> list[StatusPeriod]:
    """Stays one after the other, from the words; the last one runs."""
    began = past.declared_at or past.impact_started_at
    steps: list[tuple[datetime, str]] = [(began, Status.INVESTIGATING)]
    for word in past.words:
        if (
            word.status
            and word.status != Status.CLOSED
            and (past.resolved_at is None or word.at < past.resolved_at)
        ):
            steps.append((max(word.at, steps[-1][0]), word.status))
    if past.resolved_at:
        steps.append((max(past.resolved_at, steps[-1][0]), Status.CLOSED))
    elif incident.status != steps[-1][1]:
        last = past.words[-1].at if past.words else began
        steps.append((max(last, steps[-1][0]), incident.status))
    kept: list[tuple[datetime, str]] = []
    for at, status in steps:
        if kept and kept[-1][0] == at:
            kept[-1] = (at, status)
        elif not kept or kept[-1][1] != status:
            kept.append((at, status))
    ends = [at for at, _status in kept[1:]] + [None]
    return [
        StatusPeriod(incident=incident, status=status, started_at=at, ended_at=end)
        for (at, status), end in zip(kept, ends, strict=True)
    ]


def _events(desk: Desk, incident: Incident, past: Past, updates: list[StatusUpdate]) -> list[TimelineEvent]:
    """One row an update, and one for each milestone that has its mark on the timeline; by time, updates first."""
    events = [
        TimelineEvent(
            incident=incident,
            kind=Kind.UPDATE,
            text=update.known,
            occurred_at=update.posted_at,
            recorded_at=update.posted_at,
            source=desk.run.source,
            status_update=update,
        )
        for update in updates
    ]
    for name, (text, phase) in MILESTONE_ROWS.items():
        if at := getattr(past, name):
            events.append(
                TimelineEvent(
                    incident=incident,
                    kind=Kind.MILESTONE,
                    text=text,
                    phase=phase,
                    occurred_at=at,
                    recorded_at=at,
                    source=desk.run.source,
                    data={"milestone": name},
                )
            )
    return sorted(events, key=lambda event: event.occurred_at)


def refusal_of(error: DatabaseError) -> str:
    """What the database had against an entry, in one line."""
    return "the database refuses it: " + str(error).splitlines()[0][:300]

"""Drives the verbs, in one transaction, with the clock moved to each step's time."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts.models import User
from audit import context
from core.text import shorten
from incidents.models import MILESTONES, Incident, Role, Severity
from incidents.workflow import declare_incident, edit_incident, set_milestones
from replay.cast import Cast
from replay.clock import Clock, read_clock
from replay.contradictions import refuse_contradictions
from replay.file_reader import MILESTONE_KEYS, Refused, instant, parse_day
from replay.plan import Plan
from replay.verbs import Verbs

ORIGIN = "command replay"
GUESSED = ("constructed", "derived", "recalled", "estimate", "estimated")


def replay_document(document: Any) -> tuple[Incident, bool]:
    """Run the day and return its incident, closed, and whether it was made now or stands there already.

    Raises Refused naming the paths of what is wrong; then nothing at all is stored.
    """
    day = parse_day(document)
    refuse_contradictions(day)
    with transaction.atomic(), context.coming_from(ORIGIN):
        _one_at_a_time(day["id"])
        if existing := Incident.objects.filter(source_id=day["id"]).first():
            return existing, False
        return _drive(day, document), True


def _one_at_a_time(day_id: str) -> None:
    """The same day replayed twice at once: the second waits and then finds the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["replay:" + day_id])


def _drive(day: dict[str, Any], document: dict[str, Any]) -> Incident:
    clock = read_clock(day)
    steps = Plan(day, clock).steps()
    cast = Cast(day)
    with context.at(clock.declared):
        incident = _attempt("timestamps.declared_at", _declare, day, cast, clock)
    verbs = Verbs(day, document, cast, incident, clock)
    for step in steps:
        with context.at(step.driven_at):
            _attempt(step.path, getattr(verbs, step.verb), step)
    with context.at(clock.last):
        _attempt("timestamps", _settle_milestones, incident, day, cast.recorder)
        _attempt("retrospective", verbs.take_over_retrospective)
    return Incident.objects.get(pk=incident.pk)


def _attempt(path: str, act: Any, *args: Any) -> Any:
    try:
        return act(*args)
    except ValidationError as error:
        raise Refused([(path, " ".join(error.messages))]) from error


def _declare(day: dict[str, Any], cast: Cast, clock: Clock) -> Incident:
    detected = instant(day, "detected_at")
    declarer = cast.holder(Role.COMMANDER, clock.declared) or cast.recorder
    incident = declare_incident(
        by=declarer,
        title=shorten(day["title"], 200),
        severity=Severity.objects.get(name=day["severity"][0]["value"]),
        takes_command=False,  # the recorded roles say who took it, and when
        impact_started_at=instant(day, "started_at"),
        detected_at=detected if detected and detected <= clock.declared else None,
        source=Incident.Source.REPLAY,
        source_id=day["id"],
    )
    early = {name: instant(day, name) for name in ("introduced_at", "acknowledged_at")}
    known = {name: moment for name, moment in early.items() if moment and moment <= clock.declared}
    if known:
        incident = set_milestones(incident=incident, by=declarer, moments=known, basis=_basis(day))
    return _describe_impact(incident, day, declarer)


def _describe_impact(incident: Incident, day: dict[str, Any], by: User) -> Incident:
    figures = [
        {
            "label": figure["name"],
            "value": " ".join(
                str(part)
                for part in (figure["qualifier"], figure["value"], figure["unit"])
                if part not in ("", None)
            ),
        }
        for figure in day["impact"]["numbers"]
    ]
    fields: dict[str, Any] = {
        "impact_figures": figures,
        "impact_summary": shorten(day["impact"].get("customer") or "", 300),
    }
    return edit_incident(incident=incident, by=by, **{name: value for name, value in fields.items() if value})


def _settle_milestones(incident: Incident, day: dict[str, Any], by: User) -> None:
    """What the file knows stands; what it does not know was only needed to drive, and becomes unknown again."""
    incident = Incident.objects.get(pk=incident.pk)
    wanted: dict[str, datetime | None] = {name: instant(day, key) for key, name in MILESTONE_KEYS.items()}
    wanted["impact_ended_at"] = _impact_ended(day) or wanted["mitigated_at"]
    moments = {name: moment for name, moment in wanted.items() if getattr(incident, name) != moment}
    unknown = {name: {"source": "unknown"} for name in MILESTONES if wanted[name] is None}
    basis = _basis(day) | unknown
    stated = {name: getattr(incident, name) for name in MILESTONES if name in basis}
    set_milestones(incident=incident, by=by, moments=stated | moments, basis=basis)


def _impact_ended(day: dict[str, Any]) -> datetime | None:
    """The end of the last window that counts; None while one is open-ended, or all were over before it began."""
    ends = [window["to"] for window in day["impact"]["windows"] if window["counts"]]
    if not ends or not all(ends):
        return None
    began = instant(day, "started_at")
    return None if began and max(ends) < began else max(ends)


def _basis(day: dict[str, Any]) -> dict[str, dict]:
    alarmed = {alert["at"] for alert in day["alerts"]}
    basis = {}
    for key, name in MILESTONE_KEYS.items():
        entry = day["timestamps"].get(key)
        if not entry or not entry["at"]:
            continue
        source = "estimate" if entry["basis"] in GUESSED else "person"
        if key == "detected_at" and entry["at"] in alarmed:
            source = "alert"
        basis[name] = {"source": source, "note": entry["note"]} if entry["note"] else {"source": source}
    return basis

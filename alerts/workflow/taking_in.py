"""From what a sender tells to alerts: at least once from the sender, once in effect.

A payload may come twice, late, or before the one that it follows. `told_at`, the sender's time of a state, decides which
of two is newer; where a sender tells none, the order in which they came.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from accounts.models import User
from alerts.models import (
    LONGEST_DESCRIPTION,
    LONGEST_KEY,
    LONGEST_TITLE,
    REFIRES_WITHIN,
    Alert,
    AlertChange,
    AlertState,
    EarlyResolution,
)
from alerts.observed import Observed, Parsed, Told
from alerts.workflow.acting import takes_alerts
from alerts.workflow.announcing import announce_alerts
from events.alerts import AlertAcknowledged, AlertFired, AlertResolved
from incidents.models import Service

Kind = AlertChange.Kind
MOST_LABELS, LONGEST_LABEL = 100, 1_000
AHEAD = timedelta(minutes=5)
"""How far a sender's clock may be ahead of ours."""
MOST_LINKS = 20


@dataclass
class TakenIn:
    """What became of one payload."""

    fired: list[Alert] = field(default_factory=list)
    """New, or fired again."""
    fired_again: list[Alert] = field(default_factory=list)
    """A new occurrence of what was firing already; also in `repeated`."""
    changed: list[Alert] = field(default_factory=list)
    """Of another severity than before: routes decide anew. Also in `repeated`."""
    repeated: list[Alert] = field(default_factory=list)
    """Told again, or acknowledged: nothing new."""
    acknowledged: list[Alert] = field(default_factory=list)
    """By their sender; also in `repeated`."""
    resolved: list[Alert] = field(default_factory=list)
    remembered: int = 0
    """Resolutions of alerts that have not fired yet."""
    ignored: int = 0
    """Older than what is known."""

    @property
    def firing(self) -> list[Alert]:
        """New, fired again or of another severity, and not resolved by the same payload."""
        return self._still([*self.fired, *self.changed])

    @property
    def firing_again(self) -> list[Alert]:
        return self._still(self.fired_again)

    def _still(self, alerts: list[Alert]) -> list[Alert]:
        over = {alert.pk for alert in self.resolved}
        return [alert for alert in alerts if alert.pk not in over]

    def __str__(self) -> str:
        said = [
            (len(self.fired), "fired"),
            (len(self.repeated), "unchanged"),
            (len(self.resolved), "resolved"),
            (self.remembered, "resolved before firing"),
            (self.ignored, "older than what is known"),
        ]
        return ", ".join(f"{count} {what}" for count, what in said if count) or "No alert"


@transaction.atomic
def take_in(
    *, integration: Any, parsed: Parsed, received_at: datetime, by: User, is_test: bool = False
) -> TakenIn:
    """Bring the alerts of `integration` up to what one payload tells.

    Payloads of one integration wait for each other. Alerts that a payload names twice are taken once, in its last state.
    A test has keys of its own: senders' samples have those of real alerts. A time that lies ahead is no time.
    """
    wait_for_others(integration.pk)
    taken, latest = TakenIn(), received_at + AHEAD
    prefix = "test/" if is_test else ""
    seen = {f"{prefix}{one.dedup_key}"[:LONGEST_KEY]: _without_future(one, latest) for one in parsed.alerts}
    _lock_open(integration, seen, parsed.closed_groups)
    services = services_by_name(one.service for one in seen.values())
    for key, one in seen.items():
        _take(_Taking(integration, key, one, received_at, services, is_test, taken))
    closed_at = None if parsed.at and parsed.at > latest else parsed.at
    for group in () if is_test else parsed.closed_groups:
        _close_group(integration, group[:LONGEST_KEY], closed_at, received_at, taken)
    over = {alert.pk for alert in taken.resolved}
    announce_alerts(AlertFired, [alert for alert in taken.fired if alert.pk not in over])
    announce_alerts(AlertAcknowledged, taken.acknowledged)
    announce_alerts(AlertResolved, taken.resolved)
    return taken


def forget_early_resolutions(*, before: datetime) -> int:
    """Those whose firing never came. They are kept for five minutes."""
    return EarlyResolution.objects.filter(received_at__lt=before - EarlyResolution.KEPT).delete()[0]


@dataclass(frozen=True)
class _Taking:
    integration: Any
    key: str
    told: Observed
    received_at: datetime
    services: dict[str, Service]
    is_test: bool
    taken: TakenIn


def wait_for_others(integration_id: int) -> None:
    """Until the transactions that take in alerts of this integration are over; those after this one wait for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('alerts of integration'), %s)", [integration_id]
        )


def _lock_open(integration: Any, keys: Iterable[str], groups: Iterable[str]) -> None:
    """All at once in the order that people's verbs use, whatever the order in which a payload names them."""
    named = Q(dedup_key__in=list(keys)) | Q(group_key__in=[group[:LONGEST_KEY] for group in groups])
    rows = Alert.objects.open().filter(named, integration=integration).order_by("pk")
    list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))


def _without_future(one: Observed, latest: datetime) -> Observed:
    """A clock that is wrong would make everything after it older."""
    at = one.at if one.at and one.at <= latest else None
    started_at = one.started_at if one.started_at and one.started_at <= latest else None
    return replace(one, at=at, started_at=started_at)


def _take(one: _Taking) -> None:
    rows = Alert.objects.of_key(one.integration, one.key).select_related("service", "incident")
    known = rows.select_for_update(of=("self",)).first()
    if one.told.state == Told.RESOLVED:
        _resolve(one, known)
    elif one.told.state == Told.FIRING:
        _fire(one, known)
    elif known is not None and known.is_open:
        _note_acknowledgement(one, known)
    else:
        one.taken.ignored += 1


def _fire(one: _Taking, known: Alert | None) -> None:
    if known is not None and _is_older(one, known):
        one.taken.ignored += 1
        return
    if known is not None and known.is_open:
        if _has_another_severity(one, known):
            _change_severity(one, known)
            return
        is_new = one.told.started_at is None or one.told.started_at != known.started_at
        _describe(known, one)
        if is_new and not one.told.is_one_occurrence:
            known.occurrences += 1
            known.started_at = one.told.started_at
            known.last_fired_at = one.received_at
            _note(known, Kind.FIRED_AGAIN, one)
            one.taken.fired_again.append(known)
        known.save()
        one.taken.repeated.append(known)
        return
    if known is not None and one.received_at - (known.resolved_at or one.received_at) <= REFIRES_WITHIN:
        _fire_again(one, known, _resolved_early(one))
        return
    alert = Alert(
        integration_id=one.integration.pk,
        dedup_key=one.key,
        state=AlertState.FIRING,
        first_seen_at=one.received_at,
        occurrences=1,
        started_at=one.told.started_at,
        firing_since=one.received_at,
        last_fired_at=one.received_at,
        is_test=one.is_test,
    )
    _describe(alert, one)
    if over := _resolved_early(one):
        alert.state, alert.resolved_at, alert.told_at = AlertState.RESOLVED, over.received_at, over.told_at
    alert.save()
    _note(alert, Kind.FIRED, one)
    if over:
        AlertChange.objects.create(
            alert=alert, kind=Kind.RESOLVED, told_at=over.told_at, received_at=over.received_at
        )
        one.taken.resolved.append(alert)
    else:
        one.taken.fired.append(alert)


def _has_another_severity(one: _Taking, known: Alert) -> bool:
    return bool(one.told.severity) and one.told.severity[:60].casefold() != known.severity.casefold()


def _change_severity(one: _Taking, known: Alert) -> None:
    """It fires, and its sender calls it something else now: that is a new occurrence."""
    _describe(known, one)
    known.occurrences += 1
    known.started_at = one.told.started_at or known.started_at
    known.last_fired_at = one.received_at
    known.save()
    _note(known, Kind.FIRED_AGAIN, one)
    one.taken.changed.append(known)
    one.taken.repeated.append(known)


def _fire_again(one: _Taking, alert: Alert, over: EarlyResolution | None) -> None:
    """It was resolved. It leaves an incident that is over, which may want to be reopened."""
    alert.state, alert.resolved_at = AlertState.FIRING, None
    alert.acknowledged_at = alert.acknowledged_by = None
    alert.occurrences += 1
    alert.started_at = one.told.started_at
    alert.firing_since = alert.last_fired_at = one.received_at
    if alert.incident is not None and not takes_alerts(alert.incident):
        alert.reopens, alert.incident = alert.incident, None
    _describe(alert, one)
    alert.save()
    _note(alert, Kind.FIRED_AGAIN, one)
    if over:
        _end(alert, over.told_at, over.received_at, one.taken)
    else:
        one.taken.fired.append(alert)


def _resolve(one: _Taking, known: Alert | None) -> None:
    if known is None or _ends_what_is_to_come(one, known):
        EarlyResolution.objects.update_or_create(
            integration_id=one.integration.pk,
            dedup_key=one.key,
            defaults={"told_at": one.told.at, "received_at": one.received_at},
        )
        one.taken.remembered += 1
    elif not known.is_open or _is_older(one, known):
        one.taken.ignored += 1
    else:
        _describe(known, one)
        _end(known, one.told.at, one.received_at, one.taken)


def _ends_what_is_to_come(one: _Taking, known: Alert) -> bool:
    """Whether it is over already, and this is the end of a later occurrence."""
    is_newer = one.told.at is not None and known.told_at is not None and one.told.at > known.told_at
    return not known.is_open and is_newer


def _end(alert: Alert, told_at: datetime | None, received_at: datetime, taken: TakenIn) -> None:
    alert.state, alert.resolved_at = AlertState.RESOLVED, received_at
    alert.check_at = None  # it never opens an incident
    alert.quiet_since, alert.quiet_until, alert.quiet_reason = None, None, ""
    alert.told_at = told_at or alert.told_at
    alert.save()
    AlertChange.objects.create(alert=alert, kind=Kind.RESOLVED, told_at=told_at, received_at=received_at)
    taken.resolved.append(alert)


def _close_group(
    integration: Any, group: str, at: datetime | None, received_at: datetime, taken: TakenIn
) -> None:
    """Also what the sender left out of a group that it shortened."""
    rows = Alert.objects.open().filter(integration=integration, group_key=group)
    for alert in rows.select_related("service", "incident").select_for_update(of=("self",)):
        if at is None or alert.told_at is None or alert.told_at <= at:
            _end(alert, at, received_at, taken)


def _resolved_early(one: _Taking) -> EarlyResolution | None:
    """The resolution that came before this firing, where it is no older than it."""
    rows = EarlyResolution.objects.filter(integration=one.integration, dedup_key=one.key)
    early = rows.first()
    if early is None:
        return None
    rows.delete()
    is_over = early.received_at < one.received_at - EarlyResolution.KEPT
    if is_over or (early.told_at and one.told.at and early.told_at < one.told.at):
        return None
    return early


def _is_older(one: _Taking, known: Alert) -> bool:
    """Whether something newer is known. A state told at the same moment as an end does not undo it."""
    if one.told.at is None or known.told_at is None:
        return False
    if not known.is_open and one.told.state == Told.FIRING:
        began, first = one.told.started_at or one.told.at, known.started_at
        is_earlier = one.told.started_at is None or first is None or one.told.started_at <= first
        return began <= known.told_at and is_earlier
    return one.told.at < known.told_at


def _note_acknowledgement(one: _Taking, alert: Alert) -> None:
    """What the sender's side says of it; a person here is noted by `acknowledge_alert`."""
    is_acknowledged = one.told.state == Told.ACKNOWLEDGED
    if _has_another_severity(one, alert) and not _is_older(one, alert):
        _change_severity(one, alert)
    is_persons = not is_acknowledged and alert.acknowledged_by_id is not None  # only people take it back
    if _is_older(one, alert) or is_persons or is_acknowledged == (alert.state == AlertState.ACKNOWLEDGED):
        one.taken.ignored += 1
        return
    alert.state = AlertState.ACKNOWLEDGED if is_acknowledged else AlertState.FIRING
    alert.acknowledged_at = one.received_at if is_acknowledged else None
    alert.acknowledged_by = None
    alert.told_at = one.told.at or alert.told_at
    alert.save()
    _note(alert, Kind.ACKNOWLEDGED if is_acknowledged else Kind.UNACKNOWLEDGED, one)
    one.taken.repeated.append(alert)
    if is_acknowledged:
        one.taken.acknowledged.append(alert)


def _describe(alert: Alert, one: _Taking) -> None:
    """What the payload says now. What it leaves empty stays."""
    told = one.told
    alert.title = (told.title or alert.title or one.key)[:LONGEST_TITLE]
    alert.description = (told.description or alert.description)[:LONGEST_DESCRIPTION]
    alert.group_key = (told.group_key or alert.group_key)[:LONGEST_KEY]
    alert.severity = (told.severity or alert.severity)[:60]
    alert.service_name = (told.service or alert.service_name)[:200]
    alert.service = (
        one.services.get(alert.service_name.casefold()) or alert.service or one.integration.service
    )
    alert.source = (told.source or alert.source)[:200]
    alert.labels = dict(list({**alert.labels, **_short(told.labels)}.items())[:MOST_LABELS])
    links = {link["url"]: link for link in alert.links} | {
        link.url: {"label": link.label[:80], "url": link.url[:2000]}
        for link in told.links
        if _is_web(link.url)
    }
    alert.links = list(links.values())[:MOST_LINKS]
    alert.last_seen_at = one.received_at
    alert.told_at = told.at or alert.told_at


def _short(labels: dict[str, str]) -> dict[str, str]:
    return {str(name)[:200]: str(value)[:LONGEST_LABEL] for name, value in list(labels.items())[:MOST_LABELS]}


def _is_web(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _note(alert: Alert, kind: str, one: _Taking) -> None:
    AlertChange.objects.create(alert=alert, kind=kind, told_at=one.told.at, received_at=one.received_at)


def services_by_name(names: Iterable[str]) -> dict[str, Service]:
    """By the names that a payload uses: slugs or names of the catalogue, in small letters."""
    wanted = {name.casefold() for name in names if name}
    if not wanted:
        return {}
    found: dict[str, Service] = {}
    for service in Service.objects.filter(is_archived=False):
        for name in (service.name.casefold(), service.slug):
            if name in wanted:
                found[name] = service
    return found

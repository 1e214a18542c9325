"""A route, tried on stored alerts before it is saved: what would have become of them. Nothing is changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from alerts.deciding.decisions import Decided
from alerts.deciding.replays import Happened, Happening, Made, Past, Replay, Told
from alerts.deciding.rules import Facts, Rule
from alerts.models import Alert, AlertChange, Route
from alerts.workflow.acting import takes_alerts
from alerts.workflow.knowing import maintenances_of, running
from incidents.models import AffectedService, Incident, StatusPeriod

DAYS = (1, 7, 30)
MOST_HAPPENINGS = 20_000
"""Firings and resolutions that are read, the newest; a trial of a storm covers less time."""
MOST_PAST = 2_000
LONGEST = 3.0  # seconds
MOST_SHOWN = 50
ENDS_AFTER = timedelta(hours=1)
"""The trial supposes that people resolve what it opens so long after the last alert has ended."""
NEAR = timedelta(hours=2)
"""An incident that people declared this close to one that the route would open, of the same service, is the same."""
TRIED = "tried"
Kind = AlertChange.Kind
OF_HISTORY = {Kind.FIRED: Told.FIRES, Kind.FIRED_AGAIN: Told.FIRES, Kind.RESOLVED: Told.ENDS}


@dataclass(frozen=True)
class History:
    """What is replayed, and since when."""

    since: datetime
    until: datetime
    happenings: list[Happening]
    alerts: list[Facts]
    opens: dict[int, str]
    past: list[Past]
    is_cut: bool

    def replayed(
        self, rules: Iterable[Rule], ends_after: timedelta | None = None, seconds: float | None = None
    ) -> Replay:
        rules = list(rules)
        services = {one.service for one in self.alerts if one.service}
        works = maintenances_of(services, self.since, self.until) if services else []
        replay = Replay(
            rules,
            self.alerts,
            opens=self.opens,
            past=self.past,
            maintenances=works,
            ends_after=ends_after,
            seconds=seconds,
        )
        replay.run(self.happenings, self.until)
        return replay


@dataclass(frozen=True)
class Opened:
    """An incident that the route would have opened."""

    at: datetime
    is_declared: bool
    severity: int | None
    title: str
    service: str
    times: tuple[datetime, ...]  # of the firings of its alerts
    alerts: int
    declared_by_hand: str = ""  # the reference of one like it
    after: timedelta = timedelta(0)  # that was declared so much later; negative: earlier


@dataclass(frozen=True)
class Attached:
    """An alert that joins an incident of people; without a reference, one that another route would have opened."""

    at: datetime
    title: str
    reference: str


@dataclass
class Trial:
    since: datetime
    until: datetime
    stored: int  # alerts that fired in this time
    is_cut: bool
    matched: int = 0
    recorded: int = 0
    attached: int = 0  # alerts, to incidents that it would not have opened
    taken_before: int = 0  # alerts that fit, of which a route before this one decides
    opened: list[Opened] = field(default_factory=list)
    recorded_at: list[datetime] = field(default_factory=list)
    attached_to: list[Attached] = field(default_factory=list)
    unmatched: list[tuple[str, datetime]] = field(
        default_factory=list
    )  # incidents of people without an alert

    @property
    def suspected(self) -> int:
        return sum(not one.is_declared for one in self.opened)

    @property
    def declared(self) -> int:
        return sum(one.is_declared for one in self.opened)


def try_route(
    *, by: User, rule: Rule, days: int = 7, position: int | None = None, instead_of: Route | None = None
) -> Trial:
    """What `rule` would have done with the alerts of the last days that `by` can see, in its place among the others.

    `instead_of` is the route that it would replace. `position` counts from 1; without one it is the last.
    """
    until = timezone.now()
    history = history_of(by, until - timedelta(days=days), until)
    rules = [one for one in Route.active_rules() if instead_of is None or one.key != instead_of.pk]
    place = len(rules) if position is None else _place_among(rules, position, instead_of)
    replay = history.replayed([*rules[:place], rule, *rules[place:]], ENDS_AFTER, LONGEST)
    trial = Trial(history.since, until, len(history.alerts), history.is_cut or replay.is_cut)
    _tell(trial, replay, rule)
    _compare(trial, replay, history)
    return trial


def _place_among(rules: list[Rule], position: int, instead_of: Route | None) -> int:
    """How many of the routes that are on stand before it."""
    others = Route.objects.exclude(pk=instead_of.pk) if instead_of else Route.objects.all()
    before = set(others.in_order().values_list("pk", flat=True)[: max(0, position - 1)])
    return sum(one.key in before for one in rules)


def history_of(by: User, since: datetime, until: datetime) -> History:
    """The newest firings and resolutions of this time, of alerts that `by` can see."""
    changes = AlertChange.objects.filter(
        kind__in=list(OF_HISTORY), received_at__gte=since, received_at__lte=until
    )
    rows = list(
        changes.order_by("-received_at", "-pk").values_list("pk", "alert", "kind", "received_at")[
            :MOST_HAPPENINGS
        ]
    )
    is_cut = len(rows) == MOST_HAPPENINGS
    rows.sort()
    seen = Alert.objects.visible_to(by).filter(
        pk__in={alert for _pk, alert, _kind, _at in rows}, is_test=False
    )
    alerts = list(seen.select_related("integration", "service"))
    return History(
        min((at for _pk, _alert, _kind, at in rows), default=since) if is_cut else since,
        until,
        [Happening(alert, OF_HISTORY[Kind(kind)], at) for _pk, alert, kind, at in rows],
        [one.facts for one in alerts],
        {one.integration_id: one.integration.opens for one in alerts},
        _past(by, since),
        is_cut,
    )


def _past(by: User, since: datetime) -> list[Past]:
    """Incidents that people declared or reported and that were open in this time."""
    now = StatusPeriod.objects.filter(incident=OuterRef("pk"), ended_at=None).values("started_at")[:1]
    rows = (
        Incident.objects.visible_to(by)
        .filter(is_private=False)
        .exclude(source=Incident.Source.ALERT)
        .annotate(over_at=Coalesce(F("resolved_at"), Subquery(now)))
        .filter(Q(pk__in=running().values("pk")) | Q(over_at__gte=since))
        .order_by("-number")[:MOST_PAST]
    )
    found = list(rows)
    affected: dict[int, list[tuple[int, datetime, datetime | None]]] = {}
    impacts = AffectedService.objects.filter(incident__in=[one.pk for one in found])
    for incident, service, began, ended in impacts.values_list(
        "incident", "service", "started_at", "ended_at"
    ):
        affected.setdefault(incident, []).append((service, began, ended))
    return [
        Past(
            one.reference,
            one.created_at,
            None if takes_alerts(one) else one.over_at,
            one.resolved_at,
            tuple(affected.get(one.pk, ())),
        )
        for one in found
    ]


def _tell(trial: Trial, replay: Replay, rule: Rule) -> None:
    """Of the alerts that reach this route, what became of each in the end."""
    last: dict[int, Happened] = {}
    for one in replay.happened:
        if one.decision.firing.rule is rule:
            last[one.decision.firing.alert.pk] = one
    trial.matched = len(last)
    trial.taken_before = sum(
        alert.rule is not None and alert.rule is not rule and rule.matches(alert.facts)
        for alert in replay.alerts.values()
        if alert.fired
    )
    for pk, one in last.items():
        if one.incident is None:
            trial.recorded += 1
            trial.recorded_at.append(one.at)
        elif isinstance(one.incident, Past) or one.incident.decision.firing.rule is not rule:
            trial.attached += 1
            reference = one.incident.key if isinstance(one.incident, Past) else ""
            trial.attached_to.append(Attached(one.at, replay.alerts[pk].facts.title, reference))
    trial.attached_to.sort(key=lambda one: (not one.reference, one.at))
    made = [one for one in replay.made if one.decision.firing.rule is rule]
    trial.opened = [_opened(one, replay) for one in made]


def _opened(made: Made, replay: Replay) -> Opened:
    alert, outcome = made.decision.firing.alert, made.decision.opens
    times = sorted(at for pk in made.alerts for at in replay.alerts[pk].fired)
    return Opened(
        made.at,
        made.decision.kind == Decided.DECLARED,
        outcome.severity if outcome else None,
        alert.title,
        alert.service_slug or alert.service_name,
        tuple(times),
        len(made.alerts),
        *_like(made, replay),
    )


def _like(made: Made, replay: Replay) -> tuple[str, timedelta]:
    """The incident that people declared nearest to it, of the same service."""
    service = made.decision.firing.alert.service
    near = [
        one
        for one in replay.past
        if abs(one.created_at - made.at) <= NEAR
        and any(named == service for named, _from, _to in one.services)
    ]
    nearest = min(near, key=lambda one: abs(one.created_at - made.at), default=None)
    return (nearest.key, nearest.created_at - made.at) if nearest else ("", timedelta(0))


def _compare(trial: Trial, replay: Replay, history: History) -> None:
    """Incidents that people declared in this time and to which nothing here led."""
    found = {one.declared_by_hand for one in trial.opened}
    found |= {one.incident.key for one in replay.happened if isinstance(one.incident, Past)}
    trial.unmatched = [
        (one.key, one.created_at)
        for one in replay.past
        if one.key not in found and history.since <= one.created_at <= history.until
    ][:MOST_SHOWN]

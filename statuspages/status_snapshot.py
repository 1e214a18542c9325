"""Loads what a page shows, in a number of queries that does not grow with what there is.

The only way from incidents to a page: what the public reads comes from `StatusUpdate.objects.published()`, with the
words and the name written for the public, and from the changes of status that `following` adds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import DateTimeField, Exists, Max, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from core.kept_queries import SOME_ROW, Kept, keep
from incidents.models import ACTIVE_STATUSES, AffectedService, Audience, Incident, Status, StatusUpdate
from incidents.models.communication import StatusUpdateQuerySet, Wording
from incidents.models.incident import IncidentQuerySet
from statuspages.following import with_status_changes
from statuspages.models import Component, ComponentState, ScheduledMaintenance, StatusPage
from statuspages.models.maintenance import SENTENCES
from statuspages.models.page import StatusPageQuerySet
from statuspages.months import first_updates, month_of, months_of, newest_in_each
from statuspages.uptime import DAYS, MAINTENANCE, Span, last_days, midnight, uptime, worst
from statuspages.view_models import Shown, ShownComponent, ShownIncident, ShownMaintenance, ShownUpdate

RECENT = 50  # incidents on a page, in the interface and in feeds; the months have the others
NEVER = Cast(Value(None), DateTimeField())
LATEST = 1000  # updates among which those incidents are found
NEEDED = (
    "incident_id", "corrects_id", "status", "posted_at", "next_update_at", "wordings", "names_by_page", "public_title",
    "known", "unknown", "doing", "workaround", "ask", "incident__status", "incident__title",
    "incident__impact_started_at", "incident__declared_at", "incident__resolved_at", "incident__source",
)  # fmt: skip
CLOSED = (Status.CLOSED, Status.MERGED, Status.DECLINED)


@dataclass(frozen=True)
class Window:
    """What to load: the recent and running incidents; with them, or instead of them, what is asked for here."""

    pk: int | None = None  # only this incident
    code: str = ""  # only the incident of this code
    month: tuple[int, int] | None = None  # only what happened in this month
    newest_months: int = 0  # also what happened in so many of the newest months in which anything did
    most_a_month: int | None = None  # no more of each month than the newest
    past_maintenance: bool = False  # also what was over long ago
    has_bars: bool = True  # also the last 90 days of each component, which only the page itself shows

    @property
    def has_history(self) -> bool:
        return bool(self.month or self.newest_months)


def told(page: StatusPage) -> StatusUpdateQuerySet:
    """The updates a page may show, whichever incident they belong to."""
    if page.is_public:
        return StatusUpdate.objects.published().filter(wordings__has_key=Audience.PUBLIC)
    return StatusUpdate.objects.out().for_audience(Audience.STAKEHOLDERS).filter(incident__is_private=False)


def incidents_on(page: StatusPage, viewer: Any = None) -> IncidentQuerySet:
    """Those that affect a component of the page; on a default page also those that no other page shows.

    Private ones and drills are on no page. `viewer` reads an internal page and sees what is in their reach.
    """
    hit = AffectedService.objects.filter(incident=OuterRef("pk"))
    services = page.components.filter(service__isnull=False).values("service")
    belongs = Q(Exists(hit.filter(service__in=services)))
    if page.is_default:
        belongs |= ~Q(Exists(hit.filter(service__in=_services_shown(page.audience))))
    return _shown_at_all(page, viewer).filter(belongs)


def _shown_at_all(page: StatusPage, viewer: Any) -> IncidentQuerySet:
    """Those that may be on a page of this kind, whichever components they affect."""
    reachable = Incident.objects.all() if page.is_public else Incident.objects.visible_to(viewer)
    return reachable.filter(is_private=False, is_drill=False)


def pages_of(incident: Incident) -> list[StatusPage]:
    """The public pages an incident belongs on, whether or not anything was said yet; none for a drill."""
    if incident.is_private or incident.is_drill:
        return []
    services = incident.affected_services.values("service_id")
    pages = StatusPage.objects.open_to_public()
    return list(pages.filter(components__service__in=services).distinct()) or list(
        pages.filter(is_default=True)
    )


def component_pages_of(incident: Incident) -> dict[int, list[str]]:
    """By running affected service the published pages that show its state; none where the incident is on no page."""
    if incident.is_private or incident.is_drill:
        return {}
    affected = incident.affected_services.running().values("service")
    shown = Component.objects.filter(page__is_published=True, service__in=affected)
    named: dict[int, list[str]] = {}
    for service, page in shown.order_by("page__name").values_list("service", "page__name").distinct():
        named.setdefault(service, []).append(page)
    return named


def is_on_pages(incident: Incident) -> bool:
    """Whether `pages_of` has any, in one query: the default page shows what no other page does."""
    return not (incident.is_private or incident.is_drill) and bool(_any_page().rows({SOME_ROW: incident.pk}))


@cache
def _any_page() -> Kept[StatusPage]:
    return keep(pages_touched(SOME_ROW).order_by().only("pk")[:1])


def pages_touched(incident_id: int) -> StatusPageQuerySet:
    """The public pages that a change of this incident may change: also those it has just left."""
    services = AffectedService.objects.filter(incident=incident_id).values("service")
    showing = Component.objects.filter(service__in=services).values("page")
    return StatusPage.objects.open_to_public().filter(Q(is_default=True) | Q(pk__in=showing))


def _services_shown(audience: str) -> QuerySet[Any, Any]:
    """The services that the published pages of this audience have a component for."""
    components = Component.objects.filter(page__audience=audience, page__is_published=True)
    return components.filter(service__isnull=False).values("service")


def read(page: StatusPage, window: Window | None = None, *, viewer: Any = None) -> Shown:
    """The page as it is now. At most eleven queries."""
    now, window = timezone.now(), window or Window()
    components = _components(page)
    mine = incidents_on(page, viewer)
    maintenances = _maintenances(page, components, window, now)
    ids, months = _chosen(page, mine, window, maintenances)
    incidents = {i.pk: i for i in _incidents(page, ids, now)}
    since = now - timedelta(days=DAYS + 1) if window.has_bars else _today(page, now)
    impacts = _impacts(page, viewer, components, ids, since)
    for pk, component, span in impacts:
        if pk in incidents:
            incidents[pk].spans.append((component, span))
    _fill(page, components, impacts, maintenances, now, window.has_bars)
    return Shown(
        page=page,
        now=now,
        components=components,
        incidents=list(incidents.values()),
        maintenances=maintenances,
        changed_at=_changed_at(page, components, list(incidents.values()), now),
        months=months,
    )


def _components(page: StatusPage) -> list[ShownComponent]:
    return [
        ShownComponent(
            pk=c.pk,
            code=page.code("component", c.pk),
            name=c.name,
            description=c.description,
            position=place,
            group=c.group.name if c.group else "",
            group_code=page.code("group", c.group_id) if c.group_id else None,
            service_id=c.service_id,
            created_at=c.created_at,
            changed_at=c.created_at,
            tracked_since=c.tracked_since,
        )
        for place, c in enumerate(page.components.in_order(), 1)
    ]


def _chosen(
    page: StatusPage, mine: IncidentQuerySet, window: Window, maintenances: list[ShownMaintenance]
) -> tuple[list[int], list[tuple[int, int]]]:
    """The incidents to load; for the history also the months in which anything happened, newest first."""
    here = told(page).filter(incident__in=mine)
    ids = here.order_by().values_list("incident_id", flat=True).distinct()
    if window.pk:
        return list(ids.filter(incident=window.pk)), []
    if window.code:
        newest = Incident.objects.aggregate(newest=Max("pk"))["newest"] or 0
        return list(ids.filter(incident=page.pk_of("incident", window.code, newest))), []
    latest = StatusUpdate.objects.filter(pk__in=here.newest_first().values("pk")[:LATEST])
    newest_first = (
        latest.values("incident_id").annotate(last=Max("posted_at")).order_by("-last", "-incident_id")
    )
    running = here.filter(incident__status__in=ACTIVE_STATUSES)
    recent = Incident.objects.filter(pk__in=newest_first.values("incident_id")[:RECENT])
    shown = (
        recent.order_by().values_list("pk", NEVER).union(running.order_by().values_list("incident_id", NEVER))
    )
    if not window.has_history:
        return [pk for pk, _ in shown.order_by()], []
    done = {month_of(m.starts_at, page) for m in maintenances if m.is_over and not m.is_covered}
    firsts = first_updates(told(page), here)
    months = sorted({*months_of(page, firsts), *done}, reverse=True)
    wanted = [window.month] if window.month else months[: window.newest_months]
    found = newest_in_each(page, firsts, wanted, window.most_a_month)
    if window.month:
        return [pk for pk, _ in found[0]], months
    return [pk for pk, _ in shown.order_by().union(*found).order_by()], months


def _incidents(page: StatusPage, ids: list[int], now: datetime) -> list[ShownIncident]:
    updates = told(page).filter(incident__in=ids).select_related("incident").only(*NEEDED).newest_first()
    corrected = {u.corrects_id: u.posted_at for u in updates if u.corrects_id}
    found: dict[int, ShownIncident] = {}
    for update in updates:
        words = words_of(page, update)
        if words is None:
            continue
        shown = ShownUpdate(
            code=page.code("update", update.pk),
            status=update.public_status,
            at=update.posted_at,
            words=words,
            next_at=update.next_update_at,
            corrected_at=corrected.get(update.pk),
            is_correction=update.corrects_id is not None,
        )
        if update.incident_id not in found:
            found[update.incident_id] = _incident(page, update, now)
        found[update.incident_id].updates.append(shown)
    with_status_changes(page, {pk: shown for pk, shown in found.items() if not shown.is_recorded})
    return sorted(found.values(), key=lambda i: (i.announced_at, i.pk), reverse=True)


def _incident(page: StatusPage, newest: StatusUpdate, now: datetime) -> ShownIncident:
    incident = newest.incident
    return ShownIncident(
        pk=incident.pk,
        code=page.code("incident", incident.pk),
        name=name_of(page, newest),
        is_closed=incident.status in CLOSED,
        updates=[],
        read_at=now,
        impact_started_at=incident.impact_started_at,
        declared_at=incident.declared_at,
        ended_at=incident.ended_at,
        is_recorded=incident.source in Incident.OF_THE_PAST,
    )


def words_of(page: StatusPage, update: StatusUpdate) -> Wording | None:
    """The update in the words of the page's readers; None where nothing was written for them."""
    try:
        return update.text_for(Audience.PUBLIC if page.is_public else Audience.STAKEHOLDERS, page.pk)
    except LookupError:
        return None


def name_of(page: StatusPage, newest: StatusUpdate) -> str:
    """By the newest update the page may show. The title stays inside; without a public name it has none."""
    return newest.public_title if page.is_public else newest.incident.title


Impacts = list[tuple[int | None, ShownComponent, Span]]


def _impacts(
    page: StatusPage,
    viewer: Any,
    components: list[ShownComponent],
    ids: list[int],
    since: datetime,
) -> Impacts:
    """(incident or None, component, span) of now, of what ended `since`, and of whatever the shown incidents touched.

    What affects a component of the page is on it: only whether it is shown at all is asked.
    """
    by_service = {c.service_id: c for c in components if c.service_id}
    by_pk = {c.pk: c for c in components}
    published = _shown_at_all(page, viewer).filter(Exists(told(page).filter(incident=OuterRef("pk"))))
    counts = Q(ended_at__isnull=True) | Q(ended_at__gte=since)
    rows = AffectedService.objects.filter(
        counts | Q(incident__in=ids), incident__in=published, service__in=by_service
    )
    found: Impacts = [
        (incident, by_service[service], Span(began, ended, state))
        for incident, service, began, ended, state in rows.values_list(
            "incident_id", "service_id", "started_at", "ended_at", "impact"
        )
    ]
    by_hand = ComponentState.objects.filter(counts, component__in=by_pk, component__service=None)
    found += [(None, by_pk[r.component_id], Span(r.started_at, r.ended_at, r.impact)) for r in by_hand]
    return found


def _today(page: StatusPage, now: datetime) -> datetime:
    return midnight(now.astimezone(page.zone).date(), page.zone)


def _maintenances(
    page: StatusPage, components: list[ShownComponent], window: Window, now: datetime
) -> list[ShownMaintenance]:
    by_pk = {c.pk: c for c in components}
    rows = ScheduledMaintenance.objects.filter(page=page).select_related("series")
    rows = rows.prefetch_related("components", "updates")
    if not (window.has_history or window.past_maintenance):
        rows = rows.open_or_ended_since(now - timedelta(days=DAYS + 1))
    waiting = sorted((m for m in rows if m.is_waiting), key=lambda m: m.starts_at, reverse=True)
    next_of = {m.series_id: m.pk for m in waiting}
    return [
        ShownMaintenance(
            pk=m.pk,
            code=page.code("maintenance", m.pk),
            title=m.title,
            state=m.state,
            starts_at=m.starts_at,
            ends_at=m.ends_at,
            began_at=m.began_at,
            ended_at=m.ended_at,
            created_at=m.created_at,
            changed_at=m.changed_at,
            uid=str(m.uid),
            version=m.version,
            components=[by_pk[c.pk] for c in m.components.all() if c.pk in by_pk],
            updates=[
                ShownUpdate(
                    code=page.code("maintenance update", u.pk),
                    status=u.get_state_display(),
                    at=u.posted_at,
                    words=Wording(known=u.text),
                    covers_later=u.covers_later,
                    is_automatic=u.author_id is None and u.text in SENTENCES,
                )
                for u in m.updates.all()
            ],
            rule=m.series.recurrence if m.series and not m.is_over else None,
            is_next=not m.series_id or not m.is_waiting or m.is_changed or next_of[m.series_id] == m.pk,
            is_covered=m.is_covered,
        )
        for m in rows
    ]


def _fill(
    page: StatusPage,
    components: list[ShownComponent],
    impacts: Impacts,
    maintenances: Iterable[ShownMaintenance],
    now: datetime,
    has_bars: bool,
) -> None:
    """State now of every component, and with `has_bars` its bars and uptime."""
    spans: dict[int, list[Span]] = {c.pk: [] for c in components}
    for _incident, component, span in impacts:
        spans[component.pk].append(span)
    for maintenance in maintenances:
        if maintenance.began_at:
            for component in maintenance.components:
                spans[component.pk].append(Span(maintenance.began_at, maintenance.ended_at, MAINTENANCE))
    for component in components:
        mine = spans[component.pk]
        component.state = worst(s.state for s in mine if s.end is None and s.start <= now)
        if has_bars:
            since: Any = component.tracked_since
            component.days = last_days(mine, now=now, zone=page.zone, since=since)
            component.uptime = uptime(mine, now=now, zone=page.zone, since=since)
        component.changed_at = max(
            (t for s in mine for t in (s.start, s.end) if t and t <= now), default=component.created_at
        )


def _changed_at(
    page: StatusPage, components: list[ShownComponent], incidents: list[ShownIncident], now: datetime
) -> datetime:
    """Since when the page is as it is.

    That is the last change, midnight's new column, this minute's share of uptime, or the time of an update that did
    not come.
    """
    moments = [page.changed_at, _today(page, now)]
    if any(c.state != "operational" for c in components):
        moments.append(now.replace(second=0, microsecond=0))
    moments += [c.changed_at for c in components] + [i.latest.at for i in incidents]
    moments += [i.promised_at for i in incidents if i.promised_at and i.is_update_due]
    return min(max(moments), now)

"""What this installation knows already: alerts kept as evidence, and changes made around that time."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from incidents.models import AffectedService, ChangeEvent
from retros.imports.rows import MOST_ROWS, Reading, Row, in_order
from retros.models import Retrospective, TimelineEntry
from timeline.models import Evidence, EvidenceKind, Kind, TimelineEvent

BEFORE, AFTER = timedelta(hours=2), timedelta(minutes=30)


def alerts_of(retrospective: Retrospective) -> Reading:
    """Alerts of the incidents it covers that are not rows yet: kept as evidence, or noted and not taken over."""
    rows = TimelineEntry.objects.filter(retrospective=retrospective, event__isnull=False)
    evidence = Evidence.objects.filter(
        ~Exists(rows.filter(event=OuterRef("event"))),
        incident__retrospectives=retrospective,
        kind=EvidenceKind.ALERT,
    ).order_by("captured_at")[:MOST_ROWS]
    noted = (
        TimelineEvent.objects.standing()
        .filter(incident__retrospectives=retrospective, kind=Kind.ALERT, evidence__isnull=True)
        .exclude(Exists(rows.filter(event=OuterRef("pk"))))
        .order_by("occurred_at")[:MOST_ROWS]
    )
    found = [
        Row(
            occurred_at=one.captured_at,
            text=one.title,
            detail="\n".join(filter(None, (one.body, one.url))),
            source="alert",
            source_id=f"evidence:{one.pk}",
            kind=Kind.ALERT,
            system=str(one.data.get("source") or "")[:100],
        )
        for one in evidence
    ]
    found += [
        Row(
            occurred_at=one.occurred_at,
            text=one.text,
            detail=one.detail,
            source="alert",
            source_id=f"event:{one.pk}",
            kind=Kind.ALERT,
            system=one.source,
        )
        for one in noted
    ]
    return in_order(Reading(found))


def changes_around(retrospective: Retrospective, *, since: datetime, until: datetime, by: User) -> Reading:
    """Deployments and other changes from two hours before to half an hour after, as far as `by` may know of them.

    Of the services that were affected, of those that name none, and whatever is told on an incident it covers.
    """
    services = AffectedService.objects.filter(incident__retrospectives=retrospective).values("service")
    changes = (
        ChangeEvent.objects.visible_to(by)
        .filter(at__gte=since - BEFORE, at__lte=until + AFTER)
        .filter(
            Q(service__isnull=True) | Q(service__in=services) | Q(incidents__retrospectives=retrospective)
        )
        .select_related("service")
        .distinct()
        .order_by("at", "pk")[:MOST_ROWS]
    )
    return in_order(
        Reading(
            [
                Row(
                    occurred_at=change.at,
                    text=f"{change.get_kind_display()}: {change.title}",
                    detail=change.url,
                    source="change",
                    source_id=str(change.pk),
                    kind=Kind.CHANGE,
                    service_id=change.service_id,
                    system=change.service.name if change.service else change.source,
                )
                for change in changes
            ]
        )
    )

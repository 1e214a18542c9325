"""Which alert rules fire most, and what they cost: by integration and the name of the rule at the sender."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, Count, F, Max, Q, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, ExtractHour, NullIf, TruncHour

from accounts.models import Installation, User
from alerts.models import Alert, AlertChange

DAYS = 30
MOST_RULES = 50
MOST_FIRINGS = 50_000
"""The newest that are read: more than 1,600 a day come in a storm only, and reading them all takes seconds."""
NIGHT_BEGINS, NIGHT_ENDS = 22, 6
NAMES = ("alertname", "rulename", "rule", "monitor_name")
"""Labels in which senders say the name of the rule; where none has one, the title is it."""
SORTS = {"firings": "Firings", "nights": "Night hours", "noise": "Marked as noise"}
ORDER = {"firings": "-firings", "nights": "-night_hours", "noise": "-noise"}


@dataclass(frozen=True)
class NoisyRule:
    name: str
    integration: int
    integration_name: str
    firings: int
    alerts: int
    noise: int  # alerts marked so
    incidents: int  # that its alerts belong to
    night_hours: int  # hours between 22:00 and 06:00 in which it fired
    last_fired_at: datetime


def noisiest_rules(
    user: User, now: datetime, sort: str = "firings", most: int = MOST_FIRINGS
) -> list[NoisyRule]:
    """Of the newest `most` firings of the last 30 days, of alerts that `user` can see. Nights are those of the organisation's time zone."""
    zone = ZoneInfo(Installation.get().time_zone)
    since = now - timedelta(days=DAYS)
    fired = AlertChange.objects.filter(
        kind__in=(AlertChange.Kind.FIRED, AlertChange.Kind.FIRED_AGAIN), received_at__gte=since
    )
    oldest = fired.order_by("-received_at").values("received_at")[most - 1 : most]
    seen = Alert.objects.visible_to(user).filter(is_test=False)
    named: list[Any] = [NullIf(KeyTextTransform(name, "alert__labels"), Value("")) for name in NAMES]
    at_night = Q(hour__gte=NIGHT_BEGINS) | Q(hour__lt=NIGHT_ENDS)
    rows = (
        fired.filter(received_at__gte=Coalesce(Subquery(oldest), Value(since)), alert__in=seen)
        .order_by()
        .annotate(
            name=Coalesce(*named, F("alert__title"), output_field=CharField()),
            hour=ExtractHour("received_at", tzinfo=zone),
            in_hour=TruncHour("received_at", tzinfo=zone),
        )
        .values("name", "alert__integration")
        .annotate(
            firings=Count("pk"),
            alerts=Count("alert", distinct=True),
            noise=Count("alert", distinct=True, filter=Q(alert__is_noise=True)),
            incidents=Count("alert__incident", distinct=True),
            night_hours=Count("in_hour", distinct=True, filter=at_night),
            last=Max("received_at"),
        )
        .order_by(ORDER[sort], "-firings", "name", "alert__integration")[:MOST_RULES]
    )
    integrations: Any = Alert._meta.get_field("integration").related_model
    senders = integrations.objects.in_bulk({row["alert__integration"] for row in rows})
    return [
        NoisyRule(
            row["name"],
            row["alert__integration"],
            senders[row["alert__integration"]].name,
            row["firings"],
            row["alerts"],
            row["noise"],
            row["incidents"],
            row["night_hours"],
            row["last"],
        )
        for row in rows
    ]

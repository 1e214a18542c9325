"""What Fernhill's services measure: made-up values for signals, that are worse while an incident affects a service.

The same minute has the same value each time it is asked for.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from incidents.models import AffectedService

MOST_MINUTES = 20_000
RISES_IN = 240.0  # seconds until all of an effect is seen
LONGEST_IMPACT = timedelta(days=40)
WEIGHTS = {"degraded": 0.45, "partial_outage": 1.0, "major_outage": 1.4}


@dataclass(frozen=True)
class Measurement:
    """`usual` at night, `daily` more at 14:00 UTC, `noise` around it, and `worse` more in a partial outage."""

    service: str
    usual: float
    daily: float
    noise: float
    worse: float


MEASUREMENTS = {
    "payment-errors": Measurement("payments-api", 0.4, 0.2, 0.2, 37.0),
    "payment-latency": Measurement("payments-api", 210, 40, 25, 1450),
    "orders": Measurement("checkout", 64, 58, 7, -72),
    "index-age": Measurement("search", 6, 2, 2, 150),
}


@login_not_required
@never_cache
@require_safe
def measurements(request: HttpRequest, name: str) -> JsonResponse:
    """[time, value] pairs, one a minute, from `start` to `end` (seconds since 1970). In demo mode only."""
    if not settings.DEMO or name not in MEASUREMENTS:
        raise Http404
    try:
        start, end = int(request.GET["start"]), int(request.GET["end"])
    except (KeyError, ValueError):
        return JsonResponse({"error": "Ask for start and end, in seconds since 1970."}, status=400)
    first = max(start, end - MOST_MINUTES * 60) // 60 * 60
    times = _impacts(MEASUREMENTS[name].service, first)
    return JsonResponse({"values": [[at, _value(name, at, times)] for at in range(first, end + 1, 60)]})


Impact = tuple[float, float | None, float]


def _impacts(service: str, since: int) -> list[Impact]:
    """(from, to or None, how much) of the service, by incidents that everybody sees."""
    rows = AffectedService.objects.filter(service__slug=service, incident__is_private=False)
    rows = rows.filter(started_at__gte=datetime.fromtimestamp(since, UTC) - LONGEST_IMPACT)
    return [
        (began.timestamp(), ended.timestamp() if ended else None, WEIGHTS.get(impact, 0.0))
        for began, ended, impact in rows.values_list("started_at", "ended_at", "impact")
    ]


def _value(name: str, at: int, impacts: Sequence[Impact]) -> float:
    one = MEASUREMENTS[name]
    hour = at % 86_400 / 3_600
    daily = one.daily * (1 + math.cos((hour - 14) / 24 * math.tau)) / 2
    noise = one.noise * sum(Random(f"{name} {at + 60 * n}").uniform(-1, 1) for n in range(3)) / 2  # noqa: S311 - a picture
    effect = min(sum(weight * _share(at, began, ended) for began, ended, weight in impacts), 1.4)
    return round(max(one.usual + daily + noise * (1 + effect) + one.worse * effect, 0.0), 2)


def _share(at: int, began: float, ended: float | None) -> float:
    """How much of an effect is seen: it rises and falls within minutes."""
    rising = min(max((at - began) / RISES_IN, 0.0), 1.0)
    falling = 1.0 if ended is None else 1.0 - min(max((at - ended) / RISES_IN, 0.0), 1.0)
    return rising * falling

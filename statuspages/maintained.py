"""When work was done on a service, for routes of alerts (settings.ALERT_HOOKS)."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from statuspages.models import ScheduledMaintenance

Work = tuple[int, datetime, datetime, datetime | None]


def maintenances_of(services: set[int], since: datetime, until: datetime) -> list[Work]:
    """(service, began, was to end, ended) of maintenances of these services under way between the two times."""
    rows = ScheduledMaintenance.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=since), began_at__lte=until, components__service__in=services
    )
    said: Any = rows.order_by("began_at", "pk").values_list(
        "components__service", "began_at", "ends_at", "ended_at"
    )
    return list(dict.fromkeys(said))

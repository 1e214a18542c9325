"""Which audiences have somebody in them."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from incidents.models import Audience, BriefLink, Incident

ALWAYS_READ = {Audience.STAKEHOLDERS, Audience.RESPONDERS}  # everybody signed in reads the brief


def audiences_read(incident: Incident) -> set[str]:
    """The audiences in which somebody can read an update of this incident.

    Beside links to the brief and open requests these are found by the functions of `settings.AUDIENCE_READERS`.
    """
    links = BriefLink.objects.filter(
        incident=incident, revoked_at__isnull=True, expires_at__gt=timezone.now(), incident__is_private=False
    )
    asked = incident.update_requests.unanswered()
    own = _audience_of(links).union(_audience_of(asked)).order_by()
    return audiences_reading_first(incident) | set(own)


def audiences_reading_first(incident: Incident) -> set[str]:
    """`audiences_read` of an incident just made, to which nobody has a link and of which nobody asks for news."""
    found = {str(audience) for audience in ALWAYS_READ}
    for path in settings.AUDIENCE_READERS:
        found |= import_string(path)(incident)
    return found


def _audience_of(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    return rows.order_by().values_list("audience", flat=True)

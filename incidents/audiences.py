"""Which audiences have somebody in them."""

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from incidents.models import Audience, BriefLink, Incident

ALWAYS_READ = {Audience.STAKEHOLDERS, Audience.RESPONDERS}  # everybody signed in reads the brief


def audiences_read(incident: Incident) -> set[str]:
    """The audiences in which somebody can read an update of this incident.

    Beside links to the brief and open requests these are found by the functions of `settings.AUDIENCE_READERS`.
    """
    found: set[str] = {str(audience) for audience in ALWAYS_READ}
    links = BriefLink.objects.filter(
        incident=incident, revoked_at__isnull=True, expires_at__gt=timezone.now(), incident__is_private=False
    )
    found |= set(links.values_list("audience", flat=True))
    found |= set(incident.update_requests.unanswered().values_list("audience", flat=True))
    for path in settings.AUDIENCE_READERS:
        found |= import_string(path)(incident)
    return found

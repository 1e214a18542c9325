"""How many people outside an update would reach; the composer asks before it is posted."""

from incidents.models import Incident
from statuspages.models import PageSubscriber, StatusPage


def subscriber_count(incident: Incident, pages: list[StatusPage]) -> int:
    """Confirmed subscribers of these pages who hear of an incident, each address once."""
    services = incident.affected_services.values("service_id")
    heard: set[str] = set()
    for page in pages:
        components = list(page.components.filter(service__in=services).values_list("pk", flat=True))
        rows = PageSubscriber.objects.filter(page=page).confirmed().of_any(components)
        heard |= {url or address.lower() for url, address in rows.values_list("url", "address")}
    return len(heard)

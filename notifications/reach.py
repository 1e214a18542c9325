"""Whom a message may still go to: what an incident that became private said waits for nobody outside its reach."""

from collections.abc import Iterable

from incidents.models import Incident
from incidents.models.people import people_reaching
from notifications.models import Delivery

ABOUT = "incident:"


def out_of_reach(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Those about a private incident that its reader cannot reach; addresses and channels outside reach none."""
    about: dict[int, list[Delivery]] = {}
    for delivery in deliveries:
        if delivery.about.startswith(ABOUT):
            about.setdefault(int(delivery.about.removeprefix(ABOUT)), []).append(delivery)
    found = []
    for incident in Incident.objects.filter(pk__in=about, is_private=True):
        reaching = set(people_reaching(incident).values_list("pk", flat=True))
        found += [d for d in about[incident.pk] if d.person_id not in reaching]
    return found

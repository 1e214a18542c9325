"""Whom an update reaches, in numbers, and how it is sent."""

from types import SimpleNamespace

from incidents.hooks import public_pages
from incidents.models import Audience, Incident
from statuspages.models import StatusPage
from statuspages.recipients import subscriber_count
from subscribers.recipients import recipient_counts, ways_sent

Way = tuple[str, str, str]  # icon, label, detail


def counts_of(incident: Incident) -> SimpleNamespace:
    """How many people and places an update to each audience reaches, subscribers of status pages included."""
    counts = recipient_counts(incident)
    return SimpleNamespace(
        **counts | {"public": counts["public"] + subscriber_count(incident, public_pages(incident))}
    )


def reached(incident: Incident, chosen: list[str]) -> dict:
    """`counts` of all audiences, and `leaving`: the ways an update to those chosen is sent."""
    counts = recipient_counts(incident)
    pages = public_pages(incident)
    on_pages = subscriber_count(incident, pages)
    return {
        "counts": SimpleNamespace(**counts | {"public": counts["public"] + on_pages}),
        "leaving": _ways(incident, chosen, pages, on_pages),
    }


def _ways(incident: Incident, chosen: list[str], pages: list[StatusPage], on_pages: int) -> list[Way]:
    ways = ways_sent(incident, chosen)
    if Audience.PUBLIC in chosen and incident.is_drill:
        ways.append(("globe", "A drill is on no status page", ""))
    elif Audience.PUBLIC in chosen and not incident.is_private:
        told = f"{on_pages} subscribers" if on_pages != 1 else "1 subscriber"
        names = ", ".join(page.name for page in pages)
        ways.append(("globe", names, told) if pages else ("triangle-alert", "No status page shows this", ""))
    return ways

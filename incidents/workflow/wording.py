"""The whitelisted variables of a status update: names put in for {{ names }}, never a template engine."""

import re

from config.text import in_words
from incidents.models import Audience, Incident

VARIABLE = re.compile(r"\{\{\s*([a-z_.]+)\s*\}\}")


def variables(incident: Incident, audiences: list[str]) -> dict[str, str]:
    """The fixed list of what a text to these audiences may name.

    One text goes to all of them: with the public among them, internal names are missing and the status is in
    public wording.
    """
    is_public = Audience.PUBLIC in audiences
    services = [a.service.name for a in incident.affected_services.running().select_related("service")]
    values = {
        "incident.reference": incident.reference,
        "title": incident.title,
        "severity": incident.severity.name,
        "status": incident.public_status if is_public else incident.get_status_display(),
        "impact.summary": incident.impact_summary,
        "components": ", ".join(services),
        "duration": in_words(incident.elapsed),
    }
    if not is_public:
        values["commander"] = str(incident.commander or "nobody yet")
    return values


def fill(text: str, values: dict[str, str]) -> str:
    """Put values in for {{ names }} of the list; an unknown name stays as typed, so that its author sees it."""
    return VARIABLE.sub(lambda match: values.get(match[1], match[0]), text)


def is_filled_from(text: str, filled: str) -> bool:
    """Whether `filled` is `text` with something put in for its variables, whatever they stood for then."""
    literal = VARIABLE.split(text)[::2]
    return bool(re.fullmatch(".*".join(map(re.escape, literal)), filled, re.DOTALL))

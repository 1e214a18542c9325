"""The whitelisted variables of a status update: names put in for {{ names }}, never a template engine."""

import re
from collections.abc import Callable, Mapping

from config.text import in_both_zones, in_words
from incidents.models import WORDS, Audience, Incident, StatusUpdate

VARIABLE = re.compile(r"\{\{\s*([a-z_.]+)\s*\}\}")

PUBLIC = ("title", "status", "components", "duration", "next_update_at")
INTERNAL = (*PUBLIC, "incident.reference", "severity", "impact.summary", "commander", "channel", *WORDS)
EXECUTIVE = ("cost.low", "cost.high")


def offered(audience: str) -> tuple[str, ...]:
    """The names a text to this audience may use.

    The public has no names of people and none of the team's own words, whatever they tell; cost is for executives.
    """
    if audience == Audience.PUBLIC:
        return PUBLIC
    return INTERNAL + (EXECUTIVE if audience == Audience.EXECUTIVES else ())


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in for {{ names }} of the list; an unknown name stays as typed, so that its author sees it."""
    return VARIABLE.sub(lambda match: values.get(match[1], match[0]), text)


def is_filled_from(text: str, filled: str) -> bool:
    """Whether `filled` is `text` with something put in for its variables, whatever they stood for then.

    Looks for what is typed between the variables from left to right, as a pattern would try every place for each.
    """
    first, *others = VARIABLE.split(text)[::2]
    if not others:
        return filled == first
    *between, last = others
    if not (filled.startswith(first) and filled.endswith(last)):
        return False
    place = len(first)
    for literal in between:
        found = filled.find(literal, place)
        if found < 0:
            return False
        place = found + len(literal)
    return place + len(last) <= len(filled)


class Variables(Mapping[str, str]):
    """What the names stand for in a text to `audience`; looked up only when a text uses them.

    Before there is an update, `update` is missing and its own words stay as typed.
    """

    def __init__(self, incident: Incident, audience: str, update: StatusUpdate | None = None):
        self.incident, self.audience, self.update = incident, audience, update
        self._names = [n for n in offered(audience) if self._knows(n)]

    def _knows(self, name: str) -> bool:
        """Whether there is anything to put in yet."""
        if name in WORDS:
            return self.update is not None
        if name == "next_update_at":
            return bool(self.update and self.update.next_update_at)
        if name in EXECUTIVE:
            return bool(getattr(self.incident, name.replace(".", "_")))
        return True

    def __getitem__(self, name: str) -> str:
        if name not in self._names:
            raise KeyError(name)
        if name in WORDS:
            return getattr(self.update, name)
        return LOOK_UP[name](self)

    def __iter__(self):
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _title(values: Variables) -> str:
    incident = values.incident
    if values.audience != Audience.PUBLIC:
        return incident.title
    return (values.update or incident).public_title or "this"


def _status(values: Variables) -> str:
    incident = values.incident
    return incident.public_status if values.audience == Audience.PUBLIC else incident.get_status_display()


def _components(values: Variables) -> str:
    """The affected services; to the public only those it knows, by the names its status pages give them."""
    names = values.incident.affected_names
    if values.audience == Audience.PUBLIC:
        names = values.incident.affected_services.running().names_on_public_pages()
    return ", ".join(names) or "part of our service"


def _next_update(values: Variables) -> str:
    moment = values.update.next_update_at if values.update else None
    return in_both_zones(moment) if moment else ""


LOOK_UP: dict[str, Callable[[Variables], str]] = {
    "incident.reference": lambda v: v.incident.reference,
    "title": _title,
    "severity": lambda v: v.incident.severity.name,
    "status": _status,
    "impact.summary": lambda v: v.incident.impact_summary or "not known yet",
    "components": _components,
    "duration": lambda v: in_words(v.incident.elapsed),
    "next_update_at": _next_update,
    "commander": lambda v: str(v.incident.commander or "nobody yet"),
    "channel": lambda v: v.incident.channel_url or "no channel yet",
    "cost.low": lambda v: v.incident.cost_low,
    "cost.high": lambda v: v.incident.cost_high,
}

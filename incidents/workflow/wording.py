"""The whitelisted variables of a status update: names put in for {{ names }}, never a template engine."""

import re
from collections.abc import Callable, Iterator, Mapping

from django.conf import settings
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_noop

from core.text import in_both_zones, in_words
from incidents.hooks import public_pages
from incidents.models import WORDS, Audience, Incident, StatusUpdate

VARIABLE = re.compile(r"\{\{\s*([a-z_.]+)\s*\}\}")
BRACES = re.compile(r"\{\{(?:(?!\{\{).)*?\}\}")
OWN_WORDS = {
    Audience.PUBLIC: ("known", "workaround"),
    Audience.EXECUTIVES: ("known",),
    Audience.RESPONDERS: ("known",),
}
"""What an audience reads instead of the team's own words."""

PART = gettext_noop("part of our service")
MANY = 2
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


def unknown_names(audience: str, words: Mapping[str, str]) -> dict[str, list[str]]:
    """By word of a text to this audience, what is wrong with the {{ names }} in it."""
    allowed = offered(audience)
    wrong: dict[str, list[str]] = {}
    for word in WORDS:
        for braces in BRACES.findall(words.get(word) or ""):
            name = VARIABLE.fullmatch(braces)
            if name is None or name[1] not in allowed or name[1] == word:
                wrong.setdefault(word, []).append(f"There is no {braces} in a text for this audience.")
    return wrong


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

    @cached_property
    def names_by_page(self) -> dict[str, str]:
        return names_by_page(self.incident) if self.audience == Audience.PUBLIC else {}

    def names_left_open(self, words: Mapping[str, str]) -> dict[str, str]:
        """`names_by_page` where `words` name components that pages call differently: each page fills in its own."""
        named = any(match[1] == "components" for text in words.values() for match in VARIABLE.finditer(text))
        return {} if not named or "components" in self else self.names_by_page

    def _knows(self, name: str) -> bool:
        """Whether there is anything to put in yet, and whether it is the same for all readers."""
        if name == "components":
            return len(set(self.names_by_page.values())) < MANY
        if name in WORDS:
            return self.update is not None
        if name == "next_update_at":
            return bool(self.update and self.update.next_update_at)
        if name in EXECUTIVE:
            return bool(getattr(self.incident, name.replace(".", "_")))
        return True

    def __getitem__(self, name: str) -> str:
        if name not in offered(self.audience) or not self._knows(name):
            raise KeyError(name)
        if name in WORDS:
            return str(getattr(self.update, name))
        language = language_of(self.incident) if self.audience == Audience.PUBLIC else settings.LANGUAGE_CODE
        with translation.override(language):
            return str(LOOK_UP[name](self))

    def __iter__(self) -> Iterator[str]:
        return (name for name in offered(self.audience) if self._knows(name))

    def __len__(self) -> int:
        return sum(1 for _name in self)


def _title(values: Variables) -> str:
    incident = values.incident
    if values.audience != Audience.PUBLIC:
        return incident.title
    return (values.update or incident).public_title or gettext("this")


def _status(values: Variables) -> str:
    incident = values.incident
    if values.audience != Audience.PUBLIC:
        return incident.get_status_display()
    return gettext(incident.public_status)


def _components(values: Variables) -> str:
    """The affected services; to the public only those that its status page shows, by the names it gives them."""
    if values.audience == Audience.PUBLIC and values.names_by_page:
        return next(iter(values.names_by_page.values()))
    names = [] if values.audience == Audience.PUBLIC else values.incident.affected_names
    return ", ".join(names) or gettext(PART)


def language_of(incident: Incident) -> str:
    """The language of the public pages that show the incident; where they have several, the installation's."""
    spoken = {page.language for page in public_pages(incident)}
    return spoken.pop() if len(spoken) == 1 else settings.LANGUAGE_CODE


def names_by_page(incident: Incident) -> dict[str, str]:
    """By the id of each public page that shows the incident what it calls the affected components."""
    names = {}
    for page in public_pages(incident):
        with translation.override(page.language):
            shown = incident.affected_services.running().names_on(page.pk)
            names[str(page.pk)] = ", ".join(shown) or gettext(PART)
    return names


def in_language_of(incident: Incident, text: str) -> str:
    """One of Allclear's own public texts in the language of the incident's pages; what people wrote stays as it is."""
    if not text:
        return ""
    with translation.override(language_of(incident)):
        return gettext(text)


def _duration(values: Variables) -> str:
    """From the start of the impact to its end, as status pages count it; says so where it was over in between."""
    time = in_words(values.incident.elapsed)
    if not values.incident.reopen_count:
        return time
    return gettext("%(time)s in total, including the time before it was reopened") % {"time": time}


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
    "duration": _duration,
    "next_update_at": _next_update,
    "commander": lambda v: str(v.incident.commander or "nobody yet"),
    "channel": lambda v: v.incident.channel_url or "no channel yet",
    "cost.low": lambda v: v.incident.cost_low,
    "cost.high": lambda v: v.incident.cost_high,
}

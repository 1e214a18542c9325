"""What a page shows, once loaded: plain values that templates, interface, feeds and copies are made from.

Nothing here knows an internal text: an update comes with the words of its audience, an incident with the name it
has there.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext

from core.text import render_markdown
from figures.ninety_days import ninety_days
from incidents.models.communication import UNNAMED, Wording
from statuspages import languages
from statuspages.models import StatusPage
from statuspages.recurrence import Recurrence
from statuspages.rules import in_words
from statuspages.state_words import ALL_HIT, SOME_HIT, STATE_WORDS, STATES_IN_A_SENTENCE, STATUS_WORDS
from statuspages.uptime import MAINTENANCE, OPERATIONAL, Day, Span, worst

NAMED = 2  # components in the headline; more are counted
IMPACT = {"degraded": "minor", "partial_outage": "major", "major_outage": "critical"}
INDICATORS = ["none", "minor", "major", "critical"]
RESOLVED = "Resolved"
TOLD_DAYS = 6  # named in a picture's label; the others are counted


@dataclass(frozen=True)
class ShownUpdate:
    code: str
    status: str  # one of STATUS_WORDS
    at: datetime
    words: Wording
    next_at: datetime | None = None
    corrected_at: datetime | None = None
    is_correction: bool = False
    is_status_alone: bool = False  # nobody wrote it: the status changed
    covers_later: bool = False  # of a series
    is_automatic: bool = False  # Allclear's own sentence, of which the catalogues have a translation

    @property
    def status_words(self) -> str:
        return str(STATUS_WORDS[self.status])

    @property
    def known(self) -> str:
        text = gettext(self.words.known) if self.is_automatic else self.words.known
        if not self.covers_later:
            return text
        later = gettext("This applies to this maintenance and all later ones of its series.")
        return f"{text}\n\n{later}"

    @property
    def parts(self) -> list[tuple[str, str]]:
        """(label, text) of what was said beside what is known."""
        return [(gettext(label), text) for label, text in self.words.parts if label]

    @property
    def text(self) -> str:
        """All of it as text, for whoever has no page: the interface, feeds and mail."""
        labelled = (
            gettext("%(label)s: %(text)s") % {"label": label, "text": text} for label, text in self.parts
        )
        return "\n\n".join([self.known, *labelled])

    @property
    def html(self) -> SafeString:
        labelled = (
            gettext("**%(label)s:** %(text)s") % {"label": label, "text": text} for label, text in self.parts
        )
        return render_markdown("\n\n".join([self.known, *labelled]))


@dataclass
class ShownIncident:
    pk: int
    code: str
    name: str  # empty where nobody gave it one for the page's readers
    is_closed: bool
    updates: list[ShownUpdate]  # newest first
    read_at: datetime
    impact_started_at: datetime | None = None
    declared_at: datetime | None = None
    ended_at: datetime | None = None  # when the incident was resolved, whatever was written about it
    is_recorded: bool = False  # from elsewhere: what was published then is all that is shown
    due_at: datetime | None = None  # of the next update, where the latest entry promises none
    spans: list[tuple["ShownComponent", Span]] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.name or gettext(UNNAMED)

    @property
    def latest(self) -> ShownUpdate:
        return self.updates[0]

    @property
    def is_over(self) -> bool:
        return self.is_closed or self.latest.status == RESOLVED

    @property
    def status(self) -> str:
        return RESOLVED if self.is_over else self.latest.status

    @property
    def status_words(self) -> str:
        return str(STATUS_WORDS[self.status])

    @property
    def announced_at(self) -> datetime:
        return self.updates[-1].at

    @property
    def began_at(self) -> datetime:
        """When the impact began; where nobody said so, the earliest that is known of it."""
        if self.impact_started_at:
            return self.impact_started_at
        known = [self.announced_at, *(span.start for _component, span in self.spans)]
        return min([*known, self.declared_at] if self.declared_at else known)

    @property
    def resolved_at(self) -> datetime | None:
        if not self.is_over:
            return None
        told = next((u.at for u in reversed(self.updates) if u.status == RESOLVED), self.latest.at)
        return self.ended_at or told

    @property
    def monitoring_at(self) -> datetime | None:
        return next((u.at for u in reversed(self.updates) if u.status == "Monitoring"), None)

    @property
    def components(self) -> list["ShownComponent"]:
        return list(dict.fromkeys(component for component, _span in self.spans))

    @property
    def impact(self) -> str:
        """none | minor | major | critical; what names no component is minor."""
        return IMPACT.get(worst(span.state for _component, span in self.spans), "minor")

    @property
    def promised_at(self) -> datetime | None:
        """When the next update was to come, whether or not that time has passed."""
        return None if self.is_over else self.latest.next_at or self.due_at

    @property
    def next_at(self) -> datetime | None:
        """When the next update comes; None once that time has passed."""
        return None if self.is_update_due else self.promised_at

    @property
    def is_update_due(self) -> bool:
        """The time of the next update has passed, and no update has come."""
        return self.promised_at is not None and self.promised_at <= self.read_at


@dataclass(eq=False)
class ShownComponent:
    pk: int
    code: str
    name: str
    description: str
    position: int
    group: str
    group_code: str | None
    service_id: int | None
    created_at: datetime
    changed_at: datetime
    tracked_since: object
    state: str = OPERATIONAL
    days: list[Day] = field(default_factory=list)
    uptime: float | None = None

    @property
    def words(self) -> str:
        return str(STATE_WORDS[self.state])

    @property
    def percent(self) -> str:
        return gettext("no data yet") if self.uptime is None else languages.percent(self.uptime)

    @property
    def trouble(self) -> list[Day]:
        return [day for day in self.days if day.state not in (None, OPERATIONAL)]

    @property
    def label(self) -> str:
        trouble = self.trouble
        days = [
            gettext("%(day)s %(state)s")
            % {
                "day": languages.short_day(d.on),
                "state": STATES_IN_A_SENTENCE[d.state or OPERATIONAL],
            }
            for d in reversed(trouble[-TOLD_DAYS:])
        ]
        if (more := len(trouble) - TOLD_DAYS) > 0:
            days.append(
                ngettext("and %(count)d day before", "and %(count)d days before", more) % {"count": more}
            )
        values = {
            "name": self.name,
            "percent": self.percent,
            "days": pgettext("between days", ", ").join(days),
        }
        if not days:
            return gettext("%(name)s, last 90 days: %(percent)s up.") % values
        return gettext("%(name)s, last 90 days: %(percent)s up. %(days)s.") % values

    @property
    def picture(self) -> SafeString:
        return ninety_days([day.state for day in self.days], self.label)


@dataclass(frozen=True)
class ShownGroup:
    name: str
    code: str | None
    components: list[ShownComponent]

    @property
    def state(self) -> str:
        return worst(c.state for c in self.components)

    @property
    def words(self) -> str:
        return str(STATE_WORDS[self.state])


@dataclass
class ShownMaintenance:
    pk: int
    code: str
    title: str
    state: str
    starts_at: datetime
    ends_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    created_at: datetime
    changed_at: datetime
    uid: str
    version: int
    components: list[ShownComponent]
    updates: list[ShownUpdate]  # newest first
    rule: Recurrence | None = None
    is_next: bool = True  # else a later window of a series, which lists leave out
    is_covered: bool = False  # ended together with an earlier window of its series

    @property
    def repeats(self) -> str:
        """The rule in words; empty where it does not repeat, or not any more."""
        return in_words(self.rule) if self.rule else ""

    @property
    def is_running(self) -> bool:
        return self.state in ("in_progress", "verifying")

    @property
    def is_over(self) -> bool:
        return self.state in ("completed", "cancelled")

    @property
    def words(self) -> str:
        return str(STATUS_WORDS[self.state.replace("_", " ").capitalize()])

    @property
    def text(self) -> str:
        """What it is about: the first thing said of it."""
        return self.updates[-1].words.known if self.updates else ""


@dataclass
class Shown:
    """One page at one moment."""

    page: StatusPage
    now: datetime
    components: list[ShownComponent]
    incidents: list[ShownIncident]  # newest first
    maintenances: list[ShownMaintenance]
    changed_at: datetime
    months: list[tuple[int, int]] = field(default_factory=list)  # newest first

    @property
    def active(self) -> list[ShownIncident]:
        return [i for i in self.incidents if not i.is_over]

    @property
    def only_active(self) -> ShownIncident | None:
        """The one that is active. Its next update stands in the head of the page, those of several beside each."""
        return self.active[0] if len(self.active) == 1 else None

    @property
    def running(self) -> list[ShownMaintenance]:
        return [m for m in self.maintenances if m.is_running]

    @property
    def planned(self) -> list[ShownMaintenance]:
        """What lists show: of what repeats, the next window and those that were changed on their own."""
        found = [m for m in self.maintenances if m.state == "scheduled" and m.is_next]
        return sorted(found, key=lambda m: m.starts_at)

    @property
    def listed(self) -> list[ShownMaintenance]:
        """What runs, what is planned, and what is over."""
        return [
            *self.running,
            *self.planned,
            *(m for m in self.maintenances if m.is_over and not m.is_covered),
        ]

    @property
    def groups(self) -> list[ShownGroup]:
        found: dict[tuple[str, str | None], list[ShownComponent]] = {}
        for component in self.components:
            found.setdefault((component.group, component.group_code), []).append(component)
        return [ShownGroup(name, code, components) for (name, code), components in found.items()]

    @property
    def affected(self) -> list[ShownComponent]:
        return [c for c in self.components if c.state in IMPACT]

    @property
    def is_recovering(self) -> bool:
        """Every open incident is monitored, and no component is affected: there is nothing to warn of any more."""
        return bool(self.active) and not self.affected and all(i.status == "Monitoring" for i in self.active)

    @property
    def state(self) -> str:
        """How the page is, from which its headline, badge, indicator and description follow.

        The worst state of its components, as on Statuspage. Where none is affected, an open incident counts as
        degraded until it is monitored, and running maintenance as maintenance.
        """
        found = worst(c.state for c in self.components)
        if found in IMPACT:
            return found
        if self.active and not self.is_recovering:
            return "degraded"
        return MAINTENANCE if self.running else found

    @property
    def state_words(self) -> str:
        """The state in a word or two, as a badge shows it."""
        if not self.components and self.state == OPERATIONAL:
            return gettext("no components")
        return str(STATES_IN_A_SENTENCE[self.state])

    @property
    def indicator(self) -> str:
        """Statuspage's: none | minor | major | critical."""
        return IMPACT.get(self.state, "none")

    @property
    def description(self) -> str:
        """The sentence Statuspage has for it."""
        if self.state == MAINTENANCE:
            return "Service Under Maintenance"
        return {
            "none": "All Systems Operational",
            "minor": "Partially Degraded Service",
            "major": "Partial System Outage",
            "critical": "Major Service Outage",
        }[self.indicator]

    @property
    def headline(self) -> str:
        hit = [c for c in self.components if c.state == self.state]
        if hit and self.state in IMPACT:
            message = (ALL_HIT if len(hit) <= NAMED else SOME_HIT)[self.state]
            names = languages.listed(c.name for c in hit[:NAMED])
            return message % {"count": len(hit), "all": len(self.components), "names": names}
        if self.state in IMPACT:
            return gettext("We are looking into a problem")
        if self.state == MAINTENANCE:
            return gettext("Maintenance is in progress")
        if self.is_recovering:
            return gettext("It works again, and we are watching")
        return (
            gettext("All systems are working")
            if self.components
            else gettext("No incident and no maintenance")
        )

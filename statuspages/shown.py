"""What a page shows, once loaded: plain values that templates, interface, feeds and copies are made from.

Nothing here knows an internal text: an update comes with the words of its audience, an incident with the name it
has there.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.safestring import SafeString

from config.text import render_markdown
from figures.ninety_days import ninety_days
from incidents.models.communication import Wording
from statuspages.models import StatusPage
from statuspages.uptime import OPERATIONAL, Day, Span, worst

STATE_WORDS = {
    "operational": "Operational",
    "under_maintenance": "Under maintenance",
    "degraded": "Degraded performance",
    "partial_outage": "Partial outage",
    "major_outage": "Major outage",
}
IMPACT = {"degraded": "minor", "partial_outage": "major", "major_outage": "critical"}
INDICATORS = ["none", "minor", "major", "critical"]
RESOLVED = "Resolved"
TOLD_DAYS = 6  # named in a picture's label; the others are counted


@dataclass(frozen=True)
class ShownUpdate:
    code: str
    status: str
    at: datetime
    words: Wording
    next_at: datetime | None = None
    corrected_at: datetime | None = None
    is_correction: bool = False
    is_status_alone: bool = False  # nobody wrote it: the status changed

    @property
    def parts(self) -> list[tuple[str, str]]:
        """(label, text) of what was said beside what is known."""
        return [(label, text) for label, text in self.words.parts if label]

    @property
    def text(self) -> str:
        """All of it as text, for whoever has no page: the interface, feeds and mail."""
        return "\n\n".join([self.words.known, *(f"{label}: {text}" for label, text in self.parts)])

    @property
    def html(self) -> SafeString:
        return render_markdown(
            "\n\n".join([self.words.known, *(f"**{label}:** {text}" for label, text in self.parts)])
        )


@dataclass
class ShownIncident:
    pk: int
    code: str
    title: str
    is_closed: bool
    updates: list[ShownUpdate]  # newest first
    impact_started_at: datetime | None = None
    ended_at: datetime | None = None  # when the incident was resolved, whatever was written about it
    is_recorded: bool = False  # from elsewhere: what was published then is all that is shown
    due_at: datetime | None = None  # of the next update, where the latest entry promises none
    spans: list[tuple["ShownComponent", Span]] = field(default_factory=list)

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
    def announced_at(self) -> datetime:
        return self.updates[-1].at

    @property
    def began_at(self) -> datetime:
        """When the impact began; where nobody said so, the earliest that is known of it."""
        if self.impact_started_at:
            return self.impact_started_at
        return min([span.start for _component, span in self.spans] + [self.announced_at])

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
    def next_at(self) -> datetime | None:
        return None if self.is_over else self.latest.next_at or self.due_at


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
        return STATE_WORDS[self.state]

    @property
    def percent(self) -> str:
        return "no data yet" if self.uptime is None else f"{self.uptime:.2f}".rstrip("0").rstrip(".") + " %"

    @property
    def trouble(self) -> list[Day]:
        return [day for day in self.days if day.state not in (None, OPERATIONAL)]

    @property
    def label(self) -> str:
        told = f"{self.name}, last 90 days: {self.percent} up"
        trouble = self.trouble
        if not trouble:
            return told + "."
        days = [
            f"{d.on.day} {d.on:%b} {STATE_WORDS[d.state or OPERATIONAL].lower()}"
            for d in trouble[-TOLD_DAYS:]
        ]
        more = f", and {len(trouble) - TOLD_DAYS} days before" if len(trouble) > TOLD_DAYS else ""
        return f"{told}; {', '.join(reversed(days))}{more}."

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
        return STATE_WORDS[self.state]


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
    repeats: str = ""  # the rule in words
    is_next: bool = True  # else a later window of a series, which lists leave out
    is_covered: bool = False  # ended together with an earlier window of its series

    @property
    def is_running(self) -> bool:
        return self.state in ("in_progress", "verifying")

    @property
    def is_over(self) -> bool:
        return self.state in ("completed", "cancelled")

    @property
    def words(self) -> str:
        return self.state.replace("_", " ").capitalize()

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
    def state(self) -> str:
        """The worst of all; an open incident that names no component counts as degraded."""
        found = worst(c.state for c in self.components)
        return "degraded" if self.active and found not in IMPACT else found

    @property
    def state_words(self) -> str:
        """The state in a word or two, as a badge shows it."""
        if not self.components and not self.active:
            return "no components"
        return STATE_WORDS[self.state].lower()

    @property
    def indicator(self) -> str:
        """Statuspage's: none | minor | major | critical."""
        return IMPACT.get(self.state, "none")

    @property
    def description(self) -> str:
        """The sentence Statuspage has for it."""
        if self.state == "under_maintenance":
            return "Service Under Maintenance"
        return {
            "none": "All Systems Operational",
            "minor": "Partially Degraded Service",
            "major": "Partial System Outage",
            "critical": "Major Service Outage",
        }[self.indicator]

    @property
    def headline(self) -> str:
        hit = [c for c in self.affected if c.state == worst(a.state for a in self.affected)]
        if hit:
            what = {"degraded": "degraded performance"}.get(hit[0].state, f"a {hit[0].words.lower()}")
            names = " and ".join(c.name for c in hit)
            if len(hit) > 2:
                return f"{len(hit)} of {len(self.components)} components have {what}"
            return f"{names} {'have' if len(hit) > 1 else 'has'} {what}"
        if self.active and all(i.status == "Monitoring" for i in self.active):
            return "It works again, and we are watching"
        if self.active:
            return "We are looking into a problem"
        if self.running:
            return "Maintenance is in progress"
        return "All systems are working" if self.components else "No incident and no maintenance"

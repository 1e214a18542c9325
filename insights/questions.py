"""The questions, and how each is answered. An answer for the overview is the same one as on its own page, less deep."""

from collections.abc import Callable

from core.text import together
from figures.bars import bar
from figures.draw import MEDIUM, NARROW, WIDE, sizes, spoken
from figures.load_map import busiest, load_map
from figures.phases import Bar
from figures.phases import phases as draw_phases
from insights.actions import QUESTION as ACTIONS
from insights.actions import done
from insights.costing import QUESTION as COST
from insights.costing import cost
from insights.durations import faster
from insights.filters import Asked
from insights.hours import BANDS, Load, load, responder_hours
from insights.panels import GOOD_COVERAGE, SOME_COVERAGE, Panel, Row
from insights.promises import kept_share, promises
from insights.queries import PHASES, phases, stays
from insights.reliability import breaks
from insights.simulator import KEY as TAKING_KEY
from insights.simulator import QUESTION as TAKING
from insights.simulator import take
from insights.tables import Behind, Column, Table, percent

TARGET = 0.9  # of updates on time


def kept(asked: Asked, person: int, *, is_deep: bool) -> Panel:
    found = promises(asked.scope)
    due, on_time = sum(one.due for one in found), sum(one.on_time for one in found)
    share = kept_share(found)
    active = sum(one.active for one in found)
    overdue = sum(one.overdue for one in found) / active if active else 0.0
    return Panel(
        "promises", QUESTIONS["promises"],
        f"{percent(share)} of updates on time" if share is not None else "No update was due",
        f"target {percent(TARGET)}" if share is not None else "nobody waited for one",
        "published by due time + grace (2 min or 10%) ÷ updates due", due,
        bars=[
            Row(one.label, percent(one.share), bar(one.share, target=TARGET, is_bad=one.share < TARGET), one.share < TARGET)
            for one in found if one.share is not None
        ],
        facts=[("Due", str(due)), ("On time", str(on_time)), ("Overdue", f"{percent(overdue)} of the time")] if due else [],
        tables=[Table(
            "Updates by audience",
            [Column("Audience"), Column("Due", "count"), Column("On time", "count"), Column("Share", "share"),
             Column("Overdue", "time"), Column("Overdue share of the time", "share")],
            [(one.label, one.due, one.on_time, one.share, one.overdue, one.overdue_share) for one in found],
        )],
    )  # fmt: skip


def humane(asked: Asked, person: int, *, is_deep: bool) -> Panel:
    found = load(asked.scope, asked.zone)
    hours = responder_hours(asked.scope, asked.zone)
    worked = sum(hours.values())
    busy = busiest(found.hours)
    title = f"Incidents by hour of the week over {found.weeks} weeks, busiest {busy or 'never'}."
    widths = (WIDE, MEDIUM, NARROW) if is_deep else (NARROW,)
    panel = Panel(
        "humane", QUESTIONS["humane"],
        _nights(found) if busy else "No incident ran",
        f"responder hours 23–08: {spoken(hours['night'] * 3600)} of {spoken(worked * 3600)}" if worked else "no hours of responders recorded",
        "nights (23–08 local) in which an incident ran ÷ months. Under 28 days, the number of nights", asked.scope.count,
        figure=sizes(lambda width: load_map(title, found.hours, found.weeks, width), *widths) if busy else "",
        tables=[Table(
            "Weeks with an incident, by hour",
            [Column("Hour"), *(Column(day, "count") for day in ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"))],
            [(f"{h:02}–{h + 1:02}", *(found.hours[d][h] for d in range(7))) for h in range(24)],
        )],
    )  # fmt: skip
    if is_deep:
        own = responder_hours(asked.scope, asked.zone, person)
        panel.tables.insert(0, Table(
            "Hours of responders, by time of day",
            [Column("When"), Column("Everybody", "time"), Column("Share", "share"), Column("You", "time")],
            [(words, hours[key] * 3600, hours[key] / worked if worked else None, own[key] * 3600)
             for key, words in BANDS.items()],
        ))  # fmt: skip
    return panel


def _nights(found: Load) -> str:
    """“2 disturbed nights a month”; of a period shorter than a month, how many there were."""
    rate = found.nights_a_month
    count = f"{found.nights if rate is None else rate:.1f}".removesuffix(".0")
    words = f"{count} disturbed night{'' if count == '1' else 's'}"
    if rate is not None:
        return f"{words} a month"
    days = max(1, round(found.days))
    return f"{words} in {days} day{'' if days == 1 else 's'}"


def where(asked: Asked, person: int, *, is_deep: bool) -> Panel:
    found = phases(asked.scope)
    coverage = found.complete / found.of if found.of else None
    whole = sum(found.sums.values())
    longest = max(found.sums, key=lambda phase: found.sums[phase])
    headline, says = "Too few have all the times", f"{found.complete} of {found.of} have them"
    if whole and coverage is not None and coverage >= SOME_COVERAGE:
        share = percent(found.sums[longest] / whole)
        as_long = [PHASES[key] for key, spent in found.sums.items() if percent(spent / whole) == share]
        headline = f"{share} of the time goes into {'each of ' if len(as_long) > 1 else ''}{together(as_long, shown=3)}"
        says = f"{found.complete} of {found.of} have all the times"
    bars = [Bar(f"{dot.reference} {dot.title}", dot.url, parts) for dot, parts in found.latest]
    shares = (
        "; ".join(f"{words} {percent(found.sums[key] / whole)}" for key, words in PHASES.items())
        if whole
        else ""
    )
    panel = Panel(
        "time", QUESTIONS["time"], headline, says, "began, noticed, declared, mitigated, resolved: sums of the parts between",
        found.of, coverage if coverage is None or coverage < GOOD_COVERAGE else None,
        figure=sizes(
            lambda width: draw_phases(
                f"Where the time of {found.complete} incidents went: {shares}.", PHASES, list(found.sums.values()),
                bars if is_deep else [], width,
            ),
            *((WIDE, MEDIUM, NARROW) if is_deep else (MEDIUM, NARROW)),
        ) if whole else "",
        tables=[Table(
            "The latest with all the times",
            [Column("Incident", "incident"), Column("Began", "moment"), *(Column(w, "time") for w in PHASES.values())],
            [(Behind(dot.reference, dot.title), dot.began, *parts) for dot, parts in found.latest],
        )],
    )  # fmt: skip
    if is_deep:
        told = stays(asked.scope)
        panel.tables.insert(0, Table(
            "Time in each status",
            [Column("Status"), Column("Incidents", "count"), Column("Stays", "count"), Column("In all", "time"),
             Column("Median of an incident", "time")],
            [(one.label, one.incidents, one.stays, one.seconds, one.median) for one in told],
        ))  # fmt: skip
    return panel


QUESTIONS = {
    "faster": "Are we faster?",
    "promises": "Do we keep our promises to update?",
    "actions": ACTIONS,
    "breaks": "What breaks and what recurs?",
    "humane": "Is on-call humane?",
    "time": "Where does the time go?",
    "cost": COST,
    TAKING_KEY: TAKING,
}
Answer = Callable[..., Panel]
ANSWERS: dict[str, Answer] = {
    "faster": faster,
    "promises": kept,
    "actions": done,
    "breaks": breaks,
    "humane": humane,
    "time": where,
    "cost": cost,
    TAKING_KEY: take,
}


def left_out(asked: Asked) -> str:
    """“left out: 4 drills, 3 declined”; nothing where none are."""
    found = asked.scope.left_out()
    told = [
        f"{n} {name if n != 1 or not name.endswith('s') else name[:-1]}" for name, n in found.items() if n
    ]
    return "left out: " + ", ".join(told) if told else ""

"""Are actions done, and did they help? Of the action items somebody may see, from the incidents asked for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Exists, F, OuterRef, Value, When
from django.urls import reverse
from django.utils import timezone

from action_items.figures import Fared, OnTime, fared
from action_items.models import ActionCategory, ActionItem, ActionItemQuerySet, Helped, Priority
from figures.ages import ages
from figures.draw import MEDIUM, NARROW, WIDE, sizes, spoken
from figures.survival import survival
from insights.cells import Cell, cells_of
from insights.comparing import ENOUGH
from insights.definitions import Metric
from insights.filters import Asked
from insights.measuring import FEW
from insights.panels import Figure, Panel
from insights.survival import Curve, curve_of, drawn_line
from insights.tables import Behind, Column, Table, percent
from retros.models import Level

QUESTION = "Are actions done, and did they help?"
LISTED = 100
KINDS: list[tuple[str, dict[str, str]]] = [
    ("kind of work", dict(ActionCategory.choices)),
    ("priority", dict(Priority.choices)),
    ("level of the factor it addresses", dict(Level.choices)),
]
SHORT = {"31–60 days": "31–60", "61–90 days": "61–90", "over 90 days": "> 90"}


@dataclass(frozen=True)
class Completing:
    """From added to done; what was given up is seen until then, what is open until now."""

    key: str = "time_to_complete"
    label: str = "Time to complete"
    formula: str = "done − added. Items given up or open are right-censored (Kaplan–Meier)"
    join: str = ""
    applies: str = "TRUE"
    is_over: str = "c.state IN ('done', 'verified') AND c.done_at IS NOT NULL"
    seconds: str = "CASE WHEN c.state IN ('done', 'verified') THEN date_part('epoch', c.done_at - c.created_at)::float8 END"
    lasted: str = (
        "greatest(date_part('epoch', CASE WHEN c.state IN ('done', 'verified') AND c.done_at IS NOT NULL "
        "THEN c.done_at WHEN c.state = 'wont_do' THEN c.state_since ELSE c.now END - c.created_at), 0)::float8"
    )


COMPLETING: Metric = Completing()


@dataclass(frozen=True)
class Days:
    """The period as days of the reader's calendar; all time begins with the calendar."""

    first: date
    last: date
    today: date

    @classmethod
    def of(cls, asked: Asked) -> "Days":
        scope = asked.scope
        today = timezone.localdate(scope.now)
        first = timezone.localdate(scope.since) if scope.since else date.min
        last = timezone.localdate(scope.until - timedelta(microseconds=1)) if scope.until else today
        return cls(first, min(last, today), today)


def completing(items: ActionItemQuerySet, since: datetime | None, until: datetime, now: datetime) -> Curve:
    """Of those added from `since` until `until`."""
    return curve_of(_added(items, since, until, now), COMPLETING)


def completed(items: ActionItemQuerySet, since: datetime | None, until: datetime, now: datetime) -> Cell:
    return cells_of(_added(items, since, until, now), [COMPLETING])[""][COMPLETING.key]


def _added(
    items: ActionItemQuerySet, since: datetime | None, until: datetime, now: datetime
) -> tuple[str, tuple]:
    added = items.filter(created_at__lt=until)
    if since:
        added = added.filter(created_at__gte=since)
    found = added.order_by().values("pk", "state", "created_at", "done_at", "state_since")
    sql, params = found.query.sql_with_params()
    return f"cohort AS (SELECT found.*, %s::timestamptz AS now FROM ({sql}) AS found)", (now, *params)


def done(asked: Asked, person: int, *, is_deep: bool) -> Panel:
    items, days, scope = asked.items, Days.of(asked), asked.scope
    period: dict[str, Any] = {
        "first": days.first, "last": days.last, "today": days.today, "zone": timezone.get_current_timezone()
    }  # fmt: skip
    by = _kinds_told_apart(asked) if is_deep else None
    fare = fared(items, **period, since=scope.since, until=scope.horizon, by=by)
    took = completing(items, scope.since, scope.horizon, scope.now)
    panel = Panel(
        "actions", QUESTION, _headline(fare, items), _says(fare, took),
        "done by due ÷ due in the period (open and overdue counts as late, given up is not counted). Age since added",
        fare.on_time.due or fare.counts["unfinished"],
        figure=_ages(fare.ageing, is_deep) if fare.counts["unfinished"] else "",
        facts=_facts(fare.helped),
        behind=("Action items", _address(asked, days)),
    )  # fmt: skip
    panel.tables.append(Table(
        "Open, by age", [Column("Age"), Column("Action items", "count")], fare.ageing,
    ))  # fmt: skip
    if is_deep:
        _deepen(panel, asked, period, fare, took)
    return panel


def _headline(fare: Fared, items: ActionItemQuerySet) -> str:
    kept = fare.on_time
    if kept.ratio is None:
        return "Nothing was due" if items.exists() else "No action item"
    if kept.due < FEW:
        return f"{kept.on_time} of {kept.due} on time"
    return f"{percent(kept.ratio)} on time"


def _says(fare: Fared, took: Curve) -> str:
    kept = fare.on_time
    told = [f"{kept.on_time} of {kept.due} due in the period"] if kept.due >= FEW else []
    told.append(f"{fare.counts['unfinished']} open, {fare.counts['overdue']} overdue")
    if took.count >= FEW:
        told.append(
            f"half are done within {spoken(took.median)}"
            if took.median is not None
            else f"fewer than half are done after {spoken(took.longest or 0)}"
        )
    return " · ".join(told)


def _facts(answers: dict[str, int]) -> list[tuple[str, str]]:
    finished = sum(answers.values())
    if not finished:
        return []
    said = sum(answers.get(str(answer), 0) for answer in (Helped.YES, Helped.PARTLY, Helped.NO))
    useful = answers.get(str(Helped.YES), 0) + answers.get(str(Helped.PARTLY), 0)
    return [
        ("Done in the period", str(finished)),
        ("It helped", f"{useful} of {said}" if said else "no answer yet"),
        ("No answer yet", str(answers.get("", 0))),
    ]


def _ages(old: list[tuple[str, int]], is_deep: bool) -> Any:
    told = ", ".join(f"{count} {name}" for name, count in old)
    short = [(SHORT.get(name, name), count) for name, count in old]
    return sizes(
        lambda width: ages(f"Open action items by age: {told}.", short, width),
        *((WIDE, MEDIUM, NARROW) if is_deep else (NARROW,)),
    )


def _address(asked: Asked, days: Days, **more: str) -> str:
    """The list of action items, narrowed alike."""
    chosen = asked.form.cleaned_data
    query = {"state": "", "due_to": str(days.last)} | more
    if asked.scope.since:
        query["due_from"] = str(days.first)
    query |= {
        name: str(chosen[name].pk)
        for name in ("severity", "incident_type", "service", "team")
        if chosen.get(name)
    }
    return f"{reverse('action_list')}?{urlencode(query)}"


def _deepen(panel: Panel, asked: Asked, period: dict[str, Any], fare: Fared, took: Curve) -> None:
    if took.count >= FEW:
        panel.figures.append(_curve(took))
    for place, (caption, names) in enumerate(KINDS):
        panel.tables.append(_kinds(caption, names, [(key[place], kept) for key, kept in fare.on_time_by]))
    answers = fare.helped
    panel.tables.append(Table(
        "Did it help? Of what was done in the period",
        [Column("Answer"), Column("Action items", "count"), Column("Share", "share")],
        [(label, answers.get(value, 0), answers.get(value, 0) / (sum(answers.values()) or 1))
         for value, label in [*Helped.choices, ("", "No answer yet")]] if answers else [],
    ))  # fmt: skip
    due = (
        asked.items.due_between(period["first"], period["last"])
        .select_related("owner", "team")
        .order_by("-due_on", "-pk")
    )
    panel.tables.append(Table(
        "The latest that were due",
        [Column("Action item", "incident"), Column("Who"), Column("Due", "day"), Column("Done", "moment"), Column("State")],
        [(Behind(item.reference, item.title, item.get_absolute_url()), str(item.owner or item.team or ""), item.due_on,
          item.done_at, _state(item, period["today"])) for item in due[:LISTED]],
    ))  # fmt: skip


def _kinds_told_apart(asked: Asked) -> dict[str, Any]:
    """By each of KINDS; the level of a factor of a retrospective that cannot be read is none."""
    readable = asked.scope.access.retrospectives.filter(pk=OuterRef("retrospective"))
    level = Case(When(Exists(readable), then=F("factor__level")), default=Value(None))
    return {"kind": F("category"), "rank": F("priority"), "level": level}


def _kinds(caption: str, names: dict[str, str], told: list[tuple[str, OnTime]]) -> Table:
    sums: dict[str, list[int]] = {}
    for key, kept in told:
        row = sums.setdefault(key, [0, 0, 0])
        for place, count in enumerate((kept.due, kept.on_time, kept.given_up)):
            row[place] += count
    return Table(
        f"By {caption}",
        [Column(caption.capitalize()), Column("Due", "count"), Column("On time", "count"), Column("Share", "share"),
         Column("Given up", "count")],
        [(names.get(key, "none named"), due, on_time, on_time / due if due else None, given_up)
         for key, (due, on_time, given_up) in sorted(sums.items(), key=lambda pair: -pair[1][0])],
    )  # fmt: skip


def _state(item: ActionItem, today: date) -> str:
    is_overdue = item.is_unfinished and item.due_on is not None and item.due_on < today
    return f"{item.get_state_display()}{', overdue' if is_overdue else ''}"


def _curve(took: Curve) -> Figure:
    line = drawn_line("this", "added in the period", took, "not done")
    says = (
        f"Half are done within {spoken(took.median)}."
        if took.median is not None
        else "Fewer than half of them are done."
    )
    if took.count < ENOUGH:
        says += f" {took.count} are few: the band is wide."
    return Figure(
        "How long until one is done?", says,
        sizes(lambda width: survival("Share of action items not done after t.", [line], says, width)),
        f"{COMPLETING.label} = {COMPLETING.formula}; of those added in the period; bands 95%",
    )  # fmt: skip

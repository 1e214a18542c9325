"""What breaks and what recurs? Services, what contributed, and what came again while something was to be done."""

from django.urls import reverse

from core.text import together
from figures.bars import bar
from figures.draw import spoken
from incidents.models.reference import reference_of
from insights.filters import Asked
from insights.measuring import FEW
from insights.panels import SOME_COVERAGE, Panel, Row
from insights.queries import Broken, broken
from insights.recurring import Frequent, Recurrence, factors, recurrence
from insights.tables import Behind, Column, Table, percent

QUESTION = "What breaks and what recurs?"
FORMULA = (
    "incidents by affected service, one incident counts for each; recurred: followed within 90 days by one with the "
    "same confirmed factor or linked to it ÷ incidents that began at least 90 days ago"
)


def breaks(asked: Asked, person: int, *, is_deep: bool) -> Panel:
    found = broken(asked.scope, 100 if is_deep else 6)
    named = factors(asked.scope, 100 if is_deep else 6)
    again = recurrence(asked.scope, 100 if is_deep else 1)
    whole = asked.scope.count
    top = found[0] if found else None
    most = top.count if top else 1
    panel = Panel(
        "breaks", QUESTION,
        _most_affected(found, whole),
        _says(named, f"affected {spoken(top.impact)} in all" if top else "mark services on an incident to see them here"),
        FORMULA if is_deep else "incidents by affected service, and those followed within 90 days by a similar one",
        whole if found or named else 0,
        bars=[Row(one.name, str(one.count), bar(one.count / most), url=f"service={one.slug}") for one in found],
        facts=_facts(again),
        tables=[Table(
            "Incidents by affected service",
            [Column("Service"), Column("Incidents", "count"), Column("Median time to resolve", "time"),
             Column("Affected in all", "time")],
            [(one.name, one.count, one.median, one.impact) for one in found],
        )],
    )  # fmt: skip
    if is_deep:
        panel.tables += [_factors(named), _again(again)]
    return panel


def _most_affected(found: list[Broken], whole: int) -> str:
    if not found:
        return "No service was marked as affected"
    first = [one.name for one in found if one.count == found[0].count]
    return f"{together(first)}, {found[0].count} of {whole}{' each' if len(first) > 1 else ''}"


def _says(named: list[Frequent], otherwise: str) -> str:
    if not named or named[0].count < 2:
        return otherwise
    first = [one.text for one in named if one.count == named[0].count]
    if len(first) == 1:
        return f"{named[0].count} incidents share one factor: {first[0]}"
    return f"The most shared factors, {named[0].count} incidents each: {together(first)}"


def _facts(again: Recurrence) -> list[tuple[str, str]]:
    if not again.of:
        return [("Recurred in 90 days", "not known yet"), ("Began 90 days ago or earlier", "0")]
    known = f"{again.known} of {again.of}"
    if not again.known:
        return [("Recurred in 90 days", "not known"), ("With a confirmed factor or a link", known)]
    has_enough = again.of >= FEW and (again.coverage or 0) >= SOME_COVERAGE
    shown = percent(again.share) if has_enough and again.share is not None else "too few are known"
    return [
        ("With a confirmed factor or a link", known),
        ("Recurred in 90 days", f"{again.count} of {again.of}"),
        ("Share", shown),
        ("With its action open", str(again.while_open)),
    ]


def _factors(named: list[Frequent]) -> Table:
    return Table(
        "What contributed most often",
        [Column("Factor", "incident"), Column("Incidents", "count"), Column("Supported by evidence", "count"),
         Column("Last time", "moment"), Column("Last in", "incident")],
        [(Behind("", one.text, reverse("causes", args=[one.retrospective])), one.count, one.confirmed, one.last,
          Behind(reference_of(one.number), one.title)) for one in named],
    )  # fmt: skip


def _again(again: Recurrence) -> Table:
    return Table(
        "What recurred within 90 days",
        [Column("Incident", "incident"), Column("Began", "moment"), Column("Came again as", "incident"),
         Column("After", "time"), Column("Same factor"), Column("Its action")],
        [(Behind(reference_of(one.number), one.title), one.began, Behind(reference_of(one.next_number), one.next_title),
          (one.next_began - one.began).total_seconds(), one.factor or "linked", "still open" if one.was_open else "")
         for one in again.latest],
    )  # fmt: skip

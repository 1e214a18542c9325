"""The key figures of a board pack and the sentences above them."""

from collections.abc import Sequence
from dataclasses import dataclass

from action_items.figures import OnTime
from figures.draw import spoken
from insights.comparing import Change
from insights.cost_queries import Spending
from insights.definitions import short_name
from insights.durations import DONE
from insights.filters import Asked
from insights.measuring import FEW
from insights.models import Goal
from insights.panels import SOME_COVERAGE
from insights.promises import Promises, kept_share
from insights.questions import TARGET
from insights.survival import Curve
from insights.tables import percent, rounded

NOT_KNOWN = "–"


@dataclass(frozen=True)
class Fact:
    """A key figure: `change` against the period before, and what it rests on."""

    name: str
    value: str
    note: str
    change: str = ""
    verdict: str = ""  # faster, slower, same


def time_sentence(asked: Asked, now: Curve, change: Change) -> str:
    done = DONE[asked.metric.key].lower()
    if not now.of:
        return "No incident began in this period."
    if now.count < FEW:
        counted = f"{now.count} incident{'' if now.count == 1 else 's'}"
        return f"{counted} of {now.of} {'has' if now.count == 1 else 'have'} the times, too few for a median."
    if now.median is None:
        return f"Fewer than half of the incidents were {done} so far."
    words = f"Half of the incidents were {done} within {spoken(now.median)}"
    return f"{words}{_against(change)}."


def _against(change: Change) -> str:
    """Only a change that holds is told as one."""
    if not change.verdict or change.now is None or change.was is None:
        return ""
    if change.verdict == "same":
        return ", without a clear change"
    return f", {spoken(abs(change.now - change.was))} {change.verdict} than in the period before"


def update_sentence(promised: Sequence[Promises]) -> str:
    share = kept_share(list(promised))
    if share is None:
        return ""
    against = (
        f"below the target of {percent(TARGET)}"
        if share < TARGET
        else f"which meets the target of {percent(TARGET)}"
    )
    return f"{percent(share)} of updates were on time, {against}."


def overdue_sentence(overdue: int) -> str:
    if not overdue:
        return "No action item is overdue."
    return f"{overdue} action item{' is' if overdue == 1 else 's are'} overdue."


def time_fact(asked: Asked, now: Curve, change: Change, goal: Goal | None) -> Fact:
    is_known = now.count >= FEW and now.median is not None and (now.count / now.of) >= SOME_COVERAGE
    value = spoken(now.median) if is_known and now.median is not None else NOT_KNOWN
    note = f"{now.count} of {now.of} have the times" + (f", goal {spoken(goal.seconds)}" if goal else "")
    verdict = change.verdict if is_known else ""
    told = {"same": "No clear change", "": "Too few for a trend"}.get(verdict, "")
    if not told and change.now is not None and change.was is not None:
        told = f"{spoken(abs(change.now - change.was))} {verdict}"
    return Fact(f"Median {short_name(asked.metric).lower()}", value, note, told, verdict)


def update_fact(promised: Sequence[Promises], before: Sequence[Promises]) -> Fact:
    share, was = kept_share(list(promised)), kept_share(list(before))
    due, kept = sum(one.due for one in promised), sum(one.on_time for one in promised)
    note = f"{kept} of {due}, target {percent(TARGET)}" if due else "No update was due"
    return Fact(
        "Updates on time",
        percent(share) if share is not None else NOT_KNOWN,
        note,
        f"{percent(was)} in the period before" if was is not None else "",
    )


def impact_fact(spent: Spending) -> Fact:
    impact, users = spent.impact, spent.users
    note = f"{impact.known} of {impact.of} incidents state it"
    if users.known:
        note = f"{rounded(users.whole / 3600)} user-hours, stated for {users.known} of {users.of}"
    return Fact("Services affected for", spoken(impact.whole) if impact.known else NOT_KNOWN, note)


def action_fact(kept: OnTime) -> Fact:
    if not kept.due:
        return Fact("Action items on time", NOT_KNOWN, "None was due")
    counted = f"{kept.on_time} of {kept.due}"
    if kept.ratio is None or kept.due < FEW:  # a percentage of so few would say too much
        return Fact("Action items on time", counted, "of those that were due")
    return Fact("Action items on time", percent(kept.ratio), f"{counted} that were due")

"""What should hold before a retrospective is published; each may be waived with a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from accounts.models import Team
from audit import context
from incidents.models import RoleAssignment
from retros.models import (
    CheckWaiver,
    ContributingFactor,
    Dimension,
    DocumentUpdate,
    DocumentVersion,
    ImpactStatement,
    Retrospective,
    RetrospectiveStatus,
    Verdict,
)
from retros.models.causes import FACTORS_WANTED
from retros.queries import hints_left_open
from timeline.models import TimelineEvent

MILESTONES_WANTED = {
    "impact_started_at": "impact began",
    "detected_at": "detected",
    "resolved_at": "resolved",
}


@dataclass(frozen=True)
class Check:
    name: str
    label: str
    missing: str  # what is missing, in words; empty where it holds
    section: str
    url: str
    waiver: CheckWaiver | None = None

    @property
    def holds(self) -> bool:
        return not self.missing

    waiver_counts: bool = True  # False while a second person has to agree

    @property
    def is_settled(self) -> bool:
        return self.holds or (self.waiver is not None and self.waiver_counts)


def checks(retrospective: Retrospective) -> list[Check]:
    """All of them in their order, with what is missing and who waived it."""
    waivers = {w.check_name: w for w in retrospective.waivers.select_related("by", "agreed_by")}
    written = Written(retrospective)
    has_incidents = retrospective.has_incidents
    needs_two = retrospective.held_as.waivers_need_second_person
    return [
        Check(
            name,
            label,
            missing(written) if name in WRITTEN else missing(retrospective),
            section,
            retrospective.url_of(section),
            waiver := waivers.get(name),
            not needs_two or (waiver is not None and waiver.agreed_by_id is not None),
        )
        for name, (label, section, missing) in CHECKS.items()
        if (name != "evidence" or written.factors) and (has_incidents or name not in OF_INCIDENTS)
    ]


def unsettled(retrospective: Retrospective) -> list[Check]:
    return [check for check in checks(retrospective) if not check.is_settled]


class Written:
    """What is written in a retrospective, as far as the checks ask: one query, whatever it holds."""

    def __init__(self, retrospective: Retrospective) -> None:
        factors = ContributingFactor.objects.filter(retrospective=OuterRef("pk"))
        described = ImpactStatement.objects.filter(retrospective=OuterRef("pk")).exclude(
            text="", not_affected=False
        )
        row = Retrospective.objects.filter(pk=retrospective.pk).values_list(
            ArraySubquery(factors.order_by("order", "pk").values("text")),
            ArraySubquery(factors.without_evidence().order_by("order", "pk").values("text")),
            ArraySubquery(described.values("dimension")),
        )
        self.factors, self.factors_without_evidence, self.dimensions = row.get()


def _factors(written: Written) -> str:
    found = len(written.factors)
    return (
        "" if found >= FACTORS_WANTED else f"{found or 'None'} so far. One cause is rarely the whole story."
    )


def _impact(written: Written) -> str:
    missing = [label.lower() for value, label in Dimension.choices if value not in written.dimensions]
    return f"Not described yet: {', '.join(missing)}." if missing else ""


def _evidence(written: Written) -> str:
    bare = [text[:60] for text in written.factors_without_evidence]
    if not bare:
        return ""
    shown = "; ".join(f"“{text}”" for text in bare[:3])
    return f"{len(bare)} without evidence: {shown}{' …' if len(bare) > 3 else ''}"


def _milestones(retrospective: Retrospective) -> str:
    missing = [
        f"{incident.reference}: {', '.join(names)}"
        for incident in retrospective.incidents.all()
        if (names := [word for field, word in MILESTONES_WANTED.items() if getattr(incident, field) is None])
    ]
    return f"Not known yet: {'; '.join(missing)}." if missing else ""


def _actions(retrospective: Retrospective) -> str:
    unready = [
        f"{action.reference} needs {', '.join(action.lacking)}"
        for action in retrospective.action_items.unready()
    ]
    return f"{'; '.join(unready[:5])}{' …' if len(unready) > 5 else ''}." if unready else ""


def _read(retrospective: Retrospective) -> str:
    since = retrospective.review_started_at
    if (
        retrospective.status not in (RetrospectiveStatus.IN_REVIEW, RetrospectiveStatus.PUBLISHED)
        or not since
    ):
        return "It has not been given to read yet."
    hours = retrospective.held_as.reading_hours
    left = since + timedelta(hours=hours) - context.now()
    if left <= timedelta(0):
        return ""
    return f"{max(1, round(left.total_seconds() / 3600))} of {hours} hours are left."


def _outside(retrospective: Retrospective) -> str:
    """Somebody who approves, was not on it and shares no team with its owner."""
    named = (retrospective.owner_id, retrospective.facilitator_id, retrospective.note_taker_id)
    outside = (
        retrospective.reviews.filter(verdict=Verdict.APPROVED)
        .exclude(reviewer__in=[pk for pk in named if pk])
        .exclude(reviewer__in=_on_it(retrospective))
        .exclude(reviewer__teams__in=Team.objects.filter(members=retrospective.owner_id))
    )
    return "" if outside.exists() else "Nobody from outside the team has approved it yet."


def _on_it(retrospective: Retrospective) -> Any:
    """Ids of who took part; in a private one, which participants alone can read, of who did something."""
    if not retrospective.is_private:
        return retrospective.participants.values("user")
    in_role = RoleAssignment.objects.filter(incident__retrospectives=retrospective)
    responded = TimelineEvent.objects.filter(incident__retrospectives=retrospective)
    typed = DocumentUpdate.objects.filter(document__retrospective=retrospective)
    kept = DocumentVersion.objects.filter(document__retrospective=retrospective)
    did_something = in_role.values_list("user").union(
        responded.values_list("actor"),
        retrospective.entries.values_list("added_by"),
        retrospective.factors.values_list("added_by"),
        typed.values_list("author"),
        kept.values_list("authors"),
    )
    return {pk for (pk,) in did_something.order_by() if pk}


def _hints(retrospective: Retrospective) -> str:
    left = hints_left_open(retrospective)
    return (
        f"{left} hint{'' if left == 1 else 's'} on wording to follow, or to leave with a reason."
        if left
        else ""
    )


Missing = Callable[[Any], str]
OF_INCIDENTS = {"factors", "impact", "milestones", "outside"}  # not asked of a release, a sprint or a project
WRITTEN = {"factors", "evidence", "impact"}  # asked of `Written`, the others of the retrospective
CHECKS: dict[str, tuple[str, str, Missing]] = {
    "factors": ("At least two contributing factors", "causes", _factors),
    "evidence": ("Every contributing factor has evidence", "causes", _evidence),
    "impact": ("The impact is described in all four dimensions", "impact", _impact),
    "milestones": ("Milestones are known", "timeline", _milestones),
    "actions": ("Every open action item has an owner, a due day and a verification", "actions", _actions),
    "hints": ("Hints on wording are reviewed", "narrative", _hints),
    "read": ("Everybody had time to read it", "review", _read),
    "outside": ("Somebody from outside the team has reviewed it", "review", _outside),
}

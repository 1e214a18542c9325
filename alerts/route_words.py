"""A route in words: what it matches and what it does with it."""

from collections.abc import Iterable

from alerts.deciding.rules import OPENING, Becomes, GroupBy
from alerts.models import Route


def conditions_of(route: Route) -> list[tuple[str, str]]:
    """(what is looked at, what it must be), of a route that is loaded with its places."""
    said = [
        ("Integration", _any_of(str(one) for one in route.integrations.all())),
        ("Service", _any_of(str(one) for one in route.services.all())),
        ("Severity word", _any_of(route.severities)),
        ("Labels", ", ".join(route.labels)),
        ("Title has", " and ".join(route.title_words)),
        ("Title has not", _any_of(route.title_without)),
        ("Expression", route.expression),
    ]
    return [(label, words) for label, words in said if words]


def outcomes_of(route: Route) -> list[tuple[str, str]]:
    """(severity word or “”, what such alerts become)."""
    rows = [(one.word, one.becomes, str(one.severity or "")) for one in route.outcomes.all()]
    rows.append(("", route.becomes, str(route.severity or "")))
    return [(word, _becomes(becomes, severity)) for word, becomes, severity in rows]


def limits_of(route: Route) -> list[str]:
    """What must be so beside it, in short sentences."""
    said = []
    if route.group_by == GroupBy.LABELS:
        said.append(f"Grouped by {', '.join(route.group_labels)}")
    elif route.group_by != GroupBy.ALERT:
        said.append(f"Grouped by {route.get_group_by_display().lower()}")
    if route.times > 1:
        said.append(f"Only if it fires {route.times} times in {route.times_minutes} min")
    if route.firing_minutes:
        said.append(f"Only after firing for {route.firing_minutes} min")
    if route.is_quiet_in_maintenance:
        said.append("Quiet in maintenance")
    return said


def _becomes(becomes: str, severity: str) -> str:
    word = str(Becomes(becomes).label)
    return f"{word}, {severity}" if severity and becomes in OPENING else word


def _any_of(names: Iterable[str]) -> str:
    return " or ".join(names)

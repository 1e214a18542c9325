"""What a route says, and which alerts it matches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db.models import TextChoices

from core.jmespaths import ExpressionError, search


class Becomes(TextChoices):
    RECORD = "record", "Record only"
    ATTACH = "attach", "Attach to an open incident"
    SUSPECT = "suspect", "Create a suspected incident"
    DECLARE = "declare", "Declare an incident"


OPENING = (Becomes.SUSPECT, Becomes.DECLARE)


class GroupBy(TextChoices):
    ALERT = "alert", "Each alert by itself"
    GROUP = "group", "The sender’s group"
    SERVICE = "service", "Service"
    LABELS = "labels", "Labels"


@dataclass(frozen=True)
class Facts:
    """What is known of an alert."""

    pk: int
    integration: int
    integration_name: str = ""
    service: int | None = None
    service_slug: str = ""
    service_name: str = ""
    severity: str = ""
    title: str = ""
    description: str = ""
    source: str = ""
    group_key: str = ""
    dedup_key: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def document(self) -> dict[str, Any]:
        """What an expression searches."""
        return {
            "title": self.title,
            "description": self.description,
            "severity": self.severity,
            "service": self.service_slug,
            "service_name": self.service_name,
            "source": self.source,
            "integration": self.integration_name,
            "group_key": self.group_key,
            "dedup_key": self.dedup_key,
            "labels": dict(self.labels),
        }


@dataclass(frozen=True)
class LabelRule:
    """`name = value` or `name != value`; `*` in a value stands for any text."""

    name: str
    is_wanted: bool
    pattern: str

    @classmethod
    def read(cls, line: str) -> "LabelRule":
        """Raises ValueError where the line is none."""
        name, sign, pattern = line.partition("=")
        is_wanted = not name.endswith("!")
        name = name.removesuffix("!").strip()
        if not sign or not name:
            raise ValueError(
                f"“{line.strip()[:60]}” is no rule for a label. Write name = value or name != value."
            )
        return cls(name, is_wanted, pattern.strip())

    def __str__(self) -> str:
        return f"{self.name} {'=' if self.is_wanted else '!='} {self.pattern}"

    def fits(self, labels: Mapping[str, str]) -> bool:
        """A label that is missing is an empty one."""
        return has_pattern(str(labels.get(self.name, "")), self.pattern) is self.is_wanted


def has_pattern(value: str, pattern: str) -> bool:
    """Whether all of it is the pattern, in time linear in its length."""
    first, *rest = pattern.split("*")
    if not rest:
        return value == pattern
    *middle, last = rest
    if len(value) < len(first) + len(last) or not value.startswith(first) or not value.endswith(last):
        return False
    at, end = len(first), len(value) - len(last)
    for part in middle:
        at = value.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


@dataclass(frozen=True)
class Outcome:
    becomes: str
    severity: int | None = None


@dataclass(frozen=True)
class Rule:
    """A route as plain values. `key` is its id; one that is tried and not stored has another."""

    key: Any
    name: str
    default: Outcome
    integrations: frozenset[int] | None = None  # None: any
    services: frozenset[int] | None = None
    severities: frozenset[str] = frozenset()
    labels: tuple[LabelRule, ...] = ()
    with_words: tuple[str, ...] = ()
    without_words: tuple[str, ...] = ()
    expression: str = ""
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    incident_type: int | None = None
    attaches_first: bool = True
    group_by: str = GroupBy.ALERT
    group_labels: tuple[str, ...] = ()
    window: timedelta = timedelta(hours=1)
    times: int = 1
    times_within: timedelta = timedelta(minutes=30)
    firing_for: timedelta = timedelta(0)
    is_quiet_in_maintenance: bool = False

    def matches(self, alert: Facts) -> bool:
        """Whether all that it asks for is so. An expression that fails on an alert does not match it."""
        title = alert.title.casefold()
        return (
            (self.integrations is None or alert.integration in self.integrations)
            and (self.services is None or alert.service in self.services)
            and (not self.severities or alert.severity.casefold() in self.severities)
            and all(one.fits(alert.labels) for one in self.labels)
            and all(word in title for word in self.with_words)
            and not any(word in title for word in self.without_words)
            and (not self.expression or self._is_true(alert))
        )

    def _is_true(self, alert: Facts) -> bool:
        """Anything but false, null, and what is empty, as JMESPath has it."""
        try:
            found = search(self.expression, alert.document)
        except ExpressionError:
            return False
        return found is not None and found is not False and found not in ("", [], {})

    def outcome_of(self, alert: Facts) -> Outcome:
        return self.outcomes.get(alert.severity.casefold(), self.default)

    def group_of(self, alert: Facts) -> str:
        """What it belongs together with, as a short key."""
        if self.group_by == GroupBy.GROUP and alert.group_key:
            parts = ["group", str(alert.integration), alert.group_key]
        elif self.group_by == GroupBy.SERVICE:
            parts = ["service", str(alert.service or "")]
        elif self.group_by == GroupBy.LABELS:
            parts = ["labels", *(f"{name}={alert.labels.get(name, '')}" for name in self.group_labels)]
        else:
            parts = ["alert", str(alert.pk)]
        return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:40]


def first_match(rules: "tuple[Rule, ...]", alert: Facts) -> Rule | None:
    return next((rule for rule in rules if rule.matches(alert)), None)

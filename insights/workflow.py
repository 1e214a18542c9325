"""What people add to Insights: annotations on the charts over time, and goals."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.models import User
from audit.workflow import INSTALLATION, record_audit
from incidents.models import Severity
from insights.definitions import BY_KEY
from insights.models import Annotation, AnnotationKind, Goal

LONGEST_GOAL = 365 * 24 * 60  # minutes
MOST_ANNOTATIONS = 1000


@transaction.atomic
def annotate(*, by: User, day: date, words: str, kind: str = AnnotationKind.PROCESS) -> Annotation:
    """The same words on the same day once more change nothing."""
    _require_responder(by)
    words = _checked(words)
    with (
        connection.cursor() as cursor
    ):  # one after the other: the same is found, and the number stays below the most
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('annotations', 0))")
    if Annotation.objects.count() >= MOST_ANNOTATIONS:
        raise ValidationError(f"There are {MOST_ANNOTATIONS} annotations. Delete some first.")
    if (
        found := Annotation.objects.filter(day=day, words=words).order_by("pk").first()
    ):  # there may be older twins
        return found
    made = Annotation.objects.create(day=day, words=words, kind=kind, added_by=by)
    _record("annotation.added", made, by, {name: [None, value] for name, value in _facts(made).items()})
    return made


@transaction.atomic
def change_annotation(*, by: User, annotation: Annotation, day: date, words: str, kind: str) -> Annotation:
    _require_responder(by)
    words = _checked(words)
    found = Annotation.objects.select_for_update().get(pk=annotation.pk)
    before = _facts(found)
    found.day, found.words, found.kind = day, words, kind
    after = _facts(found)
    changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if changes:
        found.save()
        _record("annotation.changed", found, by, changes)
    return found


@transaction.atomic
def remove_annotation(*, by: User, annotation: Annotation) -> None:
    """Once more changes nothing."""
    _require_responder(by)
    found = Annotation.objects.select_for_update().filter(pk=annotation.pk).first()
    if found is None:
        return
    _record("annotation.deleted", found, by, {name: [value, None] for name, value in _facts(found).items()})
    found.delete()


@transaction.atomic
def set_goals(
    *, by: User, metric: str, minutes: dict[Severity | None, int | None], reached_by: date | None = None
) -> list[Goal]:
    """All goals of one metric: in minutes, of each severity and, under None, of all; None minutes take a goal away."""
    _require_responder(by)
    if metric not in BY_KEY:
        raise ValidationError({"metric": "There is no such metric."})
    kept = {goal.severity: goal for goal in _goals_to_change(metric)}
    changes: dict[str, list[Any]] = {}
    for severity, wanted in minutes.items():
        if wanted is not None and not 1 <= wanted <= LONGEST_GOAL:
            raise ValidationError("A goal is between one minute and a year.")
        goal = kept.get(severity)
        seconds = wanted * 60 if wanted is not None else None
        name = severity.name if severity else "all severities"
        if seconds == (goal.seconds if goal else None):
            continue
        changes[name] = [goal.seconds // 60 if goal else None, wanted]
        if seconds is None:
            Goal.objects.filter(metric=metric, severity=severity).delete()
        else:
            Goal.objects.update_or_create(metric=metric, severity=severity, defaults={"seconds": seconds})
    before = next((goal.reached_by for goal in kept.values()), None)
    if Goal.objects.filter(metric=metric).update(reached_by=reached_by) and before != reached_by:
        changes["reached by"] = [
            before.isoformat() if before else None,
            reached_by and reached_by.isoformat(),
        ]
    if changes:
        subject = BY_KEY[metric].label
        record_audit(chain=INSTALLATION, action="goal.set", subject=subject, by=by, changes=changes)
    return list(Goal.objects.filter(metric=metric).select_related("severity"))


def _goals_to_change(metric: str) -> QuerySet[Goal]:
    found = Goal.objects.filter(metric=metric).select_related("severity")
    return found.select_for_update(of=("self",))


def can_change_insights(user: User) -> bool:
    return user.is_responder


def _require_responder(by: User) -> None:
    if not can_change_insights(by):
        raise PermissionDenied("Only responders and administrators can change annotations and goals.")


def _checked(words: str) -> str:
    words = " ".join(words.split())
    if not words:
        raise ValidationError({"words": "Say in a few words what happened."})
    return words


def _facts(annotation: Annotation) -> dict[str, str]:
    return {
        "day": annotation.day.isoformat(),
        "words": annotation.words,
        "kind": AnnotationKind(annotation.kind).label,
    }


def _record(action: str, annotation: Annotation, by: User, changes: dict[str, Any]) -> None:
    record_audit(chain=INSTALLATION, action=action, subject=annotation.words, by=by, changes=changes)

"""Reports of Insights: who wants one, and that it is time for it. What it says is computed as it is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import DateField, DateTimeField, F, Func, Q, Value
from django.db.models.functions import Cast, Coalesce, NullIf

from accounts.models import Installation, User
from audit import context
from subscribers.models import ReportEvery, ReportKind, ReportWish

MORNING = timedelta(hours=8)
HELD = timedelta(minutes=10)
MOST = 10


@transaction.atomic
def wish_report(
    *, by: User, every: str, query: str = "", about: str = "", kind: str = ReportKind.REPORT
) -> ReportWish:
    """One's own; the same once more changes nothing. The first comes with the next Monday, or first of a month."""
    if every not in ReportEvery.values or (kind == ReportKind.PACK and every != ReportEvery.MONTH):
        raise ValidationError({"every": "Choose how often."})
    if kind not in ReportKind.values:
        raise ValidationError({"kind": "Choose what is sent."})
    if len(query) > 500:
        raise ValidationError("These are more filters than a report can have.")
    same = {"person": by, "kind": kind, "every": every, "query": query}
    if (
        not ReportWish.objects.filter(**same).exists()
        and ReportWish.objects.filter(person=by).count() >= MOST
    ):
        raise ValidationError(f"You have {MOST} reports already. Stop one of them first.")
    wish, _is_new = ReportWish.objects.get_or_create(
        **same, defaults={"about": about[:200], "created_at": context.now()}
    )
    return wish


def end_report(*, wish: ReportWish, by: User) -> None:
    if wish.person_id != by.pk:
        raise PermissionDenied("This report belongs to someone else.")
    wish.delete()


@transaction.atomic
def claim_due_report() -> ReportWish | None:
    """One whose morning has come, with its `period`, held by the caller for a while; None when there is none.

    Eight in the morning where the person is, on Mondays or on the first. After days without a scheduler the last
    one comes, and no other. What was wished for since then waits for the next.
    """
    now = context.now()
    zone = Coalesce(NullIf(F("person__time_zone"), Value("")), Value(Installation.get().time_zone))
    wall = Func(Value(now, DateTimeField()), zone, arg_joiner=" AT TIME ZONE ", template="(%(expressions)s)")
    since_morning = Func(wall, Value(MORNING), arg_joiner=" - ", template="(%(expressions)s)")
    period = Cast(
        Func(F("every"), since_morning, function="date_trunc", output_field=DateTimeField()), DateField()
    )
    due = (
        ReportWish.objects.filter(Q(held_until=None) | Q(held_until__lte=now), person__is_active=True)
        .annotate(period=period)
        .annotate(morning=_morning(F("period"), zone))
        .filter(Q(last_period=None) | Q(last_period__lt=F("period")), created_at__lt=F("morning"))
    )
    wish = due.select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("pk").first()
    if wish is not None:
        wish.held_until = now + HELD
        wish.save(update_fields=["held_until"])
    return wish


@contextmanager
def hand_over(wish: ReportWish, period: date) -> Iterator[bool]:
    """A transaction in which the report of `period` leaves; False where it has left or was stopped meanwhile."""
    with transaction.atomic():
        still = ReportWish.objects.select_for_update(no_key=True, of=("self",)).filter(
            Q(last_period=None) | Q(last_period__lt=period), pk=wish.pk, person__is_active=True
        )
        is_owed = still.exists()
        yield is_owed
        if is_owed:
            ReportWish.objects.filter(pk=wish.pk).update(last_period=period, held_until=None)


def _morning(day: Any, zone: Any) -> Func:
    """Eight by the clock on the wall in `zone`, as an instant."""
    wall = Func(
        day, Value(MORNING), arg_joiner=" + ", template="(%(expressions)s)", output_field=DateTimeField()
    )
    return Func(
        wall, zone, arg_joiner=" AT TIME ZONE ", template="(%(expressions)s)", output_field=DateTimeField()
    )

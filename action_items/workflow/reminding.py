"""Reminding of action items: before and after they are due, each Monday, and long after they were done."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DateField, DateTimeField, Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Cast, Coalesce, NullIf

from accounts.models import Installation, User
from action_items.models import DUE_STEPS, ActionDigest, ActionItem, ActionReminder, ActionStep
from action_items.workflow.changing import announce_action_item
from audit import context
from audit.workflow import record_audit
from events.action_items import ActionItemReminder, ActionItemsDigest
from notifications.workflow import enqueue

MORNING = timedelta(hours=9)
MONDAY_MORNING = timedelta(hours=8)
DIGEST_LATEST = timedelta(days=2)  # after that the week is too far on for a list of what it brings
FARTHEST_ZONE = timedelta(hours=14)


@transaction.atomic
def remind_of_action_items() -> bool:
    """Tell of every step that one item has reached; False when there is no such item.

    Nine in the morning where the owner is. Steps missed while nobody swept are all recorded, and told in one
    message. What lay behind already when the due day was set is not reminded of.
    """
    now = context.now()
    zone = Installation.get().time_zone
    mornings: dict[str, Any] = {
        f"at_{step}": _morning(F("due_on"), step.distance + MORNING, _owner_zone(zone)) for step in DUE_STEPS
    }
    reached = Q()
    for step in DUE_STEPS:
        told = ActionReminder.objects.filter(item=OuterRef("pk"), step=step, day=OuterRef("due_on"))
        reached |= Q(~Exists(told), **{f"at_{step}__lte": now, f"at_{step}__gt": F("due_set_at")})
    # Whatever came before it was recorded with it: most of what is long overdue is passed over at once.
    finished = ActionReminder.objects.filter(
        item=OuterRef("pk"), step=ActionStep.VERY_LATE, day=OuterRef("due_on")
    )
    nearest = (now + FARTHEST_ZONE - ActionStep.BEFORE.distance).date()
    item = _first(
        ActionItem.objects.unfinished()
        .not_replayed()
        .filter(~Exists(finished), due_on__lte=nearest)
        .annotate(**mornings)
        .filter(reached)
    )
    if item is None:
        return False
    assert item.due_on is not None
    known = set(item.reminders.filter(day=item.due_on).values_list("step", flat=True))
    times = {step: getattr(item, f"at_{step}") for step in DUE_STEPS}
    steps = [s for s, at in times.items() if item.due_set_at < at <= now and s not in known]
    if steps:  # else another scheduler told them a moment ago
        _tell(item, steps, item.due_on)
    return True


@transaction.atomic
def ask_whether_it_helped() -> bool:
    """Ask about one item that was done long enough ago; False when there is none."""
    now = context.now()
    asked = ActionReminder.objects.filter(
        item=OuterRef("pk"), step=ActionStep.HELPED, day=OuterRef("ask_helped_on")
    )
    morning = _morning(F("ask_helped_on"), MORNING, _owner_zone(Installation.get().time_zone))
    done = ActionItem.objects.helped_due((now + FARTHEST_ZONE).date()).not_replayed()
    item = _first(done.annotate(ask_at=morning).filter(~Exists(asked), ask_at__lte=now))
    if item is None:
        return False
    assert item.ask_helped_on is not None
    if not item.reminders.filter(step=ActionStep.HELPED, day=item.ask_helped_on).exists():
        _tell(item, [ActionStep.HELPED], item.ask_helped_on)
    return True


@transaction.atomic
def send_weekly_digest() -> bool:
    """On Monday morning, where they are, give one person the list of their own open items; False when none waits."""
    now = context.now()
    zone = Coalesce(NullIf(F("time_zone"), Value("")), Value(Installation.get().time_zone))
    here = Func(Value(now, DateTimeField()), zone, arg_joiner=" AT TIME ZONE ", template="(%(expressions)s)")
    week = Cast(Func(Value("week"), here, function="date_trunc", output_field=DateTimeField()), DateField())
    waiting = (
        User.objects.active()
        .annotate(week=week)
        .annotate(morning=_morning(F("week"), MONDAY_MORNING, zone))
        .filter(
            ~Exists(ActionDigest.objects.filter(person=OuterRef("pk"), week=OuterRef("week"))),
            Exists(
                ActionItem.objects.unfinished()
                .not_replayed()
                .filter(owner=OuterRef("pk"), created_at__lt=OuterRef("morning"))
            ),
            morning__lte=now,
            morning__gt=now - DIGEST_LATEST,
        )
    )
    person = waiting.select_for_update(skip_locked=True, no_key=True).order_by("pk").first()
    if person is None:
        return False
    _digest, is_new = ActionDigest.objects.get_or_create(
        person=person, week=person.week, defaults={"recorded_at": now}
    )
    if is_new:
        enqueue(
            event=ActionItemsDigest(recipients=[person.pk], week=person.week),
            subject=f"person:{person.pk}",
            due_at=now,
        )
    return True


def reminder_of_item_stands(payload: dict[str, Any]) -> ActionItem | None:
    """The item, where what a message reminds of still applies. Asked before the message is sent.

    Holds the item to the end of the caller's transaction: a change that ends it comes before, or finds what was
    handed on and calls it back.
    """
    held = ActionItem.objects.select_for_update(no_key=True).filter(pk=payload["action_item"]).first()
    if held is None:
        return None
    if payload["step"] == ActionStep.HELPED:
        return held if held.is_done and str(held.ask_helped_on) == str(payload["day"]) else None
    return held if held.is_unfinished and str(held.due_on) == str(payload["day"]) else None


def listeners_of(item: ActionItem, step: str) -> list[User]:
    """Who is reminded: the owner; three days late whoever owns the retrospective too (or commanded the incident); a week
    late its facilitator and the item's team, and where there are none, who is on duty.

    Without an owner the first of them who is there. Nobody who cannot see the item.
    """
    retrospective = item.retrospective
    owner = [item.owner] if item.owner else []
    leads = [retrospective.owner] if retrospective else [item.incident.commander] if item.incident else []
    helpers: list[User | None] = [retrospective.facilitator] if retrospective else []
    helpers += item.team.members.all() if item.team else []
    reminded: list[User | None] = list(owner)
    if step in (ActionStep.LATE, ActionStep.VERY_LATE):
        reminded += leads
    if step == ActionStep.VERY_LATE:
        reminded += helpers
    people = _seeing(item, reminded)
    if step == ActionStep.VERY_LATE and not _seeing(item, helpers):
        people += _seeing(item, _on_duty())
    for further in (leads, helpers, _on_duty()):
        people = people or _seeing(item, further)
    return list(dict.fromkeys(people))


def _tell(item: ActionItem, steps: list[ActionStep], day: date) -> None:
    """Record the steps, and tell the last of them."""
    now, step = context.now(), steps[-1]
    people = listeners_of(item, step)
    message = None
    if people:
        message = announce_action_item(
            item, ActionItemReminder(step=step, day=day, recipients=[person.pk for person in people])
        )
    ActionReminder.objects.bulk_create(
        [ActionReminder(item=item, step=s, day=day, recorded_at=now, message=message) for s in steps],
        ignore_conflicts=True,
    )
    if step in (ActionStep.LATE, ActionStep.VERY_LATE):
        reached = ", ".join(map(str, people)) or "nobody could be reached"
        record_audit(
            chain=item.chain,
            action="action_item.reminded",
            subject=item.reference,
            by=None,
            changes={"because": step.label, "told": reached},
        )


def _first(items: Any) -> ActionItem | None:
    """The first that nobody else holds, locked; what another scheduler has in hand is its own."""
    locked = items.select_for_update(skip_locked=True, no_key=True, of=("self",))
    told = locked.select_related("owner", "team", "incident", "retrospective")
    first: ActionItem | None = told.order_by("due_on", "pk").first()
    return first


def _morning(day: F, distance: timedelta, zone: Any) -> Func:
    """That long after a day's midnight by the clock on the wall in `zone`, as an instant."""
    wall = Func(
        day, Value(distance), arg_joiner=" + ", template="(%(expressions)s)", output_field=DateTimeField()
    )
    return Func(
        wall, zone, arg_joiner=" AT TIME ZONE ", template="(%(expressions)s)", output_field=DateTimeField()
    )


def _owner_zone(otherwise: str) -> Coalesce:
    return Coalesce(NullIf(F("owner__time_zone"), Value("")), Value(otherwise))


def _on_duty() -> list[User]:
    on_duty = Installation.get().duty_person
    return [on_duty] if on_duty else list(User.objects.administrators()[:3])


def _seeing(item: ActionItem, people: list[Any]) -> list[User]:
    found = dict.fromkeys(person for person in people if person is not None and person.is_active)
    return [p for p in found if ActionItem.objects.visible_to(p).filter(pk=item.pk).exists()]

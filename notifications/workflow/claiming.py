"""Sending, as the database sees it: claim under a lease, call out elsewhere, note how it went under the token.

Due times, leases and holds are measured with the database's clock alone. If it is set back, a lease or hold longer
than any that is given counts as run out; if it is set forward, leases end early and a message may arrive twice,
with the same id. With a full disk nothing can be claimed, so nothing is sent that could not be noted.
"""

import random
from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone

from notifications.access import out_of_reach
from notifications.models import LEASE, LONGEST_HOLD, Delivery, DeliveryQuerySet, DeliveryState, Destination
from notifications.outcomes import Answer, Outcome
from notifications.workflow.channels import GONE, pause_channel

# The Standard Webhooks schedule: how long after each failed attempt the next one is made; 75 h 35 min in all.
SCHEDULE = [
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
]
REFUSALS = 5  # attempts for one that is refused: two and a half hours, enough to mend an address
TROUBLE = 3  # failures in a row after which a destination is left alone
FIRST_HOLD, LONGEST_CIRCUIT_HOLD = timedelta(seconds=10), timedelta(minutes=2)
AT_ONCE = 4  # calls to one destination by one worker
PROBE = timedelta(seconds=20)  # for how long one attempt may find out whether a destination is back


def destinations_with_work(*, at_most: int, besides: Collection[str] = ()) -> list[str]:
    """Destinations with something due that may be called now, the longest waiting first.

    Where there are more than asked for, none of those whose due messages all wait for their turn; to find these
    takes long where many messages wait.
    """
    held = Destination.objects.filter(
        key=OuterRef("destination"), held_until__gt=Now(), held_until__lt=Now() + LONGEST_HOLD
    )
    due = Delivery.objects.due().exclude(destination__in=list(besides)).filter(~Exists(held))
    found = _longest_waiting(due, at_most)
    return found if len(found) < at_most else _longest_waiting(due.in_turn(), at_most)


def _longest_waiting(due: DeliveryQuerySet, at_most: int) -> list[str]:
    waiting = due.values("destination").annotate(oldest=Min("try_at")).order_by("oldest")
    return [row["destination"] for row in waiting[:at_most]]


@transaction.atomic
def claim_deliveries(*, destination: str, at_most: int) -> list[Delivery]:
    """Take what is due for one destination. Whoever calls out must do so at once, and afterwards `settle`."""
    troubled = Destination.objects.filter(key=destination, failures__gte=TROUBLE)
    if trouble := troubled.select_for_update().first():
        if not _take_probe(trouble):
            return []
        at_most = 1
    due = Delivery.objects.due().in_turn().filter(destination=destination).order_by("try_at", "due_at")
    due = due.select_related("channel", "person").select_for_update(of=("self",), skip_locked=True)
    rows: list[Delivery] = []
    while not rows and (found := list(due[: max(at_most, 0)])):
        rows = _still_for_their_readers(found)
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
        lease_until=Now() + LEASE, token=F("token") + 1, attempts=F("attempts") + 1
    )
    for row in rows:
        row.token, row.attempts = row.token + 1, row.attempts + 1
    return rows


def _still_for_their_readers(found: list[Delivery]) -> list[Delivery]:
    """The claim is the last look, at reach too: what waited for somebody who has lost it is called back."""
    lost = {row.pk for row in out_of_reach(row for row in found if row.person_id)}
    if lost:
        Delivery.objects.filter(pk__in=lost).update(
            state=DeliveryState.WITHDRAWN, answer="The recipient can no longer see it"
        )
    return [row for row in found if row.pk not in lost]


def _take_probe(trouble: Destination) -> bool:
    free = Q(held_until=None) | Q(held_until__lte=Now()) | Q(held_until__gte=Now() + LONGEST_HOLD)
    return bool(Destination.objects.filter(free, pk=trouble.pk).update(held_until=Now() + PROBE))


def keep_hold(deliveries: Iterable[Delivery]) -> None:
    """Renew the lease of deliveries still in progress."""
    held = Q(pk__in=[])
    for delivery in deliveries:
        held |= Q(pk=delivery.pk, token=delivery.token)
    Delivery.objects.waiting().filter(held).update(lease_until=Now() + LEASE)


@transaction.atomic
def settle(*, delivery: Delivery, answer: Answer) -> bool:
    """Note how an attempt went. False, and nothing is noted, when somebody else holds the message by now."""
    row = Delivery.objects.select_for_update().filter(pk=delivery.pk, token=delivery.token).first()
    if row is None or row.state not in (DeliveryState.WAITING, DeliveryState.WITHDRAWN):
        return False
    row.answer, row.answered_at, row.lease_until = answer.words[:200], timezone.now(), None
    if answer.outcome is Outcome.TAKEN:
        # Also where it was withdrawn meanwhile: it was on the wire already, and that is what is told.
        row.state, row.delivered_at = DeliveryState.DELIVERED, row.answered_at
        if row.is_secret:
            row.erase()
    elif row.state == DeliveryState.WAITING:
        _try_later_or_give_up(row, answer)
    row.save(
        update_fields=[
            "answer", "answered_at", "lease_until", "state", "delivered_at", "content", "try_at"
        ]
    )  # fmt: skip
    _note_at_destination(row.destination, answer)
    if answer.outcome is Outcome.GONE and row.channel:
        pause_channel(by=None, channel=row.channel, because=GONE)
    return True


def _try_later_or_give_up(row: Delivery, answer: Answer) -> None:
    tries = REFUSALS if answer.outcome is Outcome.REFUSED else len(SCHEDULE) + 1
    if answer.outcome in (Outcome.GONE, Outcome.IMPOSSIBLE) or row.attempts >= tries:
        row.state = DeliveryState.DEAD
        return
    wait = SCHEDULE[row.attempts - 1] * random.uniform(0.9, 1.1)  # noqa: S311 - spreads retries, hides nothing
    row.try_at = Now() + max(wait, answer.not_before or timedelta(0))


def _note_at_destination(key: str, answer: Answer) -> None:
    if not answer.is_away and not answer.not_before:
        Destination.objects.filter(key=key).exclude(failures=0, held_until=None).update(
            failures=0, held_until=None
        )
        return
    Destination.objects.get_or_create(key=key)
    destination = Destination.objects.select_for_update().get(key=key)
    hold = answer.not_before or timedelta(0)
    if answer.is_away:
        destination.failures += 1
        if destination.failures >= TROUBLE:
            doubled = FIRST_HOLD * 2 ** min(destination.failures - TROUBLE, 10)
            hold = max(hold, min(doubled, LONGEST_CIRCUIT_HOLD))
    destination.last_error, destination.failed_at = answer.words[:200], timezone.now()
    destination.save(update_fields=["failures", "last_error", "failed_at"])
    if hold:
        Destination.objects.filter(key=key).update(held_until=Now() + min(hold, LONGEST_HOLD))

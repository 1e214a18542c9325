"""What ends by itself: messages nobody could be told for days, and rows that have served."""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F, Q, Window
from django.db.models.functions import Now, RowNumber
from django.utils import timezone

from notifications.models import Delivery, DeliveryState, OutboxMessage

TOO_OLD = timedelta(hours=76)  # the whole schedule of attempts and a little
TOO_OFTEN = 30  # claims without an answer: whoever sends it seems to die of it
KEPT = timedelta(days=30)
KEPT_PER_CHANNEL = 50
AT_A_TIME = 5000
HOUSEKEEPING = "housekeeping"


def give_up_old() -> int:
    """Messages whose destination was held all the time, or whose senders kept dying, become dead letters."""
    stale = Q(due_at__lt=Now() - TOO_OLD, try_at__lt=Now() - timedelta(hours=1)) | Q(attempts__gte=TOO_OFTEN)
    free = Q(lease_until=None) | Q(lease_until__lt=Now())
    return (
        Delivery.objects.waiting()
        .filter(stale, free)
        .exclude(channel__is_active=False)
        .update(state=DeliveryState.DEAD, answer="Nobody could be reached there for three days")
    )


@transaction.atomic
def hour_has_passed() -> bool:
    """True for one caller an hour, however many ask."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_heartbeat (name, at) VALUES (%s, now()) ON CONFLICT (name) DO UPDATE "
            "SET at = now() WHERE notifications_heartbeat.at NOT BETWEEN now() - interval '1 hour' AND now()",
            [HOUSEKEEPING],
        )
        return bool(cursor.rowcount == 1)


def forget_delivered() -> None:
    """Delivered and withdrawn messages of more than 30 days ago, but each channel's last 50 stay; so do dead letters."""
    past = timezone.now() - KEPT
    newest = Delivery.objects.exclude(channel=None).annotate(
        place=Window(RowNumber(), partition_by=F("channel"), order_by=F("created_at").desc())
    )
    kept = newest.filter(place__lte=KEPT_PER_CHANNEL).values("pk")
    ended = Delivery.objects.filter(
        state__in=[DeliveryState.DELIVERED, DeliveryState.WITHDRAWN], created_at__lt=past
    ).exclude(pk__in=kept)
    while Delivery.objects.filter(pk__in=list(ended.values_list("pk", flat=True)[:AT_A_TIME])).delete()[0]:
        pass
    told = OutboxMessage.objects.filter(done_at__lt=past, deliveries=None)
    while OutboxMessage.objects.filter(pk__in=list(told.values_list("pk", flat=True)[:AT_A_TIME])).delete()[
        0
    ]:
        pass

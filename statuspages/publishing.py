"""What subscribers of a page are sent: from each event, the messages to those who subscribed."""

from itertools import batched
from uuid import uuid4

from incidents.models import Audience, Incident, StatusUpdate, UpdateState
from incidents.models.communication import word_for
from notifications.kinds import DeliveryKind
from notifications.models import Delivery, OutboxMessage
from notifications.workflow import deliver
from statuspages import mails
from statuspages.models import PageSubscriber, ScheduledMaintenance, StatusPage, SubscriberKind
from statuspages.status_snapshot import Window, incidents_on, pages_touched, read, told
from statuspages.view_models import Shown, ShownIncident, ShownMaintenance
from statuspages.workflow import leaving_link

ABOUT_INCIDENTS, ABOUT_MAINTENANCE = "incident:", "maintenance:"
AT_A_TIME = 500  # subscribers
NEWS = "status_update.posted"
CHANGES_PAGES = {
    NEWS,
    "incident.declared",
    "status_update.withdrawn",
    "service.impact_changed",
    "visibility.changed",
    "status.changed",
    "incident.mitigated",
    "incident.resolved",
    "incident.reopened",
    "incident.closed",
    "incident.merged",
    "incident.declined",
}


CHANGES_STATUS = {"incident.mitigated", "incident.resolved", "incident.reopened", "status.changed"}


def consume(message: OutboxMessage) -> None:
    """Write the deliveries a message causes and mark kept copies out of date. Again does nothing more."""
    if message.subject.startswith(ABOUT_INCIDENTS):
        _of_incident(message)
    elif message.subject.startswith(ABOUT_MAINTENANCE):
        _of_maintenance(message)


def _of_incident(message: OutboxMessage) -> None:
    """What a page shows of an incident that was ever told to the public may have changed: also that it became private."""
    pk = message.payload.get("incident")
    if message.topic not in CHANGES_PAGES or pk is None:
        return
    if not StatusUpdate.objects.filter(incident=pk).for_audience(Audience.PUBLIC).exists():
        return
    pages = pages_touched(pk)
    pages.changed()
    if message.payload.get("source") == Incident.Source.REPLAY:
        return
    for page in pages:
        if message.topic == NEWS:
            _tell_update(message, page)
        elif message.topic in CHANGES_STATUS and not _has_words(message, page):
            _tell_status(message, page)


def _tell_update(message: OutboxMessage, page: StatusPage) -> None:
    mine = incidents_on(page).filter(pk=message.payload["incident"])
    update = told(page).filter(pk=message.payload["update"], incident__in=mine).first()
    if update is None:
        return
    shown = read(page, Window(pk=update.incident_id))
    code = page.code("update", update.pk)
    for entry in shown.incidents:
        # What came after it has its own message: this one tells what was the news then.
        entry.updates = entry.updates[next((n for n, u in enumerate(entry.updates) if u.code == code), 0) :]
        _tell(message, shown, entry)


def _has_words(message: OutboxMessage, page: StatusPage) -> bool:
    """Whether the page's readers get an update with this change of status, now or once it is approved."""
    audience = Audience.PUBLIC if page.is_public else Audience.STAKEHOLDERS
    with_it = StatusUpdate.objects.filter(pk=message.payload.get("update"))
    return with_it.for_audience(audience).exclude(state=UpdateState.WITHDRAWN).exists()


def _tell_status(message: OutboxMessage, page: StatusPage) -> None:
    """What has changed again meanwhile has its own message."""
    shown = read(page, Window(pk=message.payload["incident"]))
    for entry in shown.incidents:
        if entry.latest.is_status_alone and entry.latest.status == word_for(message.payload["status"]):
            _tell(message, shown, entry)


def _of_maintenance(message: OutboxMessage) -> None:
    work = (
        ScheduledMaintenance.objects.filter(pk=message.payload["maintenance"]).select_related("page").first()
    )
    if work is None or not work.page.is_open:
        return
    if message.topic == "maintenance.reminder" and work.state != "scheduled":
        return
    shown = read(work.page)
    code = work.page.code("maintenance update", message.payload["update"] or 0)
    for entry in shown.maintenances:
        if entry.pk == work.pk and entry.updates:
            place = next((n for n, u in enumerate(entry.updates) if u.code == code), 0)
            entry.updates = entry.updates[place:]
            _tell(message, shown, entry)


def _tell(message: OutboxMessage, shown: Shown, entry: ShownIncident | ShownMaintenance) -> None:
    components = [c.pk for c in entry.components]
    subscribers = shown.page.subscribers.confirmed().of_any(components).select_related("channel")
    written = mails.PageMessage(shown, entry, is_reminder=message.topic == "maintenance.reminder")
    for some in batched(subscribers.iterator(AT_A_TIME), AT_A_TIME):
        deliver(*(_delivery(message, written, subscriber) for subscriber in some))


def _delivery(message: OutboxMessage, written: mails.PageMessage, subscriber: PageSubscriber) -> Delivery:
    subscriber.page = written.page
    leave = leaving_link(subscriber)
    delivery = Delivery(id=uuid4(), message=message, about=message.subject, due_at=message.due_at)
    if subscriber.kind == SubscriberKind.WEBHOOK:
        delivery.kind, delivery.channel = DeliveryKind.WEBHOOK, subscriber.channel
        delivery.key = f"{message.id}:channel:{subscriber.channel_id}"
        delivery.content = written.hook(leave=leave)
    else:
        delivery.kind, delivery.address = DeliveryKind.MAIL, subscriber.address
        delivery.key = f"{message.id}:mail:{subscriber.address.lower()}"
        delivery.content = written.mail(leave=leave, delivery=delivery.id)
    return delivery

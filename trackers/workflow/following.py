"""Action items that change: their tickets follow, and teams whose items always get a ticket get one."""

from django.db import transaction
from django.utils import timezone

from action_items.access import action_items_for
from action_items.models import UNFINISHED_STATES, ActionItem
from notifications.models import OutboxMessage
from notifications.workflow import wake_worker
from trackers.models import Creates, Ticket, TrackerProject
from trackers.workflow.linking import record_ticket
from trackers.workflow.managing import JOB

TICKETS = "action_item.ticket_"
MADE_FOR = ("action_item.added", "action_item.changed")


@transaction.atomic
def consume(message: OutboxMessage) -> None:
    """A consumer of the outbox (settings.OUTBOX_CONSUMERS)."""
    if (
        not message.topic.startswith("action_item.")
        or message.topic.startswith(TICKETS)
        or message.is_replayed
    ):
        return
    pk, by = message.payload.get("action_item"), message.payload.get("by")
    if pk is None or "by" not in message.payload:  # a reminder
        return
    if message.topic in MADE_FOR:
        _make(pk)
    tickets = Ticket.objects.filter(item=pk, is_synced=True).exclude(tracker__account=by)
    if tickets.update(next_at=timezone.now()):
        wake_worker(JOB)


def _make(pk: int) -> None:
    """Only for what is not private: nobody was asked."""
    item = action_items_for(None).filter(state__in=UNFINISHED_STATES, pk=pk, team__isnull=False).first()
    if item is None:
        return
    projects = TrackerProject.objects.filter(
        team=item.team_id, creates=Creates.ALWAYS, tracker__paused_at=None
    )
    for project in projects.select_related("tracker").order_by("pk"):
        _make_in(item, project)


def _make_in(item: ActionItem, project: TrackerProject) -> None:
    """One in each tracker: where an item moves on to another team, its ticket stays where it is."""
    item = ActionItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if item.tickets.filter(tracker=project.tracker).exists():
        return
    ticket = Ticket.objects.create(
        item=item,
        tracker=project.tracker,
        project=project,
        asked_by=project.tracker.account,
        is_synced=not item.tickets.filter(is_synced=True).exists(),
    )
    record_ticket("ticket.requested", ticket, project.tracker.account, project=str(project))
    wake_worker(JOB)

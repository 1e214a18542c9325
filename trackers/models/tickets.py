"""Tickets of action items, and what both sides changed at once."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from action_items.models import ActionItem
from trackers.face import Field
from trackers.models.trackers import LEASE, LONGEST_PROBLEM, PROBLEMS, TrackerProject


class TicketState(models.TextChoices):
    CREATING = "creating", "Being created"
    LINKING = "linking", "Being linked"
    LINKED = "linked", "Linked"


IS_NEW = Q(state=TicketState.CREATING) | Q(state=TicketState.LINKED, is_synced=True, agreed={})
"""It waits for the states of its project, where those are not known yet."""


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, user: User) -> "TicketQuerySet":
        return self.filter(item__in=ActionItem.objects.visible_to(user))

    def with_places(self) -> "TicketQuerySet":
        return self.select_related("project", "tracker", "asked_by").defer("tracker__found")

    def with_conflicts(self) -> "TicketQuerySet":
        """`open_conflicts`: in how many fields one waits for somebody to look. Those of a field are settled as one."""
        open_ones = Q(conflicts__settled_at=None)
        return self.annotate(open_conflicts=Count("conflicts__field", filter=open_ones, distinct=True))

    def in_conflict(self) -> "TicketQuerySet":
        """Synced ones with a conflict that waits for somebody to look."""
        open_ones = TicketConflict.objects.filter(ticket=OuterRef("pk"), settled_at=None)
        return self.filter(Exists(open_ones), is_synced=True)

    def with_problem(self) -> "TicketQuerySet":
        """Those that something keeps from being synced, by themselves or by their tracker or project."""
        of_tracker = Q(tracker__paused_at__isnull=False) | ~Q(tracker__problem="")
        waits = ~Q(project__problem="") & Q(project__isnull=False, project__looked_at=None) & IS_NEW
        return self.filter(~Q(problem="") | of_tracker | waits)

    def in_order(self) -> "TicketQuerySet":
        """The one that is synced first."""
        return self.order_by("-is_synced", "pk")

    def due(self, now: datetime) -> "TicketQuerySet":
        """What a worker has something to do for, where the tracker may be asked now."""
        awake = Q(tracker__retry_at=None) | Q(tracker__retry_at__lte=now)
        free = Q(busy_until=None) | Q(busy_until__lte=now)
        return self.startable().filter(awake, free, next_at__lte=now).order_by("next_at", "pk")

    def startable(self) -> "TicketQuerySet":
        """Without those of a paused tracker, and those that are new where nothing is known of the project yet."""
        unknown = IS_NEW & Q(project__isnull=False, project__looked_at=None)
        return self.filter(tracker__paused_at=None).exclude(unknown)


class Ticket(models.Model):
    """The link of an action item with a ticket. One of an item is synced; of the others only the state is shown.

    `agreed` is what both sides had last (trackers.translating), `remote` what the tracker said last: `raw`, `names`,
    `updated_at`. `not_taken` are values that the tracker refused, `not_taken_here` those of it that could not be taken.
    `claim` names the worker's turn.
    """

    LEASE = LEASE
    AGAIN = timedelta(days=1)
    """How often each is asked for although nothing changed: that is how a deleted one is noticed."""
    NO_ACCESS = timedelta(hours=1)
    AFTER_DOUBT = timedelta(seconds=60)
    """Before a ticket is made again whose making was not answered, though it was not found either."""

    item = models.ForeignKey(ActionItem, on_delete=models.CASCADE, related_name="tickets")
    tracker = models.ForeignKey("trackers.Tracker", on_delete=models.CASCADE, related_name="tickets")
    project = models.ForeignKey(
        TrackerProject, null=True, blank=True, on_delete=models.SET_NULL, related_name="tickets"
    )
    is_synced = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=TicketState, default=TicketState.CREATING)
    address = models.CharField(max_length=500, blank=True, help_text="As pasted by whoever linked it")
    takes_theirs = models.BooleanField(
        default=True, help_text="Whose values are kept when it is first linked"
    )
    marker = models.UUIDField(default=uuid.uuid4, unique=True)
    remote_id = models.CharField(max_length=200, blank=True)
    remote_project = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=200, blank=True)
    is_key_unchecked = models.BooleanField(
        default=False, help_text="The tracker got another address since it was fetched last"
    )
    url = models.CharField(max_length=500, blank=True)
    moved_from = models.CharField(max_length=200, blank=True)
    agreed = models.JSONField(default=dict, blank=True)
    remote = models.JSONField(default=dict, blank=True)
    not_taken = models.JSONField(default=dict, blank=True)
    not_taken_here = models.JSONField(default=dict, blank=True)
    pushing = models.JSONField(
        default=dict, blank=True, help_text="What was about to be set there, until that is noted"
    )
    last_change = models.CharField(
        max_length=100, blank=True, help_text="The newest one of its history there, before that"
    )
    asked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    is_private_known = models.BooleanField(
        default=False, help_text="Whoever asked for it knew that the item comes from something private"
    )
    attempts = models.PositiveIntegerField(default=0, help_text="At making or linking it")
    claim = models.PositiveIntegerField(default=0)
    busy_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then")
    next_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    synced_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=12, choices=PROBLEMS, blank=True)
    problem_words = models.CharField(max_length=LONGEST_PROBLEM, blank=True)
    problem_since = models.DateTimeField(null=True, blank=True)
    form_token = models.UUIDField(null=True, blank=True, unique=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item"], name="one_synced_ticket_per_item", condition=Q(is_synced=True)
            ),
            models.UniqueConstraint(
                fields=["item", "tracker", "remote_id"],
                name="each_ticket_once_per_item",
                condition=~Q(remote_id=""),
            ),
            models.UniqueConstraint(
                fields=["tracker", "remote_id"],
                name="each_ticket_synced_once",
                condition=Q(is_synced=True) & ~Q(remote_id=""),
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="ticket_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["tracker", "remote_id"], name="ticket_there"),
        ]

    def __str__(self) -> str:
        return self.key or self.address or "the new ticket"

    @property
    def is_linked(self) -> bool:
        return self.state == TicketState.LINKED

    @property
    def backlink(self) -> str:
        """The address of the item, as the ticket has it."""
        return f"{settings.PUBLIC_URL}{self.item.get_absolute_url()}"

    @property
    def marked_backlink(self) -> str:
        """The same with the marker, by which a ticket is found whose making was not answered."""
        return f"{self.backlink}?ticket={self.marker.hex}"

    @property
    def is_waiting(self) -> bool:
        """Whether a worker is about to do something for it, so that a page looks again soon."""
        return not self.problem and self.next_at is not None and self.next_at <= timezone.now() + self.LEASE

    def said(self, field: Field) -> str:
        """What the tracker called the value of a field last."""
        words: str = self.remote.get("names", {}).get(field, "")
        return words


class TicketConflict(models.Model):
    """Both sides changed a field between two looks. The newer value was used; somebody may take the other one."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="conflicts")
    field = models.CharField(max_length=10)
    ours = models.CharField(max_length=200, blank=True)
    theirs = models.CharField(max_length=200, blank=True)
    theirs_words = models.CharField(max_length=300, blank=True)
    ours_at = models.DateTimeField(null=True, blank=True)
    ours_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    theirs_at = models.DateTimeField(null=True, blank=True)
    theirs_by = models.CharField(max_length=200, blank=True)
    used_theirs = models.BooleanField()
    noticed_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    settled_theirs = models.BooleanField(null=True)

    class Meta:
        ordering = ["-noticed_at", "-pk"]
        indexes = [
            models.Index(fields=["ticket"], name="ticket_conflict_open", condition=Q(settled_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.ours} / {self.theirs}"

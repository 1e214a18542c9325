"""Tracked improvements."""

from datetime import date, timedelta

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone

from accounts.models import Team, User
from incidents.models import Incident
from retros.models import ContributingFactor, Learning, Retrospective


class ActionCategory(models.TextChoices):
    CODE = "code", "Code & architecture"
    TOOLING = "tooling", "Tooling & observability"
    PROCESS = "process", "Process & collaboration"


class Priority(models.TextChoices):
    P1 = "P1", "P1"
    P2 = "P2", "P2"
    P3 = "P3", "P3"
    P4 = "P4", "P4"


class ActionState(models.TextChoices):
    OPEN = "open", "Open"
    IN_PROGRESS = "in_progress", "In progress"
    DONE = "done", "Done"
    VERIFIED = "verified", "Verified"
    WONT_DO = "wont_do", "Won't do"


UNFINISHED_STATES = (ActionState.OPEN, ActionState.IN_PROGRESS)
SOON = timedelta(days=7)
DONE_STATES = (ActionState.DONE, ActionState.VERIFIED)


class Helped(models.TextChoices):
    YES = "yes", "It helped"
    PARTLY = "partly", "It helped in part"
    NO = "no", "It did not help"
    TOO_EARLY = "too_early", "Too early to say"


class ActionGroup(models.IntegerChoices):
    OVERDUE = 0, "Overdue"
    NEXT_7_DAYS = 1, "Next 7 days"
    LATER = 2, "Later"
    NO_DATE = 3, "No date"
    DONE = 4, "Done"


def reference_of_item(number: int) -> str:
    return f"ACT-{number}"


def number_of(reference: str) -> int | None:
    """7 for ACT-7; None for anything else."""
    prefix, _, number = reference.strip().upper().rpartition("-")
    is_one = prefix == "ACT" and number.isascii() and number.isdigit() and len(number) < 10
    return int(number) if is_one else None


def at_risk_on(today: date) -> Q:
    """Due within seven days, and nobody has started."""
    return Q(state=ActionState.OPEN, due_on__gte=today, due_on__lt=today + SOON)


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    def visible_to(self, user: "User") -> "ActionItemQuerySet":
        """As far as what they come from is in `user`'s reach; an owner always sees their own (but by an API token that hides what is private)."""
        retrospectives = Retrospective.objects.visible_to(user).filter(pk=OuterRef("retrospective"))
        incidents = Incident.objects.visible_to(user).filter(pk=OuterRef("incident"))
        return self._in_reach(user, Q(Exists(retrospectives)), Q(Exists(incidents)))

    def visible_one_by_one(self, user: "User") -> "ActionItemQuerySet":
        """The same, asked of one item after the other: for the first few of very many.

        Two bounds and no “=”: with that, the planner gathers all retrospectives and incidents in reach into a hash.
        """
        retrospectives = Retrospective.objects.visible_to(user).filter(
            pk__gte=OuterRef("retrospective"), pk__lte=OuterRef("retrospective")
        )
        incidents = Incident.objects.visible_to(user).filter(
            pk__gte=OuterRef("incident"), pk__lte=OuterRef("incident")
        )
        return self._in_reach(user, Q(Exists(retrospectives)), Q(Exists(incidents)))

    def visible_of_these(self, user: "User") -> "ActionItemQuerySet":
        """The same, of those chosen so far: each retrospective is asked once, however many of the items are its own."""
        # Without NULLs, which sort last: a merge would read on to the end of all retrospectives for them.
        of_some = self.filter(retrospective__isnull=False).order_by().values("retrospective")
        theirs = Retrospective.objects.filter(pk__in=of_some)
        incidents = Incident.objects.visible_to(user).filter(pk=OuterRef("incident"))
        return self._in_reach(
            user,
            Q(retrospective__in=theirs.visible_to(user, one_by_one=True).order_by()),
            Q(Exists(incidents)),
        )

    def _in_reach(self, user: "User", is_retrospective_seen: Q, is_incident_seen: Q) -> "ActionItemQuerySet":
        if not user.is_authenticated or not user.is_active:
            return self.none()
        from_incident = is_incident_seen & Q(retrospective__isnull=True)
        from_neither = Q(retrospective__isnull=True, incident__isnull=True)
        in_reach = is_retrospective_seen | from_incident | from_neither
        return self.filter(in_reach if user.hides_private else in_reach | Q(owner=user))

    def unfinished(self) -> "ActionItemQuerySet":
        return self.filter(state__in=UNFINISHED_STATES)

    def unready(self) -> "ActionItemQuerySet":
        """Still to be done, and nobody's, of no day, or without a way to tell that it worked."""
        lacks = Q(owner=None, team=None) | Q(due_on=None) | Q(verification="")
        return self.unfinished().filter(lacks)

    def at_risk(self, today: date) -> "ActionItemQuerySet":
        return self.filter(at_risk_on(today))

    def done(self) -> "ActionItemQuerySet":
        return self.filter(state__in=DONE_STATES)

    def overdue(self, today: date) -> "ActionItemQuerySet":
        return self.unfinished().filter(due_on__lt=today)

    def told_by(self, words: str, reader: "User") -> "ActionItemQuerySet":
        """Those with all of these words in title or text; ACT-7, INC-142 (in `reader`'s reach) and @owner count too."""
        found = self
        for word in words.split()[:8]:
            if word.startswith("@"):
                found = found.filter(owner__name__icontains=word[1:])
                continue
            incidents = Incident.objects.visible_to(reader).of_reference(word).values("pk")
            told = Q(title__icontains=word) | Q(description__icontains=word) | Q(external_key__iexact=word)
            told |= Q(incident__in=incidents) | Q(retrospective__incident__in=incidents)
            found = found.filter(told | Q(pk__in=ActionItem.objects.of_reference(word).values("pk")))
        return found

    def owned_by(self, user: "User") -> "ActionItemQuerySet":
        return self.filter(owner=user)

    def of_reference(self, reference: str) -> "ActionItemQuerySet":
        """ACT-7; none for anything else."""
        number = number_of(reference)
        return self.none() if number is None else self.filter(pk=number)

    def due_between(self, first: date, last: date) -> "ActionItemQuerySet":
        """Due from `first` to `last`, both days included, whatever became of them."""
        return self.filter(due_on__range=(first, last))

    def helped_due(self, today: date) -> "ActionItemQuerySet":
        """Done long enough ago to ask whether it helped."""
        return self.done().filter(ask_helped_on__lte=today)

    def not_replayed(self) -> "ActionItemQuerySet":
        """Without those of a recorded day that is replayed: its people are told nothing."""
        replay = Incident.Source.REPLAY
        behind = Q(incident__source=replay) | Q(retrospective__incident__source=replay)
        return self.exclude(pk__in=ActionItem.objects.filter(behind).values("pk"))

    def from_incidents(self, incidents: models.QuerySet) -> "ActionItemQuerySet":
        """What came from one of these, or from its retrospective."""
        found = incidents.values("pk")
        return self.filter(Q(incident__in=found) | Q(retrospective__incident__in=found))

    def with_sources(self, user: "User") -> "ActionItemQuerySet":
        """Beside each what it came from, and `is_source_open`: whether `user` may read that too.

        An owner sees their item even where the retrospective it came from is out of reach.
        """
        reachable = Retrospective.objects.visible_to(user).filter(pk=OuterRef("retrospective"))
        incidents = Incident.objects.visible_to(user).filter(pk=OuterRef("incident"))
        is_open = Case(
            When(retrospective__isnull=False, then=Exists(reachable)),
            When(incident__isnull=False, then=Exists(incidents)),
            default=Value(True),
        )
        return self.annotate(is_source_open=is_open).select_related(
            "owner", "team", "factor", "learning", "incident", "retrospective__incident"
        )

    def grouped(self, today: date) -> "ActionItemQuerySet":
        """With `group`, in the order a list shows: overdue, next 7 days, later, no date, done."""
        unfinished = Q(state__in=UNFINISHED_STATES)
        group = Case(
            When(~unfinished, then=Value(ActionGroup.DONE)),
            When(due_on__isnull=True, then=Value(ActionGroup.NO_DATE)),
            When(due_on__lt=today, then=Value(ActionGroup.OVERDUE)),
            When(due_on__lt=today + SOON, then=Value(ActionGroup.NEXT_7_DAYS)),
            default=Value(ActionGroup.LATER),
            output_field=IntegerField(),
        )
        return self.annotate(group=group)


class ActionItem(models.Model):
    """Something that will be different. Told as ACT-7."""

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    retrospective = models.ForeignKey(
        Retrospective, null=True, blank=True, on_delete=models.CASCADE, related_name="action_items"
    )
    incident = models.ForeignKey(
        Incident, null=True, blank=True, on_delete=models.CASCADE, related_name="action_items"
    )
    factor = models.ForeignKey(
        ContributingFactor,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="action_items",
        verbose_name="factor it addresses",
    )
    learning = models.ForeignKey(
        Learning, null=True, blank=True, on_delete=models.SET_NULL, related_name="action_items"
    )
    category = models.CharField(max_length=20, choices=ActionCategory, default=ActionCategory.CODE)
    priority = models.CharField(max_length=2, choices=Priority, default=Priority.P2)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="action_items"
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="action_items"
    )
    due_on = models.DateField("due", null=True, blank=True)
    verification = models.TextField("how we will know it worked", blank=True)
    due_set_at = models.DateTimeField(
        default=timezone.now, help_text="What lies before is not reminded of afterwards"
    )
    state = models.CharField(max_length=20, choices=ActionState, default=ActionState.OPEN)
    state_since = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    wont_do_reason = models.TextField("why it will not be done", blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verification_note = models.TextField("what was seen", blank=True)
    helped = models.CharField("did it help?", max_length=20, choices=Helped, blank=True)
    helped_note = models.TextField(blank=True)
    helped_at = models.DateTimeField(null=True, blank=True)
    ask_helped_on = models.DateField(null=True, blank=True, help_text="90 days after it was done")
    external_key = models.CharField("in the tracker", max_length=100, blank=True)
    external_url = models.URLField(max_length=500, blank=True)
    sync_state = models.CharField(max_length=20, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    source_key = models.CharField(max_length=100, blank=True, help_text="Its name where it was brought from")
    order = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    form_token = models.UUIDField(null=True, blank=True, unique=True)

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        db_table = "retros_actionitem"
        ordering = ["due_on", "priority", "pk"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="retros_actions_by_due"),
            models.Index(fields=["owner", "state"], name="retros_actions_of_owner"),
            # What Insights asks of a period, and of it alone.
            models.Index(fields=["due_on", "id"], name="action_items_by_due_day"),
            models.Index(fields=["created_at"], name="action_items_by_added"),
            models.Index(fields=["done_at"], name="action_items_by_done"),
            # What a list and the board begin with.
            models.Index(
                fields=["due_on", "priority", "id"],
                name="action_items_unfinished",
                condition=Q(state=ActionState.OPEN) | Q(state=ActionState.IN_PROGRESS),
            ),
            models.Index(fields=["state", "state_since"], name="action_items_by_change"),
            # Words inside a title, as icontains asks for them.
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="action_items_title"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="wont_do") | ~Q(wont_do_reason=""), name="retros_wont_do_has_reason"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("action_item", args=[self.pk])

    @property
    def reference(self) -> str:
        return reference_of_item(self.pk)

    @property
    def chain(self) -> str:
        """The audit chain it is told in: that of what it came from, or its own."""
        if self.retrospective_id:
            return f"retrospective:{self.retrospective_id}"
        return f"incident:{self.incident_id}" if self.incident_id else f"action:{self.pk}"

    def mail_group(self, about: str) -> str:
        """What is withdrawn together once it does not apply any more: about its `owner`, `due` day, `helped`, or
        a `conflict` with its ticket."""
        return f"action:{self.pk}:{about}"

    @property
    def lacking(self) -> list[str]:
        """What `unready` looks for and does not find, in words."""
        there = {
            "an owner": self.owner_id or self.team_id,
            "a due day": self.due_on,
            "how we will know": self.verification,
        }
        return [word for word, value in there.items() if not value]

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED_STATES

    @property
    def is_done(self) -> bool:
        return self.state in DONE_STATES

    @property
    def is_self_verified(self) -> bool:
        return self.verified_by_id is not None and self.verified_by_id == self.owner_id

    @property
    def is_overdue(self) -> bool:
        """By the reader's calendar."""
        return self.is_unfinished and self.due_on is not None and self.due_on < timezone.localdate()

    @property
    def is_at_risk(self) -> bool:
        """Due within seven days of the reader's calendar, and nobody has started."""
        today = timezone.localdate()
        return (
            self.state == ActionState.OPEN and self.due_on is not None and today <= self.due_on < today + SOON
        )

    @property
    def came_from(self) -> Incident | None:
        """The incident behind it, directly or by its retrospective."""
        return self.incident or (self.retrospective.incident if self.retrospective else None)

"""Tracked improvements."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Team
from incidents.models import Incident
from retros.models.causes import ContributingFactor
from retros.models.learnings import Learning
from retros.models.retrospective import Retrospective


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


class Helped(models.TextChoices):
    YES = "yes", "It helped"
    PARTLY = "partly", "It helped in part"
    NO = "no", "It did not help"
    TOO_EARLY = "too_early", "Too early to say"


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    def visible_to(self, user: Any) -> "ActionItemQuerySet":
        """As far as what they come from is in `user`'s reach; an owner always sees their own."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        from_retrospective = Q(retrospective__in=Retrospective.objects.visible_to(user))
        from_incident = Q(retrospective__isnull=True, incident__in=Incident.objects.visible_to(user))
        from_neither = Q(retrospective__isnull=True, incident__isnull=True)
        return self.filter(from_retrospective | from_incident | from_neither | Q(owner=user))

    def unfinished(self) -> "ActionItemQuerySet":
        return self.filter(state__in=UNFINISHED_STATES)


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
    state = models.CharField(max_length=20, choices=ActionState, default=ActionState.OPEN)
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
        ordering = ["due_on", "priority", "pk"]
        indexes = [models.Index(fields=["state", "due_on"], name="retros_actions_by_due")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="wont_do") | ~Q(wont_do_reason=""), name="retros_wont_do_has_reason"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        return f"ACT-{self.pk}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED_STATES

"""Trackers that action items are synced with, the projects that tickets are made in, and people of both sides."""

import secrets
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Team, User
from trackers.face import Access, Field, Problem
from trackers.kinds import KINDS, KindFacts
from trackers.translating import Table, Tables

LEASE = timedelta(minutes=2)  # how long a worker has for a turn, before another one may take it
LONGEST_PROBLEM = 300
MOST_PROJECTS = 50
"""Of one tracker."""
FIELDS = [Field.TITLE, Field.STATE, Field.OWNER, Field.DUE, Field.PRIORITY]


class Creates(models.TextChoices):
    BY_HAND = "by_hand", "When someone asks"
    ALWAYS = "always", "For every action item of the team"
    NEVER = "never", "Never, only link them"


PROBLEMS = [(problem.value, problem.value) for problem in Problem]


def all_fields() -> list[str]:
    return [field.value for field in FIELDS]


def new_hook_secret() -> str:
    """256 random bits: what the tracker signs its webhooks with. Written as GitLab wants them (standardwebhooks.com)."""
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"


class TrackerQuerySet(models.QuerySet["Tracker"]):
    def working(self) -> "TrackerQuerySet":
        return self.filter(paused_at=None)

    def awake(self, now: datetime) -> "TrackerQuerySet":
        """Those that may be asked now."""
        return self.working().filter(Q(retry_at=None) | Q(retry_at__lte=now))


class Tracker(models.Model):
    """One tracker as one account of it sees it. `secret` is never shown again.

    `account` is who changes action items for it. A worker looks at it at `look_at` (`found`: what it may see), and
    asks at `sweep_at` what changed since `swept_until`.
    """

    FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)
    LOOKS_EVERY = timedelta(days=1)
    SWEEPS_EVERY = timedelta(minutes=1)
    OVERLAP = timedelta(minutes=5)
    """How far two sweeps reach into each other: clocks differ, and some trackers list a change only after a while."""

    kind = models.CharField(max_length=30)  # of trackers.kinds
    name = models.CharField(
        max_length=80, unique=True, error_messages={"unique": "Another tracker has this name."}
    )
    url = models.CharField("address", max_length=500)
    user_name = models.CharField(max_length=200, blank=True)
    secret = models.CharField("token", max_length=2000)
    hook_secret = models.CharField(max_length=200, default=new_hook_secret)
    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", help_text="Who it acts as")
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    look_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    looked_at = models.DateTimeField(null=True, blank=True)
    found = models.JSONField(default=dict, blank=True)  # account, projects, warning: as `look` of its client
    sweep_at = models.DateTimeField(default=timezone.now)
    swept_until = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=12, choices=PROBLEMS, blank=True)
    problem_words = models.CharField(max_length=LONGEST_PROBLEM, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True, help_text="It is not asked before")
    hook_at = models.DateTimeField(null=True, blank=True, help_text="When its last webhook came")
    hook_refused_at = models.DateTimeField(null=True, blank=True)

    objects = TrackerQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [
            models.Index(fields=["sweep_at"], name="tracker_sweeps"),
            models.Index(fields=["look_at"], name="tracker_looks", condition=Q(look_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tracker", args=[self.pk])

    @property
    def facts(self) -> KindFacts:
        return KINDS[self.kind]

    @property
    def access(self) -> Access:
        return Access(kind=self.kind, url=self.url, secret=self.secret, user_name=self.user_name)

    @property
    def is_looking(self) -> bool:
        """Whether a worker is about to test the connection, or at it: not while the tracker is left alone."""
        now = timezone.now()
        is_asleep = self.paused_at is not None or (self.retry_at is not None and self.retry_at > now)
        return self.look_at is not None and self.look_at <= now + LEASE and not is_asleep

    @property
    def is_limited(self) -> bool:
        return (
            self.problem == Problem.LIMITED and self.retry_at is not None and self.retry_at > timezone.now()
        )


class TrackerProject(models.Model):
    """A project whose tickets are synced: what its states and priorities mean here, and for whom tickets are made.

    `states` and `priorities` each have `choices` ([pk, name] there, in their order), `means` and `sets` (Table).
    """

    tracker = models.ForeignKey(Tracker, on_delete=models.CASCADE, related_name="projects")
    remote_id = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    url = models.CharField(max_length=500, blank=True)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="Whose action items get their tickets here",
    )  # fmt: skip
    creates = models.CharField("create tickets", max_length=8, choices=Creates, default=Creates.BY_HAND)
    type = models.CharField("type of ticket", max_length=100, blank=True)
    types = models.JSONField(default=list, blank=True)
    labels = models.CharField(max_length=300, blank=True, help_text="Separated by commas")
    extra = models.JSONField("other fields", default=dict, blank=True)
    synced_fields = ArrayField(models.CharField(max_length=10), default=all_fields)
    is_set_up = models.BooleanField(
        default=True, help_text="By an administrator. Else a linked ticket was moved there"
    )
    states = models.JSONField(default=dict, blank=True)
    priorities = models.JSONField(default=dict, blank=True)
    look_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    looked_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=12, choices=PROBLEMS, blank=True)
    problem_words = models.CharField(max_length=LONGEST_PROBLEM, blank=True)

    class Meta:
        ordering = ["tracker__name", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["tracker", "remote_id"], name="one_project_per_tracker"),
        ]
        indexes = [
            models.Index(fields=["look_at"], name="project_looks", condition=Q(look_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tracker_project", args=[self.tracker_id, self.pk])

    @property
    def is_looking(self) -> bool:
        return self.look_at is not None and self.look_at <= timezone.now() + LEASE

    @property
    def label_list(self) -> tuple[str, ...]:
        return tuple(label.strip() for label in self.labels.split(",") if label.strip())

    def tables(self, people: Table) -> Tables:
        return Tables(states=_table(self.states), priorities=_table(self.priorities), people=people)


def _table(stored: dict[str, Any]) -> Table:
    return Table(means=stored.get("means", {}), sets=stored.get("sets", {}))


class TrackerPerson(models.Model):
    """Somebody of a tracker, and who that is here."""

    tracker = models.ForeignKey(Tracker, on_delete=models.CASCADE, related_name="people")
    remote_id = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254, blank=True)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    is_chosen = models.BooleanField(default=False, help_text="By an administrator, not by the e-mail address")

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["tracker", "remote_id"], name="one_person_per_tracker"),
        ]

    def __str__(self) -> str:
        return self.name


def people_of(tracker: Tracker) -> Table:
    """Who is who. Of several accounts of one person the first is the one that is set."""
    rows = TrackerPerson.objects.filter(tracker=tracker, user__isnull=False).order_by("pk")
    means = {remote_id: str(user) for remote_id, user in rows.values_list("remote_id", "user")}
    sets: dict[str, str] = {}
    for pk, user in means.items():
        sets.setdefault(user, pk)
    return Table(means, sets)

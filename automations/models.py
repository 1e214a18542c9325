"""Automations of services, and their runs on incidents."""

from datetime import timedelta

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Team, User
from incidents.models import Incident, Mitigation, Service
from notifications.addresses import shown_address

MOST_AUTOMATIONS = 12
"""Of one service."""
LONGEST_TEMPLATE = 4_000
LONGEST_ANSWER = 2_000
LONGEST_PROBLEM = 300


class Preset(models.TextChoices):
    GITHUB = "github", "GitHub workflow"
    GITLAB = "gitlab", "GitLab pipeline"
    RUNDECK = "rundeck", "Rundeck job"
    JENKINS = "jenkins", "Jenkins job"
    FLAG = "flag", "Feature flag"
    WEBHOOK = "webhook", "Signed webhook"
    OTHER = "other", "Another HTTP request"


class Method(models.TextChoices):
    POST = "POST", "POST"
    PUT = "PUT", "PUT"
    PATCH = "PATCH", "PATCH"
    DELETE = "DELETE", "DELETE"


IDEMPOTENT = (Method.PUT, Method.DELETE)
"""Sent twice, they have the effect of one (RFC 9110, 9.2.2)."""


class Content(models.TextChoices):
    NONE = "none", "Nothing"
    JSON = "json", "A JSON body"
    FORM = "form", "A form body"
    QUERY = "query", "Parameters of the address"


class SignIn(models.TextChoices):
    NONE = "none", "No sign-in"
    BEARER = "bearer", "Bearer token"
    BASIC = "basic", "User name and password"
    SIGNATURE = "signature", "Signature (Standard Webhooks)"


class MayRun(models.TextChoices):
    RESPONDERS = "responders", "Responders"
    COMMANDER = "commander", "The commander of the incident"
    NAMED = "named", "Certain teams and people"


class AutomationQuerySet(models.QuerySet["Automation"]):
    def with_places(self) -> "AutomationQuerySet":
        return self.select_related("service", "reversed_by").prefetch_related("people", "teams")

    def in_order(self) -> "AutomationQuerySet":
        return self.order_by("service__tier", "service__name", "order", "name", "pk")

    def of_incident(self, incident: Incident) -> "AutomationQuerySet":
        """Those of the services that are or were affected."""
        hit = incident.affected_services.values("service")
        return self.filter(service__in=hit).with_places().in_order()


class Automation(models.Model):
    """An HTTP request that an administrator defined, which people run on incidents of its service.

    `url` is fixed. `template` is JSON whose texts may have placeholders; `headers` and `inputs` have one entry a line
    (automations/filling.py). `secret` is never shown again. A run asked for before `changed_at` is not carried out.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="automations")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    preset = models.CharField("kind", max_length=10, choices=Preset, default=Preset.OTHER)
    mitigation_kind = models.CharField(max_length=20, choices=Mitigation.Kind, default=Mitigation.Kind.OTHER)
    method = models.CharField(max_length=6, choices=Method, default=Method.POST)
    url = models.CharField("address", max_length=1000)
    content = models.CharField("what is sent", max_length=5, choices=Content, default=Content.JSON)
    template = models.TextField(blank=True, validators=[MaxLengthValidator(LONGEST_TEMPLATE)])
    headers = models.TextField(blank=True, validators=[MaxLengthValidator(LONGEST_TEMPLATE)])
    sign_in = models.CharField("sign-in", max_length=9, choices=SignIn, default=SignIn.NONE)
    user_name = models.CharField(max_length=200, blank=True)
    secret = models.CharField(max_length=2000, blank=True)
    inputs = models.TextField(blank=True, validators=[MaxLengthValidator(LONGEST_TEMPLATE)])
    may_run = models.CharField("who may run it", max_length=10, choices=MayRun, default=MayRun.RESPONDERS)
    people = models.ManyToManyField(User, blank=True, related_name="+")
    teams = models.ManyToManyField(Team, blank=True, related_name="+")
    needs_confirmation = models.BooleanField("a second person confirms", default=False)
    reversed_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="reverses"
    )
    order = models.PositiveSmallIntegerField(default=100)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = AutomationQuerySet.as_manager()

    class Meta:
        ordering = ["service__name", "order", "name"]
        constraints = [
            models.UniqueConstraint(fields=["service", "name"], name="one_automation_of_a_name_per_service")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("automation", args=[self.pk])

    @property
    def shown_address(self) -> str:
        """For those who run it: administrators alone see the whole."""
        return shown_address(self.url)


class RunState(models.TextChoices):
    REQUESTED = "requested", "Needs confirmation"
    WAITING = "waiting", "Starting"
    CALLING = "calling", "Running"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    NOT_SENT = "not_sent", "Not sent"
    UNKNOWN = "unknown", "May have run"
    REFUSED = "refused", "Refused"
    EXPIRED = "expired", "Not confirmed in time"


UNFINISHED = (RunState.REQUESTED, RunState.WAITING, RunState.CALLING)
NOT_ENDED = Q(state="requested") | Q(state="waiting") | Q(state="calling")
"""The same for indexes, not as a list: restored from a dump, PostgreSQL would write that in another way."""
FAILED = (RunState.REJECTED, RunState.NOT_SENT, RunState.UNKNOWN)
MAY_HAVE_RUN = (RunState.ACCEPTED, RunState.UNKNOWN)


class RunQuerySet(models.QuerySet["AutomationRun"]):
    def visible_to(self, user: User) -> "RunQuerySet":
        return self.filter(incident__in=Incident.objects.visible_to(user))

    def with_people(self) -> "RunQuerySet":
        return self.select_related(
            "pressed_by", "decided_by", "mitigation", "incident", "reverses"
        ).prefetch_related(models.Prefetch("automation", Automation.objects.with_places()))

    def newest_first(self) -> "RunQuerySet":
        return self.order_by("-pressed_at", "-pk")

    def with_reversals(self) -> "RunQuerySet":
        """`is_reversed`: whether a reversal of it is on its way or done. `is_repeated`: it was run again."""
        undone = AutomationRun.objects.filter(
            reverses=OuterRef("pk"), state__in=(*UNFINISHED, RunState.ACCEPTED)
        )
        again = AutomationRun.objects.filter(repeats=OuterRef("pk")).exclude(
            state__in=(RunState.REFUSED, RunState.EXPIRED)
        )
        return self.annotate(is_reversed=Exists(undone), is_repeated=Exists(again))


class AutomationRun(models.Model):
    """One press of an automation on an incident: what was sent, who decided, and the answer.

    `values` are what placeholders stood for, without the secret; `sent` is the request as pages show it. Its target is
    called at most once: by the worker that took it from waiting to calling. `target` is where, for its lane.
    """

    CONFIRM_WITHIN = timedelta(minutes=15)
    START_WITHIN = timedelta(minutes=5)
    """What no worker took by then is not called any more: nobody expects it hours later."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="automation_runs")
    automation = models.ForeignKey(Automation, null=True, on_delete=models.SET_NULL, related_name="runs")
    name = models.CharField(max_length=80)
    mitigation = models.ForeignKey(
        Mitigation, null=True, on_delete=models.SET_NULL, related_name="automation_runs"
    )
    reverses = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="reversals")
    repeats = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="repetitions")
    values = models.JSONField(default=dict)
    sent = models.JSONField(default=dict)
    target = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=RunState)
    pressed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    pressed_at = models.DateTimeField()
    confirm_until = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.CharField(max_length=LONGEST_ANSWER, blank=True)
    took = models.FloatField(null=True, blank=True)  # seconds
    problem = models.CharField(max_length=LONGEST_PROBLEM, blank=True)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-pressed_at", "-pk"]
        indexes = [
            models.Index(
                fields=["state", "pressed_at"],
                name="unfinished_runs",
                condition=NOT_ENDED,
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "automation"],
                condition=NOT_ENDED,
                name="one_unfinished_run_per_automation",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("automation_run", args=[self.incident.reference, self.pk])

    @property
    def took_words(self) -> str:
        """“120 ms” · “2.4 s”; empty where nothing was called."""
        if self.took is None:
            return ""
        return f"{self.took * 1000:.0f} ms" if self.took < 1 else f"{self.took:.1f} s"

    @property
    def inputs(self) -> dict[str, str]:
        """What was chosen and typed when it was run, by the names of the inputs."""
        return {
            name.removeprefix("input."): text
            for name, text in self.values.items()
            if name.startswith("input.")
        }

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def is_failed(self) -> bool:
        return self.state in FAILED

    @property
    def is_idempotent(self) -> bool:
        return self.sent.get("method") in IDEMPOTENT

    @property
    def may_be_reversed(self) -> bool:
        """Whether its reversal can be offered: it may have had an effect, and an administrator said what undoes it."""
        return bool(
            self.state in MAY_HAVE_RUN
            and self.reverses_id is None
            and self.automation
            and self.automation.reversed_by
        )

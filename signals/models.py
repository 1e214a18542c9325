"""Data sources, signals, their samples, and what is asked of them in incidents."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Team, User
from incidents.models import CheckState, Hypothesis, Incident, Mitigation, RecoveryCheck, Service
from timeline.models import Evidence

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LONGEST_QUERY = 2_000
LONGEST_PROBLEM = 300
MOST_SIGNALS = 12
"""Of one service."""
MOST_SHOWN = 24
"""Of one incident."""


class SourceKind(models.TextChoices):
    PROMETHEUS = "prometheus", "Prometheus"
    LOKI = "loki", "Loki"
    JSON = "json", "JSON address"
    ALERTMANAGER = "alertmanager", "Alertmanager"


class SignIn(models.TextChoices):
    NONE = "none", "No sign-in"
    BEARER = "bearer", "Bearer token"
    BASIC = "basic", "User name and password"


class DataSourceQuerySet(models.QuerySet["DataSource"]):
    def with_values(self) -> "DataSourceQuerySet":
        """Those that signals can be read from."""
        return self.exclude(kind=SourceKind.ALERTMANAGER)

    def silencing(self) -> "DataSourceQuerySet":
        """Those that alerts can be silenced in."""
        return self.filter(kind=SourceKind.ALERTMANAGER)


class DataSource(models.Model):
    """Where the values of signals come from, or where alerts are silenced. `secret` is never shown again."""

    FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=15)

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=12, choices=SourceKind)
    url = models.CharField("address", max_length=1000)
    sign_in = models.CharField("sign-in", max_length=8, choices=SignIn, default=SignIn.NONE)
    user_name = models.CharField(max_length=200, blank=True)
    secret = models.CharField("token or password", max_length=2000, blank=True)
    tenant = models.CharField(max_length=200, blank=True, help_text="Sent as X-Scope-OrgID")
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=LONGEST_PROBLEM, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)

    objects = DataSourceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("data_source", args=[self.pk])


class RangeKind(models.TextChoices):
    NONE = "none", "No normal range"
    FIXED = "fixed", "Fixed"
    USUAL = "usual", "As the same hour of the last four weeks"


class SignalQuerySet(models.QuerySet["Signal"]):
    def with_places(self) -> "SignalQuerySet":
        return self.select_related("service", "source", "owner")

    def in_order(self) -> "SignalQuerySet":
        return self.order_by("service__tier", "service__name", "order", "name", "pk")

    def of_incident(self, incident: Incident) -> "SignalQuerySet":
        """Those of the services that are or were affected."""
        hit = incident.affected_services.values("service")
        return self.filter(service__in=hit).with_places().in_order()


class Signal(models.Model):
    """A query of a service: one number a minute.

    From `covered_from` to `covered_until` everything there is has been fetched; minutes without a sample had none.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="signals")
    name = models.CharField(max_length=80)
    source = models.ForeignKey(
        DataSource, on_delete=models.PROTECT, related_name="signals", verbose_name="data source"
    )
    query = models.TextField(validators=[MaxLengthValidator(LONGEST_QUERY)])
    path = models.CharField(max_length=500, blank=True, help_text="Of a JSON address: what follows it")
    unit = models.CharField(max_length=12, blank=True)
    range_kind = models.CharField("normal range", max_length=6, choices=RangeKind, default=RangeKind.NONE)
    low = models.FloatField("from", null=True, blank=True)
    high = models.FloatField("to", null=True, blank=True)
    owner = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    order = models.PositiveSmallIntegerField(default=100)
    covered_from = models.DateTimeField(null=True, blank=True)
    covered_until = models.DateTimeField(null=True, blank=True)
    last_value = models.FloatField(null=True, blank=True)
    last_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=LONGEST_PROBLEM, blank=True)
    problem_since = models.DateTimeField(null=True, blank=True)

    objects = SignalQuerySet.as_manager()

    class Meta:
        ordering = ["service__name", "order", "name"]
        constraints = [
            models.UniqueConstraint(fields=["service", "name"], name="one_signal_of_a_name_per_service")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("signal", args=[self.pk])


class SampleHour(models.Model):
    """The samples of one hour, one a minute; None where there was no number."""

    KEPT = timedelta(days=30)

    signal = models.ForeignKey(Signal, on_delete=models.CASCADE, related_name="hours")
    hour = models.DateTimeField()
    values = ArrayField(models.FloatField(null=True), size=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["signal", "hour"], name="one_row_per_hour")]
        indexes = [models.Index(fields=["hour"], name="samples_by_age")]

    def __str__(self) -> str:
        return f"{self.signal_id} {self.hour:%Y-%m-%d %H:00}"


class UsualRange(models.Model):
    """Between which values a signal was in the same hour of the four weeks before. Both None: too little is known."""

    signal = models.ForeignKey(Signal, on_delete=models.CASCADE, related_name="usual")
    hour = models.DateTimeField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["signal", "hour"], name="one_usual_range_per_hour")]

    def __str__(self) -> str:
        return f"{self.signal_id} {self.hour:%Y-%m-%d %H:00}"


class Look(models.Model):
    """That somebody looks at the signals of an incident: they are refreshed while it is open and for ten minutes on."""

    LASTS = timedelta(minutes=10)
    EVERY = timedelta(minutes=1)

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="look_at_signals")
    looked_at = models.DateTimeField()
    refresh_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["refresh_at"], name="look_due")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.looked_at:%H:%M}"


class SignalCheck(models.Model):
    """A recovery check that runs by itself: `check_row.minutes` the signal must stay normal."""

    check_row = models.OneToOneField(RecoveryCheck, on_delete=models.CASCADE, related_name="by_signal")
    signal = models.ForeignKey(Signal, on_delete=models.CASCADE, related_name="checks")
    added_at = models.DateTimeField(default=timezone.now)
    normal_since = models.DateTimeField(null=True, blank=True)
    proof = models.ForeignKey(Evidence, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = "recovery check"

    def __str__(self) -> str:
        return f"{self.signal_id}: {self.check_row_id}"

    @property
    def is_running(self) -> bool:
        return self.check_row.state in (CheckState.OPEN, CheckState.WATCHING)

    @property
    def fails_at(self) -> datetime | None:
        """When it has failed, if it is not normal by then."""
        since, minutes = self.check_row.watching_since, self.check_row.minutes or 0
        return max(since, self.added_at) + timedelta(minutes=max(3 * minutes, 30)) if since else None


class Comparison(models.TextChoices):
    NORMAL = "normal", "is normal"
    BELOW = "below", "falls below"
    ABOVE = "above", "rises above"


class ExpectationState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    MET = "met", "Prediction met"
    MISSED = "missed", "Prediction not met"


class Expectation(models.Model):
    """What a hypothesis predicts of a signal, or what a mitigation is expected to do to it.

    It counts from when its mitigation is applied: its own, or the one that a hypothesis is tested by.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="expectations")
    hypothesis = models.OneToOneField(
        Hypothesis, null=True, blank=True, on_delete=models.CASCADE, related_name="expectation"
    )
    mitigation = models.OneToOneField(
        Mitigation, null=True, blank=True, on_delete=models.CASCADE, related_name="expectation"
    )
    tested_by = models.ForeignKey(
        Mitigation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    signal = models.ForeignKey(Signal, on_delete=models.CASCADE, related_name="expectations")
    comparison = models.CharField(max_length=6, choices=Comparison, default=Comparison.NORMAL)
    value = models.FloatField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=5)
    counts_from = models.DateTimeField(help_text="Where no mitigation says when")
    state = models.CharField(max_length=7, choices=ExpectationState, default=ExpectationState.WAITING)
    value_before = models.FloatField(null=True, blank=True)
    observed_value = models.FloatField(null=True, blank=True)
    observed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hypothesis__isnull=True) ^ Q(mitigation__isnull=True),
                name="expectation_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.signal} {self.get_comparison_display()}"


class TrialQuerySet(models.QuerySet["Trial"]):
    def waiting(self, now: datetime) -> "TrialQuerySet":
        """Not answered; one that a worker took and lost is taken again."""
        lost = now - Trial.LOST_AFTER
        return self.filter(answered_at=None).filter(Q(claimed_at=None) | Q(claimed_at__lt=lost))


class Trial(models.Model):
    """A query that an administrator tries, or a source that is tested (without a query). A worker answers it."""

    KEPT = timedelta(days=1)
    LOST_AFTER = timedelta(minutes=2)
    SPAN = timedelta(hours=3)

    source = models.ForeignKey(DataSource, on_delete=models.CASCADE, related_name="trials")
    query = models.TextField(blank=True, validators=[MaxLengthValidator(LONGEST_QUERY)])
    path = models.CharField(max_length=500, blank=True)
    unit = models.CharField(max_length=12, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=LONGEST_PROBLEM, blank=True)
    took = models.FloatField(null=True, blank=True)  # seconds
    points = models.JSONField(default=list, blank=True)  # [seconds since 1970, value]

    objects = TrialQuerySet.as_manager()

    class Meta:
        ordering = [F("asked_at").desc()]
        indexes = [
            models.Index(fields=["asked_at"], name="trial_waiting", condition=Q(answered_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.query or f"Test of {self.source_id}"

    @property
    def is_test(self) -> bool:
        return not self.query

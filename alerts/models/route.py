"""Routes: the ordered rules of the installation that say what an alert becomes."""

from datetime import timedelta
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse

from accounts.models import Team
from alerts.deciding.rules import Becomes, GroupBy, LabelRule, Outcome, Rule
from core.jmespaths import LONGEST_EXPRESSION, ExpressionError, check_expression
from core.kept_queries import Kept, keep
from incidents.models import IncidentType, Service, Severity

MOST_ROUTES = 100
MOST_IN_LIST = 50
"""Severity words, labels and words of one route."""
LONGEST_WORD = 200
MOST_MINUTES = 7 * 24 * 60


class RouteQuerySet(models.QuerySet["Route"]):
    def in_order(self) -> "RouteQuerySet":
        return self.order_by("position", "pk")

    def with_places(self) -> "RouteQuerySet":
        return self.select_related("severity", "incident_type", "owner_team").prefetch_related(
            "integrations", "services", "outcomes__severity"
        )


def _minutes(least: int) -> list[Any]:
    return [MinValueValidator(least), MaxValueValidator(MOST_MINUTES)]


class Route(models.Model):
    """The first route that is on and matches an alert decides what it becomes. What is empty matches everything."""

    position = models.PositiveIntegerField(default=0, editable=False)
    name = models.CharField(max_length=80, unique=True)
    is_active = models.BooleanField(default=True)
    integrations = models.ManyToManyField("integrations.Integration", blank=True, related_name="routes")
    services = models.ManyToManyField(Service, blank=True, related_name="routes")
    is_of_integrations = models.BooleanField(
        default=False, editable=False, help_text="Of some only: when they are all deleted, it matches nothing"
    )
    is_of_services = models.BooleanField(default=False, editable=False)
    severities = models.JSONField(default=list, blank=True, help_text="The sender's own words")
    labels = models.JSONField(default=list, blank=True, help_text="name = value, name != value")
    title_words = models.JSONField(default=list, blank=True, help_text="All of them are in the title")
    title_without = models.JSONField(default=list, blank=True, help_text="None of them is in the title")
    expression = models.CharField(max_length=LONGEST_EXPRESSION, blank=True, help_text="A JMESPath")
    becomes = models.CharField(max_length=10, choices=Becomes, default=Becomes.RECORD)
    severity = models.ForeignKey(Severity, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    incident_type = models.ForeignKey(
        IncidentType, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    attaches_first = models.BooleanField(default=True)
    group_by = models.CharField(max_length=10, choices=GroupBy, default=GroupBy.ALERT)
    group_labels = models.JSONField(default=list, blank=True)
    window_minutes = models.PositiveIntegerField(default=60, validators=_minutes(1))
    times = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(1000)])
    times_minutes = models.PositiveIntegerField(default=30, validators=_minutes(1))
    firing_minutes = models.PositiveIntegerField(default=0, validators=_minutes(0))
    is_quiet_in_maintenance = models.BooleanField(default=False)
    owner_team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="alert_routes"
    )

    objects = RouteQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("alert_route", args=[self.pk])

    @classmethod
    def active_rules(cls) -> tuple[Rule, ...]:
        """All that are on, in their order, as plain values: one statement, however many there are."""
        rows: list[Any] = _rules().rows({})
        return tuple(
            row.rule(
                integrations=row.integration_ids,
                services=row.service_ids,
                outcomes={
                    one["word"].casefold(): Outcome(one["becomes"], one["severity"]) for one in row.said
                },
            )
            for row in rows
        )

    @property
    def matches_nothing(self) -> bool:
        """Whether all integrations or services that it is of are gone."""
        is_without_integrations = self.is_of_integrations and not self.integrations.all()
        return is_without_integrations or (self.is_of_services and not self.services.all())

    def clean(self) -> None:
        """Raises ValidationError naming the field."""
        faults: dict[str, str] = {}
        for name in ("severities", "labels", "title_words", "title_without", "group_labels"):
            rows = getattr(self, name)
            if not isinstance(rows, list) or not all(isinstance(one, str) and one.strip() for one in rows):
                faults[name] = "Write a list of texts."
            elif len(rows) > MOST_IN_LIST or any(len(one) > LONGEST_WORD for one in rows):
                faults[name] = f"Write at most {MOST_IN_LIST} entries of {LONGEST_WORD} characters."
        try:
            for line in self.labels if "labels" not in faults else ():
                LabelRule.read(line)
        except ValueError as fault:
            faults["labels"] = str(fault)
        try:
            check_expression(self.expression or "@")
        except ExpressionError as fault:
            faults["expression"] = str(fault)
        if self.group_by == GroupBy.LABELS and not self.group_labels:
            faults["group_labels"] = "Name the labels by which alerts belong together."
        if faults:
            raise ValidationError(faults)

    def rule(
        self, *, integrations: Any, services: Any, outcomes: dict[str, Outcome], key: Any = None
    ) -> Rule:
        """Its values as routing and the trial read them."""
        return Rule(
            key=key or self.pk,
            name=self.name,
            default=Outcome(self.becomes, self.severity_id),
            integrations=frozenset(integrations) if self.is_of_integrations else None,
            services=frozenset(services) if self.is_of_services else None,
            severities=frozenset(word.casefold() for word in self.severities),
            labels=tuple(LabelRule.read(line) for line in self.labels),
            with_words=tuple(word.casefold() for word in self.title_words),
            without_words=tuple(word.casefold() for word in self.title_without),
            expression=self.expression,
            outcomes=outcomes,
            incident_type=self.incident_type_id,
            attaches_first=self.attaches_first,
            group_by=self.group_by,
            group_labels=tuple(self.group_labels),
            window=timedelta(minutes=self.window_minutes),
            times=self.times,
            times_within=timedelta(minutes=self.times_minutes),
            firing_for=timedelta(minutes=self.firing_minutes),
            is_quiet_in_maintenance=self.is_quiet_in_maintenance,
        )


@cache
def _rules() -> Kept[Any]:
    """Routes that are on, in their order, with what they point to: asked for every payload."""
    integrations: Any = Route.integrations.through.objects.filter(route=OuterRef("pk"))
    services: Any = Route.services.through.objects.filter(route=OuterRef("pk"))
    outcomes = RouteOutcome.objects.filter(route=OuterRef("pk"))
    said = JSONObject(word="word", becomes="becomes", severity="severity_id")
    rows = Route.objects.filter(is_active=True).annotate(
        integration_ids=ArraySubquery(integrations.values("integration_id")),
        service_ids=ArraySubquery(services.values("service_id")),
        said=ArraySubquery(outcomes.values_list(said)),
    )
    return keep(rows.in_order())


class RouteOutcome(models.Model):
    """What alerts become that the sender calls `word`, in place of what others of the route become."""

    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="outcomes")
    word = models.CharField(max_length=60, help_text="The sender's own word of a severity")
    becomes = models.CharField(max_length=10, choices=Becomes)
    severity = models.ForeignKey(Severity, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["route", "word"], name="one_outcome_per_word"),
        ]

    def __str__(self) -> str:
        return f"{self.word}: {self.get_becomes_display()}"

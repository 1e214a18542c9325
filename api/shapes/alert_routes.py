"""Routes of alerts, and what a trial of one tells."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from alerts.deciding.rules import Becomes
from alerts.models import Route, RouteOutcome
from alerts.permissions import can_read_routes
from api.shapes.alerts import IntegrationName
from api.shapes.base import Shape
from api.shapes.catalogue import IncidentTypeName, ServiceName, SeverityName, TeamName
from api.times import UtcField


def _texts() -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), read_only=True)


class RouteOutcomeShape(serializers.ModelSerializer):
    """What alerts with a severity word become, with our severity."""

    becomes = serializers.ChoiceField(choices=Becomes.choices)
    severity = SeverityName(allow_null=True)

    class Meta:
        model = RouteOutcome
        fields = ["becomes", "severity"]


class AlertRouteShape(Shape):
    """A rule that says what alerts become. The first that is active and matches decides. What is empty matches all."""

    integrations = IntegrationName(many=True)
    services = ServiceName(many=True)
    severities = _texts()
    labels = _texts()
    title_words = _texts()
    title_without = _texts()
    group_labels = _texts()
    severity = SeverityName(allow_null=True)
    incident_type = IncidentTypeName(allow_null=True)
    owner_team = TeamName(allow_null=True)
    outcomes = serializers.SerializerMethodField()
    matches_nothing = serializers.BooleanField(
        read_only=True, help_text="All integrations or services that it named were deleted."
    )

    class Meta:
        model = Route
        fields = [
            "id",
            "position",
            "name",
            "is_active",
            "integrations",
            "services",
            "severities",
            "labels",
            "title_words",
            "title_without",
            "expression",
            "becomes",
            "severity",
            "incident_type",
            "outcomes",
            "attaches_first",
            "group_by",
            "group_labels",
            "window_minutes",
            "times",
            "times_minutes",
            "firing_minutes",
            "is_quiet_in_maintenance",
            "owner_team",
            "matches_nothing",
        ]

    order: ClassVar = ("position", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        rows = Route.objects.with_places()
        return rows if can_read_routes(user) else rows.none()

    @extend_schema_field(serializers.DictField(child=RouteOutcomeShape()))
    def get_outcomes(self, route: Route) -> dict[str, Any]:
        """By the sender's severity word, in small letters."""
        return {one.word: RouteOutcomeShape(one).data for one in route.outcomes.all()}


class TrialIncident(serializers.Serializer):
    """An incident that the route would have opened."""

    at = UtcField()
    is_declared = serializers.BooleanField()
    title = serializers.CharField()
    service = serializers.CharField(help_text="The slug, or the sender’s name of it.")
    alerts = serializers.IntegerField()
    declared_by_hand = serializers.CharField(
        help_text="The reference of an incident like it that people declared."
    )


class TrialAttached(serializers.Serializer):
    at = UtcField()
    title = serializers.CharField()
    incident = serializers.CharField(
        help_text="One that people declared. Empty: one that another route or the integration would have opened."
    )


class AlertRouteTrial(serializers.Serializer):
    """What a route would have done with stored alerts. Nothing was changed."""

    since = UtcField()
    until = UtcField()
    is_cut = serializers.BooleanField(help_text="There was more than a trial reads, so it covers less time.")
    stored = serializers.IntegerField(help_text="Alerts that fired in this time.")
    matched = serializers.IntegerField()
    taken_before = serializers.IntegerField(help_text="Alerts that fit, of which a route before it decides.")
    suspected = serializers.IntegerField()
    declared = serializers.IntegerField()
    attached = serializers.IntegerField(help_text="Alerts, to incidents that it would not have opened.")
    recorded = serializers.IntegerField()
    opened = TrialIncident(many=True)
    attached_to = TrialAttached(many=True)


class NoisyRuleIntegration(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class NoisyAlertRule(serializers.Serializer):
    """A rule of a sender, with how often it fired in the last 30 days and what that cost."""

    name = serializers.CharField()
    integration = NoisyRuleIntegration()
    firings = serializers.IntegerField()
    alerts = serializers.IntegerField()
    noise = serializers.IntegerField(help_text="Alerts that are marked as noise.")
    incidents = serializers.IntegerField()
    night_hours = serializers.IntegerField(
        help_text="Hours between 22:00 and 06:00, in the time zone of the organisation, in which it fired."
    )
    last_fired_at = UtcField()

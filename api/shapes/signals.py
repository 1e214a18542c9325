"""Data sources and signals, and what incidents show of them."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from api.fields import RecordId, Reference
from api.shapes.base import Shape
from api.shapes.catalogue import Name, ServiceName, TeamName
from api.shapes.incidents import of_incident
from api.times import UtcField
from signals.models import DataSource, Expectation, Signal, Trial


class DataSourceName(Name):
    class Meta:
        model = DataSource
        fields = ["id", "name", "kind"]


class SignalName(Name):
    class Meta:
        model = Signal
        fields = ["id", "name", "unit"]


class DataSourceShape(Shape):
    """Where values come from. Its token or password is never told."""

    has_secret = serializers.SerializerMethodField()

    class Meta:
        model = DataSource
        fields = [
            "id",
            "name",
            "kind",
            "url",
            "sign_in",
            "user_name",
            "has_secret",
            "tenant",
            "answered_at",
            "failing_since",
            "problem",
            "created_at",
        ]

    order: ClassVar = ("name",)

    @classmethod
    def rows(cls, user: User) -> Any:
        return DataSource.objects.all() if user.is_administrator else DataSource.objects.none()

    def get_has_secret(self, source: DataSource) -> bool:
        return bool(source.secret)


class SignalShape(Shape):
    """A query of a service, as it is set up. Without an `owner` it belongs to the team of the service."""

    service = ServiceName()
    source: Any = DataSourceName()
    owner = TeamName(allow_null=True)

    class Meta:
        model = Signal
        fields = [
            "id",
            "service",
            "name",
            "source",
            "query",
            "path",
            "unit",
            "range_kind",
            "low",
            "high",
            "owner",
            "order",
            "last_value",
            "last_at",
            "problem",
            "problem_since",
        ]

    order: ClassVar = ("pk",)

    @classmethod
    def rows(cls, user: User) -> Any:
        return Signal.objects.with_places() if user.is_administrator else Signal.objects.none()


@extend_schema_field({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2})
class Point(serializers.Field):
    """[seconds since 1970, value]"""

    def to_representation(self, value: Any) -> list[float]:
        return [float(part) for part in value]


class TrialShape(Shape):
    """A query that is tried, or a test. `answered_at` is null while a worker asks; `points` are [seconds, value]."""

    points = serializers.ListField(child=Point(), read_only=True)

    class Meta:
        model = Trial
        fields = ["id", "query", "path", "asked_at", "answered_at", "problem", "took", "points"]

    order: ClassVar = ("-asked_at", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        rows = Trial.objects.select_related("source")
        return rows.filter(asked_by=user) if user.is_administrator else rows.none()


class IncidentSignalShape(Shape):
    """A signal of a service that the incident affects, with its newest value."""

    service = ServiceName()
    source: Any = DataSourceName()
    source_failing_since = UtcField(source="source.failing_since", read_only=True, allow_null=True)
    source_problem = serializers.CharField(source="source.problem", read_only=True)

    class Meta:
        model = Signal
        fields = [
            "id",
            "service",
            "name",
            "source",
            "unit",
            "range_kind",
            "low",
            "high",
            "last_value",
            "last_at",
            "problem",
            "source_failing_since",
            "source_problem",
        ]

    order: ClassVar = ("pk",)

    @classmethod
    def rows(cls, user: User) -> Any:
        return Signal.objects.with_places()


class NormalShape(serializers.Serializer):
    """Between which values it is normal, for how long. Null is no limit."""

    start: Any = UtcField()
    end = UtcField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class SamplesShape(serializers.Serializer):
    """What is stored of a signal from an hour before the impact on: `points` are [seconds since 1970, value]."""

    start: Any = UtcField()
    end = UtcField()
    points = serializers.ListField(child=Point())
    normal = NormalShape(many=True)


class PredictionShape(Shape):
    """What a hypothesis predicts of a signal, or a mitigation is expected to do to it, and what was observed."""

    incident = Reference()
    hypothesis = RecordId()
    mitigation = RecordId()
    tested_by = RecordId()
    signal = SignalName()

    class Meta:
        model = Expectation
        fields = [
            "id",
            "incident",
            "hypothesis",
            "mitigation",
            "tested_by",
            "signal",
            "comparison",
            "value",
            "minutes",
            "state",
            "value_before",
            "observed_value",
            "observed_at",
        ]

    order: ClassVar = ("pk",)

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_incident(Expectation.objects.select_related("incident", "signal"), user)

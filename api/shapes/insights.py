"""Figures of Insights, and what people add to them."""

from typing import Any, ClassVar

from rest_framework import serializers

from accounts.models import User
from api.fields import ShownPerson
from api.shapes.base import Shape
from api.shapes.catalogue import SeverityName
from api.times import UtcField
from insights.models import Annotation, Goal, InsightsPdf
from insights.tables import COLUMN_KINDS


class MetricCellShape(serializers.Serializer):
    """A metric of some incidents: how many observations there are, what share of the incidents has them, and seconds."""

    count = serializers.IntegerField()
    coverage = serializers.FloatField(allow_null=True)
    mean = serializers.FloatField(allow_null=True)
    median = serializers.FloatField(allow_null=True)
    p90 = serializers.FloatField(allow_null=True)
    km_median = serializers.FloatField(allow_null=True)
    km_p90 = serializers.FloatField(allow_null=True)


class MetricCostShape(serializers.Serializer):
    low = serializers.FloatField()
    likely = serializers.FloatField()
    high = serializers.FloatField()


class MetricCohortShape(serializers.Serializer):
    """Which incidents are counted, and what is counted of them beside the lengths."""

    since = UtcField(allow_null=True)
    until = UtcField(allow_null=True)
    as_of = UtcField()
    incidents = serializers.IntegerField()
    active = serializers.IntegerField()
    left_out = serializers.DictField(child=serializers.IntegerField())
    updates_due = serializers.IntegerField()
    updates_on_time = serializers.IntegerField()
    cadence_compliance = serializers.FloatField(allow_null=True)
    followed_90_days = serializers.IntegerField()
    recurred_90_days = serializers.IntegerField()
    recurrence = serializers.FloatField(allow_null=True)
    recurred_while_action_open = serializers.IntegerField()
    user_minutes = serializers.FloatField(allow_null=True)
    user_minutes_coverage = serializers.FloatField(allow_null=True)
    cost = MetricCostShape(allow_null=True)
    cost_coverage = serializers.FloatField(allow_null=True)
    actions_due = serializers.IntegerField()
    actions_on_time = serializers.IntegerField()
    actions_on_time_share = serializers.FloatField(allow_null=True)


class MetricsShape(serializers.Serializer):
    """Every metric over all incidents asked for, and over each group of them."""

    unit = serializers.CharField(help_text="Of all lengths of time.")
    definitions = serializers.DictField(child=serializers.CharField())
    cohort = MetricCohortShape()
    all = serializers.DictField(child=MetricCellShape())
    groups = serializers.DictField(child=serializers.DictField(child=MetricCellShape()))


class InsightsTableColumnShape(serializers.Serializer):
    name = serializers.CharField()
    kind = serializers.ChoiceField(COLUMN_KINDS)


class InsightsTableShape(serializers.Serializer):
    """The numbers behind an answer; times in seconds, shares from 0 to 1."""

    caption = serializers.CharField()
    columns = InsightsTableColumnShape(many=True)
    rows = serializers.ListField(child=serializers.ListField())


class InsightsQuestionShape(serializers.Serializer):
    """A question and its answer in a sentence, with what it rests on."""

    key = serializers.CharField()
    question = serializers.CharField()
    headline = serializers.CharField()
    says = serializers.CharField()
    formula = serializers.CharField()
    count = serializers.IntegerField()
    coverage = serializers.FloatField(allow_null=True)


class InsightsAnswerShape(InsightsQuestionShape):
    tables = InsightsTableShape(many=True)


class AnnotationShape(Shape):
    """What happened on a day that may explain a change."""

    added_by = ShownPerson(allow_null=True)

    class Meta:
        model = Annotation
        fields = ["id", "day", "words", "kind", "added_by", "added_at"]

    order: ClassVar = ("-day", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return Annotation.objects.select_related("added_by")


class GoalShape(Shape):
    """How long a metric should take at most, in the median."""

    severity = SeverityName(allow_null=True)

    class Meta:
        model = Goal
        fields = ["metric", "severity", "seconds", "reached_by"]
        validators: ClassVar[list[Any]] = []

    order: ClassVar = ("metric", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return Goal.objects.select_related("severity")


class InsightsFileShape(Shape):
    """A PDF that the caller asked for: of all questions, of one, or the board pack."""

    class Meta:
        model = InsightsPdf
        fields = ["id", "key", "query", "state", "problem", "asked_at", "ready_at"]

    order: ClassVar = ("-pk",)

    @classmethod
    def rows(cls, user: User) -> Any:
        """Made as the person sees it: not for a token that does not reach what is private."""
        rows = InsightsPdf.objects.filter(asked_by=user)
        return rows.none() if user.hides_private else rows

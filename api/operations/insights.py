"""Insights: metrics with the filters of the pages, questions and their answers, goals, annotations, files."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from rest_framework import serializers

from accounts.models import Team
from api.errors import Unavailable
from api.fields import Body, body, choice, named, text
from api.parts import number, one_of
from api.registry import Call, item, listing, part, verb
from api.shapes.incidents import IncidentShape
from api.shapes.insights import (
    AnnotationShape,
    GoalShape,
    InsightsAnswerShape,
    InsightsFileShape,
    InsightsQuestionShape,
    MetricsShape,
)
from core.requested_files import file_answer
from incidents.models import IncidentType, Service, Severity
from insights import workflow
from insights.cohort import Access
from insights.definitions import BY_KEY, HEADLINES
from insights.describing import describe
from insights.filters import PERIODS, SENSIBLE, Asked, ask
from insights.models import AnnotationKind, Goal, InsightsPdf
from insights.observing import KEYS
from insights.pack_filters import PACK
from insights.panels import Panel
from insights.pdf import ask_for_insights_pdf
from insights.questions import ANSWERS, QUESTIONS
from insights.report import zone_of
from insights.tables import Behind, Table
from insights.time_limit import SECONDS, TooLong, limited
from insights.workflow import LONGEST_GOAL

one_of("insights_question", QUESTIONS, "A question that Insights answers.")
one_of("insights_metric", BY_KEY, "A metric.")
part(
    "annotation",
    lambda call, raw: AnnotationShape.rows(call.user).get(pk=number(raw)),
    shape=AnnotationShape,
    about="The id of an annotation.",
    number=True,
)
part(
    "insights_file",
    lambda call, raw: InsightsFileShape.rows(call.user).get(pk=number(raw)),
    shape=InsightsFileShape,
    about="The id of a PDF that the caller asked for.",
    number=True,
)


# -- what is asked ------------------------------------------------------------------------------------------


class Which(Body):
    """Which incidents; without any, every one."""

    severity = named(Severity.objects.all(), "name", required=False)
    incident_type = named(IncidentType.objects.all(), "name", required=False)
    service = named(Service.objects.all(), required=False)
    team = named(Team.objects.all(), required=False)


class InPeriod(Which):
    """As the pages have it: a period, in the days of where the person is, and which incidents."""

    period = choice(
        [*PERIODS], required=False, help_text="Days, all, or own with since and until. 90 by default."
    )
    since = serializers.DateField(required=False, validators=SENSIBLE)
    until = serializers.DateField(required=False, validators=SENSIBLE)


def measured_by() -> serializers.ChoiceField:
    return choice(HEADLINES, required=False, help_text="What answers are measured by.")


class InsightsQuery(InPeriod):
    metric = measured_by()


def address_of(said: dict[str, Any]) -> QueryDict:
    """The filters as the address of the page has them."""
    data = QueryDict(mutable=True)
    for name, value in said.items():
        if isinstance(value, Severity | IncidentType):
            data[name] = str(value.pk)
        elif isinstance(value, Service | Team):
            data[name] = value.slug
        else:
            data[name] = str(value)
    return data


def _asked(call: Call) -> Asked:
    said = {name: value for name, value in call.query.items() if name in InsightsQuery().fields}
    asked = ask(address_of(said), Access.of(call.user))
    if asked.form.errors:
        raise ValidationError({name: list(errors) for name, errors in asked.form.errors.items()})
    return asked


@contextmanager
def asking(call: Call) -> Iterator[Asked]:
    """What is asked, within the caller's reach and days; a statement in here may take so long and no longer."""
    with timezone.override(zone_of(call.user)):
        asked = _asked(call)
        try:
            with limited():
                yield asked
        except TooLong as error:
            raise Unavailable(
                f"This takes longer than {SECONDS} seconds. Ask for a shorter period or fewer incidents."
            ) from error


# -- metrics ------------------------------------------------------------------------------------------------


class MetricsQuery(InPeriod):
    by = choice([key for key in KEYS if key], required=False, help_text="Groups.")


def _metrics(call: Call) -> dict[str, Any]:
    with asking(call) as asked:
        found = describe(asked.scope, call.query.get("by", ""))
    cohort = found["cohort"]
    for ours, theirs in (("since", "from"), ("until", "to"), ("as_of", "as_of")):
        written = cohort.pop(theirs)
        cohort[ours] = datetime.fromisoformat(written) if written else None
    return found | {"unit": "seconds"}


item(
    "insights/metrics",
    MetricsShape,
    _metrics,
    name="get_metrics",
    summary="Every metric, for all incidents of the period and for each group.",
    query=MetricsQuery,
)


def _counted(call: Call) -> Any:
    with timezone.override(zone_of(call.user)):
        counted = _asked(call).scope.cohort().order_by().values("pk")
    return IncidentShape.rows(call.user).filter(pk__in=counted)


listing(
    "insights/incidents",
    IncidentShape,
    _counted,
    name="list_counted_incidents",
    summary="Incidents that the figures count, newest first.",
    query=InsightsQuery,
)

# -- questions ----------------------------------------------------------------------------------------------


def _told(panel: Panel) -> dict[str, Any]:
    names = ("key", "question", "headline", "says", "formula", "count", "coverage")
    return {name: getattr(panel, name) for name in names} | {"tables": list(map(_table, panel.tables))}


def _table(table: Table) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "columns": [{"name": column.name, "kind": column.kind} for column in table.columns],
        "rows": [[str(v) if isinstance(v, Behind) else v for v in row] for row in table.rows],
    }


def _questions(call: Call) -> list[dict[str, Any]]:
    with asking(call) as asked:
        return [_told(ANSWERS[key](asked, call.user.pk, is_deep=False)) for key in QUESTIONS]


def _question(call: Call) -> dict[str, Any]:
    with asking(call) as asked:
        return _told(ANSWERS[call["insights_question"]](asked, call.user.pk, is_deep=True))


def _question_csv(call: Call) -> HttpResponse:
    with asking(call) as asked:
        panel = ANSWERS[call["insights_question"]](asked, call.user.pk, is_deep=True)
    content = "\r\n".join(table.as_csv() for table in panel.tables)
    return HttpResponse(content, content_type="text/csv; charset=utf-8")


item(
    "insights/questions",
    InsightsQuestionShape,
    _questions,
    name="list_insights_questions",
    summary="Every question of Insights with its answer.",
    query=InsightsQuery,
    many=True,
)
item(
    "insights/questions/{insights_question}",
    InsightsAnswerShape,
    _question,
    name="get_insights_question",
    summary="One question of Insights in depth, with the numbers behind its answer.",
    query=InsightsQuery,
)
item(
    "insights/questions/{insights_question}/tables",
    None,
    _question_csv,
    name="get_insights_question_tables",
    summary="The numbers behind an answer of Insights as CSV.",
    query=InsightsQuery,
    file_types=("text/csv",),
)

# -- annotations and goals ----------------------------------------------------------------------------------


def _annotation(is_new: bool) -> dict[str, Any]:
    return {
        "day": serializers.DateField(required=is_new, validators=SENSIBLE),
        "words": text(60, required=is_new, allow_blank=False, help_text="What happened."),
        "kind": choice(AnnotationKind, required=False),
    }


def _change_annotation(call: Call) -> Any:
    found = call["annotation"]
    stands = {name: getattr(found, name) for name in ("day", "words", "kind")}
    return workflow.change_annotation(by=call.user, annotation=found, **(stands | call.data))


listing(
    "insights/annotations",
    AnnotationShape,
    lambda call: AnnotationShape.rows(call.user),
    name="list_annotations",
    summary="Annotations, newest first.",
)
item("insights/annotations/{annotation}", AnnotationShape, name="get_annotation", summary="One annotation.")
verb(
    "POST",
    "insights/annotations",
    workflow.annotate,
    name="add_annotation",
    body=body("AnnotationBody", **_annotation(True)),
    answer=AnnotationShape,
    status=201,
    summary="Add an annotation to a day. Adding the same one again changes nothing.",
    location=lambda made: f"/api/v1/insights/annotations/{made.pk}",
)
verb(
    "PATCH",
    "insights/annotations/{annotation}",
    workflow.change_annotation,
    body=body("AnnotationChangesBody", **_annotation(False)),
    answer=AnnotationShape,
    run=_change_annotation,
    summary="Change an annotation.",
)
verb(
    "DELETE",
    "insights/annotations/{annotation}",
    workflow.remove_annotation,
    summary="Delete an annotation.",
)


class GoalBody(Body):
    severity = named(
        Severity.objects.all(), "name", required=False, allow_null=True, help_text="null: all of them."
    )
    minutes = serializers.IntegerField(
        min_value=1, max_value=LONGEST_GOAL, allow_null=True, help_text="null takes the goal away."
    )


class GoalsBody(Body):
    goals = serializers.ListField(child=GoalBody(), max_length=20)
    reached_by = serializers.DateField(required=False, allow_null=True, validators=SENSIBLE)


def _set_goals(call: Call) -> list[Goal]:
    said = call.data
    minutes = {one.get("severity"): one["minutes"] for one in said["goals"]}
    workflow.set_goals(
        by=call.user, metric=call["insights_metric"], minutes=minutes, reached_by=said.get("reached_by")
    )
    return list(GoalShape.rows(call.user).filter(metric=call["insights_metric"]))


listing(
    "insights/goals",
    GoalShape,
    lambda call: GoalShape.rows(call.user),
    name="list_goals",
    summary="Goals of metrics: how long each should take at most.",
)
verb(
    "PUT",
    "insights/goals/{insights_metric}",
    workflow.set_goals,
    body=GoalsBody,
    answer=GoalShape,
    run=_set_goals,
    summary="Set goals of a metric. Goals of severities that are not named stay.",
    many=True,
)

# -- files --------------------------------------------------------------------------------------------------


class FileBody(InsightsQuery):
    """Which page, and its filters."""

    key = choice(["", *QUESTIONS, PACK], required=False, help_text="Empty: all questions.")


def require_private(call: Call) -> None:
    """What a worker makes is made as the person sees it, private incidents included."""
    if call.user.hides_private:
        raise PermissionDenied(
            "This file would hold private incidents of the person, which this token does not reach."
        )


def _ask_for_file(call: Call) -> InsightsPdf:
    require_private(call)
    said = dict(call.data)
    key = said.pop("key", "")
    return ask_for_insights_pdf(by=call.user, key=key, query=address_of(said).urlencode())


listing(
    "insights/files",
    InsightsFileShape,
    lambda call: InsightsFileShape.rows(call.user),
    name="list_insights_files",
    summary="PDFs that the caller asked for in the last day, newest first.",
)
item(
    "insights/files/{insights_file}",
    InsightsFileShape,
    name="get_insights_file",
    summary="The state of a PDF of Insights.",
)
item(
    "insights/files/{insights_file}/content",
    None,
    lambda call: file_answer(call["insights_file"], "application/pdf"),
    name="get_insights_file_content",
    summary="The PDF of Insights, once it is ready.",
    file_types=("application/pdf",),
)
verb(
    "POST",
    "insights/files",
    ask_for_insights_pdf,
    name="request_insights_file",
    body=FileBody,
    answer=InsightsFileShape,
    run=_ask_for_file,
    status=201,
    summary="Request a PDF of all questions, of one, or of the board pack. A worker makes it.",
    location=lambda made: f"/api/v1/insights/files/{made.pk}",
)

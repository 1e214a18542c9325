"""Maintenance that is announced beforehand, once or by a rule."""

from typing import Any

from django.http import Http404
from rest_framework import serializers

from api.fields import Body, RecordIn, body, choice, flag, moment, text
from api.operations.status_pages import PAGE, of_page
from api.parts import within
from api.registry import Call, item, listing, verb
from api.shapes.status_pages import MaintenanceShape
from statuspages import workflow
from statuspages.models import Frequency, MaintenanceState, ScheduledMaintenance
from statuspages.permissions import can_announce
from statuspages.recurrence import LAST_DAY, MOST_INTERVAL, PLACES, SAME_DAY, WEEKDAYS
from statuspages.workflow.maintenance import LONGEST_WORD
from statuspages.workflow.planning import planned_series
from statuspages.workflow.series import MOST_WINDOWS

MAINTENANCE = f"{PAGE}/maintenances/{{maintenance}}"
FLAGS = ("begins_by_itself", "ends_by_itself", "reminds")
PLAIN = ("title", "starts_at", "ends_at", *FLAGS)
within("maintenance", MaintenanceShape, "page", "The id of a maintenance of the page.")


def chosen(**options: Any) -> serializers.ListField:
    return serializers.ListField(
        child=RecordIn("page", "components"),
        required=False,
        max_length=200,
        help_text="Ids of components of the page.",
        **options,
    )


class RepetitionBody(Body):
    """How maintenance repeats: from its first window on, at the same local time of the page."""

    frequency = choice(Frequency)
    interval = serializers.IntegerField(
        min_value=1, max_value=max(MOST_INTERVAL.values()), required=False, help_text="2: every second one."
    )
    weekdays = serializers.ListField(
        child=choice(WEEKDAYS), required=False, max_length=7, help_text="Days of the week as in RFC 5545."
    )
    month_on = choice([SAME_DAY, LAST_DAY, *PLACES], required=False, help_text="2: the second weekday.")
    month_weekday = choice(["", *WEEKDAYS], required=False)
    ends_on = serializers.DateField(required=False, allow_null=True)
    count = serializers.IntegerField(
        min_value=2, max_value=MOST_WINDOWS, required=False, allow_null=True, help_text="Of windows."
    )

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if said.get("ends_on") and said.get("count"):
            raise serializers.ValidationError({"count": "It ends on a day or after a number, not both."})
        return said


def _fields(is_new: bool) -> dict[str, Any]:
    return {
        "title": text(120, required=is_new, allow_blank=False),
        "starts_at": moment(required=is_new),
        "ends_at": moment(required=is_new),
        "components": chosen(),
        "text": text(LONGEST_WORD, help_text="What readers should know. Everybody who subscribed gets it."),
        **{name: flag() for name in FLAGS},
    }


def _schedule(call: Call) -> ScheduledMaintenance:
    said, page = dict(call.data), call["page"]
    components = said.pop("components", [])
    if rule := said.pop("repetition", None):
        series = planned_series(page=page, **said, **rule)
        return workflow.schedule_series(by=call.user, series=series, components=components)
    words = said.pop("text")
    return workflow.schedule_maintenance(
        by=call.user,
        maintenance=ScheduledMaintenance(page=page, **said),
        components=components,
        text=words,
    )


def _change(call: Call) -> ScheduledMaintenance:
    said = dict(call.data)
    words, components = said.pop("text"), said.pop("components", None)
    work = _work(call)
    for name, value in said.items():
        setattr(work, name, value)
    if components is None:
        components = list(work.components.all())
    return workflow.change_maintenance(by=call.user, maintenance=work, components=components, text=words)


def _work(call: Call) -> ScheduledMaintenance:
    """As the verbs expect it, locked so that changes of different fields at one time are both kept."""
    rows = ScheduledMaintenance.objects.select_related("page", "series__page")
    if can_announce(call.user):
        rows = rows.select_for_update(of=("self",))
    return rows.get(pk=call["maintenance"].pk)


def _change_following(call: Call) -> ScheduledMaintenance:
    work, said = _work(call), dict(call.data)
    if work.series is None:
        raise Http404
    components = said.pop("components", None)
    if components is None:
        components = list(work.series.components.all())
    series = planned_series(page=call["page"], **said.pop("repetition"), **said)
    return workflow.change_following(by=call.user, maintenance=work, series=series, components=components)


listing(
    f"{PAGE}/maintenances",
    MaintenanceShape,
    lambda call: of_page(MaintenanceShape)(call).filter(**call.query),
    name="list_maintenances",
    summary="Maintenance of the page, the latest first.",
    query=body("MaintenanceQuery", state=choice(MaintenanceState, required=False)),
)
item(MAINTENANCE, MaintenanceShape, name="get_maintenance", summary="One maintenance with its updates.")
verb(
    "POST",
    f"{PAGE}/maintenances",
    workflow.schedule_maintenance,
    also=(workflow.schedule_series,),
    body=body(
        "NewMaintenanceBody", **_fields(True), repetition=RepetitionBody(required=False, allow_null=True)
    ),
    answer=MaintenanceShape,
    run=_schedule,
    status=201,
    summary="Schedule maintenance, once or by a rule. Responders only.",
    location=lambda made: f"/api/v1/status-pages/{made.page.slug}/maintenances/{made.pk}",
)
verb(
    "PATCH",
    MAINTENANCE,
    workflow.change_maintenance,
    body=body("MaintenanceChangesBody", **_fields(False)),
    answer=MaintenanceShape,
    run=_change,
    summary="Change the window, title or components of a maintenance, with a message. Responders only.",
)
verb(
    "POST",
    f"{MAINTENANCE}/updates",
    workflow.update_maintenance,
    name="add_maintenance_update",
    body=body(
        "MaintenanceUpdateBody",
        text=text(LONGEST_WORD),
        state=choice(MaintenanceState, required=False, help_text="Without one it stays as it is."),
    ),
    answer=MaintenanceShape,
    status=201,
    summary="Post an update on a maintenance and set its state. Responders only.",
)
verb(
    "PUT",
    f"{MAINTENANCE}/series",
    workflow.change_following,
    name="change_maintenance_series",
    body=body("SeriesBody", **_fields(True), repetition=RepetitionBody()),
    answer=MaintenanceShape,
    run=_change_following,
    summary="Change the rule, window or text of a series from this maintenance on. Responders only.",
)
verb(
    "POST",
    f"{MAINTENANCE}/series-cancellation",
    workflow.cancel_following,
    name="cancel_maintenance_series",
    body=body("SeriesCancellationBody", text=text(LONGEST_WORD)),
    answer=MaintenanceShape,
    summary="Cancel this maintenance and all later ones of the series. Responders only.",
)

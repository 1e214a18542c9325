"""The timeline of an incident, its evidence, its exports."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse
from rest_framework import serializers

from api.fields import Body, RecordIn, body, choice, flag, moment, optional_text, text
from api.operations.incidents import INCIDENT
from api.registry import BYTES, Call, item, listing, verb
from api.shapes.incidents import EvidenceShape, TimelineEventShape
from timeline import exports, workflow
from timeline.models import EDITABLE_KINDS, LONGEST_TEXT, EvidenceKind, Gap, Kind, Phase, TimelineEvent
from timeline.uploads import KEPT_TYPES, checked_file

TIMELINE = f"{INCIDENT}/timeline"


class TimelineQuery(Body):
    kind = choice(Kind, required=False)
    which = choice(["all", "key", "starred"], required=False)
    after = moment(help_text="Only what occurred at this time or later.")
    before = moment(help_text="Only what occurred before this time.")


def _events(call: Call) -> Any:
    events = TimelineEventShape.rows(call.user).filter(incident=call["incident"])
    asked = call.query
    if asked.get("which") == "key":
        events = events.key()
    if asked.get("which") == "starred":
        events = events.starred()
    if kind := asked.get("kind"):
        events = events.filter(kind=kind)
    if after := asked.get("after"):
        events = events.filter(occurred_at__gte=after)
    if before := asked.get("before"):
        events = events.filter(occurred_at__lt=before)
    return events


class NoteBody(Body):
    text = text(LONGEST_TEXT)
    kind = choice([kind.value for kind in EDITABLE_KINDS if kind != Kind.GAP], required=False)
    detail = optional_text(LONGEST_TEXT)
    occurred_at = moment(help_text="By default now.")
    precision_seconds = serializers.IntegerField(
        min_value=0, max_value=86_400, required=False, allow_null=True
    )
    is_recollection = flag()
    source = optional_text(60)  # type: ignore[assignment]  # a field of the body, not of the class
    answers = RecordIn("incident", "timeline", required=False, allow_null=True)
    phase = choice([*Phase.values, ""], required=False)


class EventBody(Body):
    text = text(LONGEST_TEXT)
    detail = optional_text(LONGEST_TEXT)
    occurred_at = moment(required=True)
    phase = choice([*Phase.values, ""], required=False)
    precision_seconds = serializers.IntegerField(
        min_value=0, max_value=86_400, required=False, allow_null=True
    )
    is_recollection = flag()


listing(
    TIMELINE,
    TimelineEventShape,
    _events,
    name="list_timeline_events",
    summary="What happened, newest first.",
    query=TimelineQuery,
)
item(
    f"{TIMELINE}/{{event}}",
    TimelineEventShape,
    name="get_timeline_event",
    summary="One event of the timeline.",
)
verb(
    "POST",
    TIMELINE,
    workflow.write_event,
    name="add_timeline_event",
    body=NoteBody,
    answer=TimelineEventShape,
    status=201,
    location=lambda made: f"/api/v1/incidents/{made.incident.reference}/timeline/{made.pk}",
    summary="Add a note, decision, question, answer, alert or change to the timeline.",
)
verb(
    "POST",
    f"{TIMELINE}/gaps",
    workflow.mark_gap,
    name="add_timeline_gap",
    body=body(
        "GapBody",
        text=text(1000),
        occurred_at=moment(required=True),
        gap=choice(Gap, required=False),
        minutes=serializers.IntegerField(min_value=1, max_value=10_000, required=False, allow_null=True),
    ),
    answer=TimelineEventShape,
    status=201,
    summary="Mark a gap in what is known.",
)


def _edit(call: Call) -> TimelineEvent:
    return workflow.edit_event(event=_event(call), by=call.user, **call.data)


def _event(call: Call) -> Any:
    return TimelineEvent.objects.select_related("incident").get(pk=call["event"].pk)


verb(
    "PUT",
    f"{TIMELINE}/{{event}}",
    workflow.edit_event,
    name="change_timeline_event",
    body=EventBody,
    answer=TimelineEventShape,
    run=_edit,
    summary="Change an event of the timeline. The text before is kept.",
)
verb(
    "DELETE",
    f"{TIMELINE}/{{event}}",
    workflow.remove_event,
    name="remove_timeline_event",
    summary="Remove an event that a person wrote.",
)


def _star(call: Call) -> Any:
    workflow.star_event(event=call["event"], by=call.user, starred=call.data["starred"])
    return call["event"]


verb(
    "PUT",
    f"{TIMELINE}/{{event}}/star",
    workflow.star_event,
    name="star_timeline_event",
    body=body("StarBody", starred=serializers.BooleanField()),
    answer=TimelineEventShape,
    run=_star,
    summary="Star an event of the timeline, or remove its star.",
)


class ExportQuery(Body):
    format = choice(["json", "csv", "markdown"], required=False)


def _export(call: Call) -> HttpResponse:
    write = {"json": exports.as_json, "csv": exports.as_csv, "markdown": exports.as_markdown}
    chosen = call.query.get("format", "json")
    content, media = write[chosen](call["incident"], call.user.zone)
    return HttpResponse(content, content_type=media)


item(
    f"{INCIDENT}/timeline-export",
    None,
    _export,
    name="export_timeline",
    summary="Export the timeline as JSON, CSV or Markdown.",
    query=ExportQuery,
    file_types=("application/json", "text/csv", "text/markdown"),
)

# -- evidence -----------------------------------------------------------------------------------------------

EVIDENCE = f"{INCIDENT}/evidence"


class EvidenceBody(Body):
    kind = choice([c for c in EvidenceKind.choices if c[0] != EvidenceKind.ALERT])
    title = text(200)
    body = optional_text(20_000)
    url = serializers.URLField(max_length=500, required=False, allow_blank=True)
    file = serializers.FileField(required=False, help_text="As multipart/form-data.")
    captured_at = moment()
    event = RecordIn("incident", "timeline", required=False, allow_null=True)
    hypothesis = RecordIn("incident", "hypotheses", required=False, allow_null=True)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if not (said.get("body") or said.get("url") or said.get("file")):
            raise serializers.ValidationError({"body": "Add a text, an address or a file."})
        return said | {"file_type": getattr(self, "file_type", "")}

    def validate_file(self, file: UploadedFile) -> UploadedFile:
        self.file_type = checked_file(file)
        return file


listing(
    EVIDENCE,
    EvidenceShape,
    lambda call: EvidenceShape.rows(call.user).filter(incident=call["incident"]),
    name="list_evidence",
    summary="Evidence, oldest first.",
)
item(f"{EVIDENCE}/{{evidence}}", EvidenceShape, name="get_evidence", summary="One piece of evidence.")
verb(
    "POST",
    EVIDENCE,
    workflow.attach_evidence,
    body=EvidenceBody,
    answer=EvidenceShape,
    status=201,
    takes_files=True,
    location=lambda made: f"/api/v1/incidents/{made.incident.reference}/evidence/{made.pk}",
    summary="Attach evidence.",
)


def _file(call: Call) -> FileResponse:
    evidence = call["evidence"]
    if not evidence.file:
        raise Http404
    name = str(evidence.file).rsplit("/", 1)[-1]
    return FileResponse(
        evidence.file.open("rb"), as_attachment=True, filename=name, content_type=evidence.file_type or BYTES
    )


item(
    f"{EVIDENCE}/{{evidence}}/file",
    None,
    _file,
    name="get_evidence_file",
    summary="The file of a piece of evidence.",
    file_types=(*KEPT_TYPES, "text/plain"),
)

"""Before and after publishing: checks, reviewers, versions, files."""

from django.http import Http404, HttpResponse, HttpResponseBase
from rest_framework import serializers

from api.fields import Body, ShownPerson, TextField, body, choice, optional_text, person, text
from api.operations.retrospectives.common import RETROSPECTIVE, for_leaders, of_it
from api.registry import Call, item, listing, verb
from api.shapes.retrospectives import (
    PdfExportShape,
    PublicationShape,
    RetrospectiveReviewShape,
    RetrospectiveShape,
)
from api.times import UtcField
from core.requested_files import file_answer
from retros import workflow
from retros.checks import CHECKS as NAMES_OF_CHECKS
from retros.checks import checks
from retros.export import FORMATS, Copy, copy_of
from retros.models import Export, Verdict
from retros.permissions import sees_draft

READ = "retrospectives/{read}"
REVIEWS = f"{RETROSPECTIVE}/reviews"
CHECKS = f"{RETROSPECTIVE}/checks"
WAIVER = f"{CHECKS}/{{review_check}}/waiver"

# -- the review ---------------------------------------------------------------------------------------------

verb(
    "POST",
    f"{RETROSPECTIVE}/review",
    workflow.start_review,
    name="start_retrospective_review",
    body=body(
        "StartReviewBody",
        reason=optional_text(1000, help_text="Why now, before the session or the days to reflect."),
    ),
    answer=RetrospectiveShape,
    summary="Move the retrospective to review.",
)
listing(
    REVIEWS,
    RetrospectiveReviewShape,
    of_it(RetrospectiveReviewShape),
    name="list_retrospective_reviews",
    summary="Reviewers and their answers.",
)
verb(
    "POST",
    REVIEWS,
    workflow.ask_reviewer,
    name="request_retrospective_review",
    body=body("AskReviewerBody", reviewer=person()),
    answer=RetrospectiveReviewShape,
    status=201,
    summary="Ask a person to review. Asking again reopens an earlier answer.",
)
verb(
    "PUT",
    f"{REVIEWS}/{{review}}/answer",
    workflow.answer_review,
    name="answer_retrospective_review",
    body=body(
        "ReviewAnswerBody",
        verdict=choice([Verdict.APPROVED.value, Verdict.CHANGES.value]),
        note=optional_text(5000),
    ),
    answer=RetrospectiveReviewShape,
    summary="Approve the retrospective or ask for changes. Only people who were asked to review.",
)

# -- checks -------------------------------------------------------------------------------------------------


class ReviewCheckWaiverShape(serializers.Serializer):
    """Why a check need not hold."""

    reason = serializers.CharField()
    by = ShownPerson()
    at = UtcField()
    agreed_by = ShownPerson(allow_null=True)


class ReviewCheckShape(serializers.Serializer):
    """What must hold, or be waived, before it is published."""

    name = serializers.ChoiceField(choices=list(NAMES_OF_CHECKS))
    asks = serializers.CharField(source="label")
    holds = serializers.BooleanField()
    missing = serializers.CharField(allow_blank=True, help_text="In words.")
    is_settled = serializers.BooleanField(help_text="It holds, or is waived.")
    waiver = ReviewCheckWaiverShape(allow_null=True)


item(
    CHECKS,
    ReviewCheckShape,
    lambda call: checks(call["retrospective"]),
    name="list_review_checks",
    summary="Checks before publishing, and their waivers.",
    many=True,
)


def _waive(call: Call) -> None:
    workflow.waive_check(
        retrospective=call["retrospective"], by=call.user, name=call["review_check"], **call.data
    )


def _withdraw(call: Call) -> None:
    workflow.withdraw_waiver(retrospective=call["retrospective"], by=call.user, name=call["review_check"])


def _agree(call: Call) -> None:
    workflow.agree_to_waiver(retrospective=call["retrospective"], by=call.user, name=call["review_check"])


verb(
    "PUT",
    WAIVER,
    workflow.waive_check,
    name="waive_review_check",
    body=body("WaiverBody", reason=text(1000)),
    run=_waive,
    summary="Waive a check before publishing, with a reason.",
)
verb(
    "DELETE",
    WAIVER,
    workflow.withdraw_waiver,
    name="withdraw_review_check_waiver",
    run=_withdraw,
    summary="Withdraw the waiver of a check.",
)
verb(
    "POST",
    f"{WAIVER}/agreement",
    workflow.agree_to_waiver,
    name="agree_to_review_check_waiver",
    run=_agree,
    summary="Confirm the waiver of a check as a second person.",
)

# -- publishing ---------------------------------------------------------------------------------------------

verb(
    "POST",
    f"{RETROSPECTIVE}/publication",
    workflow.publish_retrospective,
    body=body("PublicationBody", note=optional_text(300, help_text="What is new in this version.")),
    answer=PublicationShape,
    also=(workflow.settle_sections,),
    status=201,
    location=lambda made: f"/api/v1/retrospectives/{made.retrospective_id}/versions/{made.number}",
    summary="Publish the retrospective as its next version.",
)
verb(
    "POST",
    f"{RETROSPECTIVE}/reopening",
    workflow.reopen_retrospective,
    body=body("ReopenRetrospectiveBody", reason=text(1000, help_text="What is to change.")),
    answer=RetrospectiveShape,
    summary="Reopen a published retrospective for review. The published version stays readable.",
)


class RetrospectivePublicText(serializers.Serializer):
    """For readers outside; nothing is taken over into it by itself."""

    public_text = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField(help_text="Of the retrospective.")


item(
    f"{RETROSPECTIVE}/public-text",
    RetrospectivePublicText,
    for_leaders,
    name="get_public_text",
    summary="The public text of the retrospective. Facilitators only.",
)
verb(
    "PUT",
    f"{RETROSPECTIVE}/public-text",
    workflow.write_public_text,
    body=body("PublicTextBody", public_text=TextField(20_000, allow_blank=True)),
    answer=RetrospectivePublicText,
    summary="Write the public text of the retrospective.",
)
verb(
    "PUT",
    f"{RETROSPECTIVE}/mark",
    workflow.mark_changed_how_i_work,
    name="mark_retrospective",
    body=body("MarkBody", is_so=serializers.BooleanField()),
    scope="retrospectives:read",
    summary="Mark the retrospective as one that changed how the caller works, or take the mark away.",
)

# -- versions and files -------------------------------------------------------------------------------------


def _copy(call: Call, number: int | None) -> Copy:
    """What the caller reads of it: a version, what stands now, or, where that is closed, the newest version."""
    retrospective = call["read"]
    found = copy_of(retrospective, number, is_draft_open=sees_draft(call.user, retrospective))
    if found is None:
        raise Http404
    return found


class VersionQuery(Body):
    format = choice(list(FORMATS), required=False)
    version = serializers.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        required=False,
        help_text="A published one. By default the one that is read now.",
    )


def _export(call: Call) -> HttpResponse:
    write, media = FORMATS[call.query.get("format", "json")]
    copy = _copy(call, call.query.get("version"))
    return HttpResponse(write(copy), content_type=media)


listing(
    f"{READ}/versions",
    PublicationShape,
    lambda call: PublicationShape.rows(call.user).filter(retrospective=call["read"]),
    name="list_retrospective_versions",
    summary="The published versions, newest first.",
)
item(
    f"{READ}/versions/{{publication}}",
    PublicationShape,
    name="get_retrospective_version",
    summary="A published version.",
)
item(
    f"{READ}/export",
    None,
    _export,
    name="export_retrospective",
    summary="Export a version, or the current text, as JSON, Markdown or HTML.",
    query=VersionQuery,
    file_types=("application/json", "text/markdown", "text/html"),
)


def _ask_for_pdf(call: Call) -> Export:
    copy = _copy(call, call.data.get("version"))
    number = copy.publication.number if copy.publication else None
    return workflow.ask_for_pdf(retrospective=copy.retrospective, by=call.user, number=number)


verb(
    "POST",
    f"{READ}/pdf-exports",
    workflow.ask_for_pdf,
    name="request_retrospective_pdf",
    body=body(
        "PdfExportBody",
        version=serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False, allow_null=True),
    ),
    answer=PdfExportShape,
    run=_ask_for_pdf,
    scope="retrospectives:read",
    status=201,
    summary="Request a PDF of the retrospective. A worker makes it.",
    location=lambda made: f"/api/v1/retrospectives/{made.retrospective_id}/pdf-exports/{made.pk}",
)
item(
    f"{READ}/pdf-exports/{{pdf_export}}",
    PdfExportShape,
    name="get_retrospective_pdf",
    summary="The state of a PDF of the retrospective.",
)


def _pdf(call: Call) -> HttpResponseBase:
    return file_answer(call["pdf_export"], "application/pdf")


item(
    f"{READ}/pdf-exports/{{pdf_export}}/file",
    None,
    _pdf,
    name="get_retrospective_pdf_file",
    summary="The PDF of the retrospective, once it is ready.",
    file_types=("application/pdf",),
)

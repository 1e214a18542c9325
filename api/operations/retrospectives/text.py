"""The sections of the text: read and written as Markdown, their versions, comments and hints on wording."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from api.fields import TextField, body, optional_text, text
from api.operations.retrospectives.common import LARGEST_ID, RETROSPECTIVE, RecordFrom, for_writers
from api.registry import Call, item, listing, verb
from api.shapes.retrospective_sections import (
    RetrospectiveSectionShape,
    SectionCommentShape,
    SectionVersionShape,
)
from retros import workflow
from retros.queries import open_hints
from retros.workflow.writing import MAX_LETTERS, sections_of

SECTIONS = f"{RETROSPECTIVE}/sections"
SECTION = f"{SECTIONS}/{{document}}"


item(
    SECTIONS,
    RetrospectiveSectionShape,
    lambda call: sections_of(call["retrospective"]),
    name="list_sections",
    summary="The sections of the text, as Markdown.",
    many=True,
)
item(SECTION, RetrospectiveSectionShape, name="get_section", summary="One section of the text.")
verb(
    "PUT",
    SECTION,
    workflow.save_text,
    name="write_section",
    body=body(
        "SectionBody",
        text=TextField(MAX_LETTERS, allow_blank=True, trim_whitespace=False),
        version=serializers.IntegerField(
            min_value=0,
            max_value=LARGEST_ID,
            required=False,
            allow_null=True,
            default=None,
            help_text="The version that was read. 409 if the section has changed since.",
        ),
    ),
    answer=RetrospectiveSectionShape,
    also=(workflow.open_section,),
    summary="Write the text of a section. People who have it open see the change.",
)

# -- versions -----------------------------------------------------------------------------------------------

listing(
    f"{SECTION}/versions",
    SectionVersionShape,
    lambda call: SectionVersionShape.rows(call.user).filter(document_id=call["document"].pk),
    name="list_section_versions",
    summary="Earlier versions of the section, newest first.",
)


def _keep(call: Call) -> Any:
    kept = workflow.keep_version(document=call["document"], by=call.user, **call.data)
    return kept or Response(status=204)


verb(
    "POST",
    f"{SECTION}/versions",
    workflow.keep_version,
    name="add_section_version",
    body=body("KeepVersionBody", note=optional_text(200)),
    answer=SectionVersionShape,
    run=_keep,
    status=201,
    may_be_empty="Nothing was kept: the last version is the same.",
    summary="Keep the current text of a section as a version. 204 if the last version is the same.",
)
verb(
    "POST",
    f"{SECTION}/versions/{{section_version}}/restoration",
    workflow.restore_version,
    name="restore_section_version",
    answer=RetrospectiveSectionShape,
    run=lambda call: workflow.restore_version(
        document=call["document"], number=call["section_version"].number, by=call.user
    ),
    summary="Restore an earlier version of a section.",
)

# -- comments -----------------------------------------------------------------------------------------------

listing(
    f"{SECTION}/comments",
    SectionCommentShape,
    lambda call: SectionCommentShape.rows(call.user).filter(document_id=call["document"].pk),
    name="list_section_comments",
    summary="Comments on the section, oldest first.",
)
item(
    f"{SECTION}/comments/{{comment}}", SectionCommentShape, name="get_section_comment", summary="One comment."
)


def _comments(call: Call) -> Any:
    return SectionCommentShape.rows(call.user).filter(document_id=call["document"].pk)


def _comment_address(made: Any) -> str:
    document = made.document
    return (
        f"/api/v1/retrospectives/{document.retrospective_id}/sections/{document.section}/comments/{made.pk}"
    )


verb(
    "POST",
    f"{SECTION}/comments",
    workflow.add_comment,
    name="add_section_comment",
    body=body(
        "CommentBody",
        text=text(5000, help_text="An @ and a name notifies that person."),
        quote=optional_text(300, help_text="The words it is about."),
        parent=RecordFrom(_comments, required=False, allow_null=True, help_text="What it answers."),
    ),
    answer=SectionCommentShape,
    status=201,
    location=_comment_address,
    summary="Comment on a section or answer. People mentioned with @ are notified if they can see it.",
)
verb(
    "PUT",
    f"{SECTION}/comments/{{comment}}/resolution",
    workflow.resolve_comment,
    name="resolve_section_comment",
    body=body("CommentResolutionBody", resolved=serializers.BooleanField()),
    answer=SectionCommentShape,
    summary="Resolve a comment, or reopen it.",
)

# -- hints on wording ---------------------------------------------------------------------------------------


class WordingHintShape(serializers.Serializer):
    """Words that may blame, and what to ask instead."""

    rule = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    found = serializers.CharField()
    reason = serializers.CharField()
    ask = serializers.CharField()
    begin = serializers.CharField(allow_blank=True, help_text="A half-sentence to go on from.")


def _hints(call: Call) -> Any:
    document = call["document"]
    return open_hints(for_writers(call), document.section, document.text)


item(
    f"{SECTION}/hints",
    WordingHintShape,
    _hints,
    name="list_section_hints",
    summary="Open hints on the wording of the section.",
    many=True,
)
verb(
    "POST",
    f"{SECTION}/hints/dismissals",
    workflow.leave_hint,
    name="dismiss_section_hint",
    body=body(
        "HintDismissalBody",
        rule=text(60),
        found=TextField(300, trim_whitespace=False),
        reason=optional_text(300),
    ),
    run=lambda call: workflow.leave_hint(
        retrospective=call["retrospective"], by=call.user, place=call["document"].section, **call.data
    ),
    summary="Dismiss a hint on wording. It is not shown again in this section.",
)

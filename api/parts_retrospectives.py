"""The parts of addresses of retrospectives and action items."""

from typing import Any

from django.http import Http404

from action_items.models import ActionItem
from api.locking import lock_root
from api.parts import number, one_of, within
from api.registry import Call, part
from api.shapes.action_items import ActionItemShape
from api.shapes.retrospective_sections import (
    ContributingFactorShape,
    ImpactStatementShape,
    LearningGroupShape,
    LearningShape,
    RetrospectiveEntryShape,
    RetrospectiveSectionShape,
    SectionCommentShape,
    SectionVersionShape,
)
from api.shapes.retrospectives import (
    AgendaItemShape,
    HintWordShape,
    PdfExportShape,
    PublicationShape,
    RetrospectiveFormatShape,
    RetrospectiveParticipantShape,
    RetrospectiveReviewShape,
    RetrospectiveShape,
)
from retros.checks import CHECKS
from retros.models import Dimension, Document, ImpactStatement, Question, Retrospective, Section
from retros.workflow import open_section


def _retrospective(call: Call, raw: str) -> Retrospective:
    around = Retrospective.objects.visible_to(call.user)
    return around.select_related("owner", "facilitator", "note_taker", "incident").get(pk=number(raw))


def _read(call: Call, raw: str) -> Retrospective:
    return Retrospective.objects.readable_by(call.user).get(pk=number(raw))


def _section(call: Call, raw: str) -> Document:
    if raw not in Section.values:
        raise Http404
    retrospective = call["retrospective"]
    if call.operation.is_write and "If-Match" in call.request.headers:
        # Editors lock the section alone: both stay as they are until what was read has been compared and written.
        lock_root(call.records)
        Document.objects.select_for_update().filter(retrospective=retrospective, section=raw).first()
    return open_section(retrospective=retrospective, section=raw, by=call.user)


def _version(call: Call, raw: str) -> Any:
    return SectionVersionShape.rows(call.user).get(document_id=call["document"].pk, number=number(raw))


def _comment(call: Call, raw: str) -> Any:
    return SectionCommentShape.rows(call.user).get(document_id=call["document"].pk, pk=number(raw))


def _dimension(call: Call, raw: str) -> ImpactStatement:
    if raw not in Dimension.values:
        raise Http404
    stored = ImpactStatementShape.rows(call.user).filter(retrospective=call["retrospective"], dimension=raw)
    return stored.first() or ImpactStatement(retrospective=call["retrospective"], dimension=raw)


def _entry(call: Call, raw: str) -> Any:
    rows = RetrospectiveEntryShape.rows(call.user).filter(removed_at__isnull=True)
    return rows.get(retrospective=call["retrospective"], pk=number(raw))


def _removed_entry(call: Call, raw: str) -> Any:
    rows = RetrospectiveEntryShape.rows(call.user).filter(removed_at__isnull=False)
    return rows.get(retrospective=call["retrospective"], pk=number(raw))


def _publication(call: Call, raw: str) -> Any:
    return PublicationShape.rows(call.user).get(retrospective=call["read"], number=number(raw))


def _item(call: Call, raw: str) -> ActionItem:
    return ActionItemShape.rows(call.user).of_reference(raw).get()


part(
    "retrospective", _retrospective, shape=RetrospectiveShape, about="The id of a retrospective.", number=True
)
part(
    "read",
    _read,
    shape=None,
    about="The id of a retrospective with something to read: also of one that is open again after it was published.",
    number=True,
    same="retrospective",
    called="retrospective",
)
within("participant", RetrospectiveParticipantShape, "retrospective", "The id of a participant.")
within("agenda_item", AgendaItemShape, "retrospective", "The id of a part of the agenda.")
within("review", RetrospectiveReviewShape, "retrospective", "The id of a review.")
within("factor", ContributingFactorShape, "retrospective", "The id of a contributing factor.")
within("learning", LearningShape, "retrospective", "The id of a learning that the caller can read.")
within("learning_group", LearningGroupShape, "retrospective", "The id of a group of learnings.")
part(
    "document",
    _section,
    shape=RetrospectiveSectionShape,
    about="A section of the text.",
    called="section",
    key="section",
    choices=Section.values,
)
part(
    "section_version",
    _version,
    shape=None,
    about="The number of a version of the section.",
    number=True,
    key="number",
)
part("comment", _comment, shape=SectionCommentShape, about="The id of a comment.", number=True)
part(
    "dimension",
    _dimension,
    shape=ImpactStatementShape,
    about="A dimension of impact.",
    key="dimension",
    choices=Dimension.values,
)
part("entry", _entry, shape=RetrospectiveEntryShape, about="The id of a row of the timeline.", number=True)
part(
    "removed_entry",
    _removed_entry,
    shape=None,
    about="The id of a row that was left out.",
    number=True,
    called="entry",
)
one_of("question", Question.values, "A question of the analysis.")
one_of("review_check", CHECKS, "A check before the retrospective is published.", called="check")
part(
    "publication",
    _publication,
    shape=PublicationShape,
    about="The number of a version.",
    number=True,
    key="number",
)
part(
    "pdf_export",
    lambda call, raw: PdfExportShape.rows(call.user).get(retrospective=call["read"], pk=number(raw)),
    shape=PdfExportShape,
    about="The id of a PDF the caller asked for.",
    number=True,
)
part(
    "retrospective_format",
    lambda call, raw: RetrospectiveFormatShape.rows(call.user).get(pk=number(raw)),
    shape=RetrospectiveFormatShape,
    about="The id of a format.",
    number=True,
)
part(
    "hint_word",
    lambda call, raw: HintWordShape.rows(call.user).get(pk=number(raw)),
    shape=HintWordShape,
    about="The id of a word.",
    number=True,
)
part("item", _item, shape=ActionItemShape, about="Its reference, such as ACT-7.", key="reference")

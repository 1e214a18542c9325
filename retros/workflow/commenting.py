"""What is said beside a section, and whom it asks."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from events.retrospectives import CommentAdded, CommentMentioned, CommentReopened, CommentResolved
from retros.access import mentioned_in, people_reaching
from retros.models import Comment, Document
from retros.workflow.common import announce, audit, lock


@transaction.atomic
def add_comment(
    *, document: Document, by: User, text: str, quote: str = "", parent: Comment | None = None
) -> Comment:
    """Say something about a section or answer; whoever is named with an @ and can see it is notified."""
    retrospective = lock(document.retrospective, by=by)
    if not text.strip():
        raise ValidationError({"text": "Write something."})
    if parent is not None and (parent.document_id != document.pk or parent.parent_id):
        raise ValidationError("Answers belong below what opened the conversation.")
    comment = Comment.objects.create(
        document=document,
        parent=parent,
        quote="" if parent else " ".join(quote.split())[:300],
        text=text.strip(),
        author=by,
        at=context.now(),
    )
    people = mentioned_in(text, list(people_reaching(retrospective))) if "@" in text else []
    comment.mentions.set(people)
    audit(
        retrospective,
        "comment.added",
        by,
        comment=comment.pk,
        section=document.get_section_display(),
        mentions=", ".join(str(person) for person in people),
    )
    happened = (CommentMentioned if people else CommentAdded)(
        comment=comment.pk,
        section=document.section,
        recipients=[person.pk for person in people],
        by=by.pk,
    )
    announce(retrospective, happened, what="comments")
    return comment


@transaction.atomic
def resolve_comment(*, comment: Comment, by: User, resolved: bool = True) -> Comment:
    """Close a conversation, or open it again."""
    retrospective = lock(comment.document.retrospective, by=by)
    comment = Comment.objects.select_for_update(of=("self",)).select_related("document").get(pk=comment.pk)
    if comment.parent_id:
        raise ValidationError("A conversation is resolved as a whole.")
    if bool(comment.resolved_at) == resolved:
        return comment
    comment.resolved_at, comment.resolved_by = (context.now(), by) if resolved else (None, None)
    comment.save(update_fields=["resolved_at", "resolved_by"])
    happened = (CommentResolved if resolved else CommentReopened)(comment=comment.pk)
    audit(retrospective, happened.name, by, comment=comment.pk)
    announce(retrospective, happened, what="comments")
    return comment

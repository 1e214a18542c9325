"""What a document that came back needs besides its rows: what is computed, and its mark in the audit trail."""

from datetime import date
from typing import Any

from action_items.models import ActionItem
from audit.workflow import INSTALLATION, record_audit, record_beginnings
from coediting.document import Full, Malformed, accept, open_document
from coediting.markdown_merge import rewrite
from history.entry import Refused
from history.workflow.writing import Desk
from incidents.models import ChangeEvent, Incident, Participation
from retros.models import Ballot, ClosedQuestion, Document, Publication, Question, Retrospective
from retros.published_content import search_of
from statuspages.models import StatusPage

MOST_BALLOTS = 10_000


def settle(
    desk: Desk, root: Any, document: dict[str, Any], made: dict[str, list[Any]], source_id: str
) -> None:
    """In the caller's transaction; Refused where it makes no sense."""
    if isinstance(root, Incident):
        Participation.objects.filter(incident=root).count_work()
    if isinstance(root, Retrospective):
        _write_sections(made["documents"])
        _make_found(made["publications"])
        _put_in_ballots(root, document.get("ballots") or {})
    if isinstance(root, StatusPage):
        _be_default_alone(root)
    changes = {"title": str(document.get("title", ""))[:200], "file": desk.run.name, "source_id": source_id}
    action = f"{root._meta.model_name}.imported"
    if isinstance(root, Incident | Retrospective):
        name = root.reference if isinstance(root, Incident) else root.title
        record_beginnings(
            action=f"{'incident' if isinstance(root, Incident) else 'retrospective'}.imported",
            by=desk.run.by,
            beginnings=[(root.chain, name, changes)],
        )
    elif isinstance(root, ActionItem):
        record_audit(
            chain=root.chain,
            action="action_item.imported",
            subject=root.reference,
            by=desk.run.by,
            changes=changes,
        )
    elif not isinstance(root, ChangeEvent):  # there may be a hundred thousand; the import itself is told
        record_audit(
            chain=INSTALLATION, action=action, subject=str(root)[:200], by=desk.run.by, changes=changes
        )


def _write_sections(documents: list[Document]) -> None:
    """As if each text had been typed: what opens a section reads its state, not its text."""
    for row in documents:
        if not row.text:
            continue
        try:
            update = rewrite(open_document(b""), row.text)
            row.state = accept(b"", update) if update else b""
        except (Malformed, Full) as error:
            raise Refused(f"a section of its narrative cannot be kept: {error}") from error
        row.save(update_fields=["state"])


def _make_found(publications: list[Publication]) -> None:
    for publication in publications:
        try:
            words = search_of(publication.content)
        except (KeyError, TypeError, AttributeError) as error:
            raise Refused("what it published is not what a publication holds") from error
        Publication.objects.filter(pk=publication.pk).update(search=words)


def _put_in_ballots(retrospective: Retrospective, told: Any) -> None:
    """As many of each score; on the day of the session, as the file does not know the days."""
    day: date = (retrospective.session_ended_at or retrospective.created_at).date()
    if not isinstance(told, dict) or set(told) - set(Question.values):
        raise Refused("its ballots are of unknown questions")
    ballots = []
    ClosedQuestion.objects.bulk_create(
        ClosedQuestion(retrospective=retrospective, question=question) for question in told
    )
    for question, counts in told.items():
        are_counts = (
            isinstance(counts, list) and len(counts) == 5 and all(type(n) is int and n >= 0 for n in counts)
        )
        if not are_counts or sum(counts) > MOST_BALLOTS:
            raise Refused("its ballots are not five counts")
        ballots += [
            Ballot(retrospective=retrospective, question=question, score=score, cast_on=day)
            for score, count in enumerate(counts, 1)
            for _ in range(count)
        ]
    Ballot.objects.bulk_create(ballots)


def _be_default_alone(page: StatusPage) -> None:
    """A page that is here already keeps showing what no other shows."""
    others = StatusPage.objects.filter(is_default=True, audience=page.audience).exclude(pk=page.pk)
    if page.is_default and others.exists():
        StatusPage.objects.filter(pk=page.pk).update(is_default=False)

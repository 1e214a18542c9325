"""The narrative sections: every keystroke an update that is stored before it is confirmed; forms, versions."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, F, Max, Min, OuterRef

from accounts.models import User
from audit import context
from coediting.document import Full, Malformed, accept, open_document, to_markdown
from coediting.markdown_merge import rewrite
from core.notify import notify_topic
from events.retrospectives import NarrativeSaved
from incidents.workflow import Conflict
from notifications.workflow import wake_worker
from retros.document_cache import current_state, remember
from retros.models import Document, DocumentUpdate, DocumentVersion, Retrospective, Section
from retros.permissions import can_write
from retros.workflow.common import announce, audit, require_open_writer

QUIET = timedelta(minutes=5)
LONGEST = timedelta(minutes=30)
"""A version is kept once nobody has written for so long, or somebody has for so long."""
MAX_LETTERS, MAX_LINES = 10_000, 2_000  # of a text that a form sends at once
AT_ONCE = 50


def topic_of(document_id: int) -> str:
    """Where updates of a section are notified, for the editors that are open."""
    return f"document:{document_id}"


@transaction.atomic
def open_section(*, retrospective: Retrospective, section: str, by: User) -> Document:
    """The section's document with all that was written in it by now.

    Made when somebody who may write first looks at it; before, an empty one that is not saved.
    """
    found: Any = _opened(retrospective).filter(section=section).first()
    if found is None and not can_write(by, retrospective):
        return Document(retrospective=retrospective, section=section)
    if found is None:
        return Document.objects.get_or_create(retrospective=retrospective, section=section)[0]
    found.retrospective = retrospective
    return _caught_up(found) if found.is_behind else found


@transaction.atomic
def sections_of(retrospective: Retrospective) -> list[Document]:
    """All sections with what was written in them by now; where nobody has, one that is not saved."""
    stored = {document.section: document for document in _opened(retrospective)}
    sections = [
        stored.get(section) or Document(retrospective=retrospective, section=section)
        for section in Section.values
    ]
    return [_caught_up(one) if getattr(one, "is_behind", False) else one for one in sections]


def _opened(retrospective: Retrospective) -> Any:
    """The stored sections, with `is_behind`: whether something was written that `text` does not hold."""
    newer = DocumentUpdate.objects.filter(document=OuterRef("pk"), pk__gt=OuterRef("compacted_to"))
    return Document.objects.filter(retrospective=retrospective).annotate(is_behind=Exists(newer))


@transaction.atomic
def write_update(*, document_id: int, update: bytes, by: User) -> int:
    """Store one update of an editor; the number it has from then on, 0 where nothing in it is new.

    Raises Malformed, Gap, Full or Stale, PermissionDenied for who may not write, ValidationError once it is
    published.
    """
    document = _lock(document_id, by)
    _, state = current_state(document)
    after = accept(state, update)
    return 0 if after == state else _append(document, update, after, by).pk


@transaction.atomic
def save_text(*, document: Document, text: str, by: User, version: int | None) -> Document:
    """Make the section say `text`, as a change to what stands there; live writers see it arrive.

    Raises Conflict where the section says something else by now than at `version`.
    """
    if len(text) > MAX_LETTERS:
        raise ValidationError({"text": f"A section can have at most {MAX_LETTERS:,} characters."})
    if text.count("\n") >= MAX_LINES:
        raise ValidationError({"text": f"A section can have at most {MAX_LINES:,} lines."})
    document = _lock(document.pk, by)
    _compact(document)
    if version is not None and version != document.version:
        raise Conflict(document, "This section")
    state = bytes(document.state)
    update = rewrite(open_document(state), text)
    if update:
        try:
            after = accept(state, update)
        except (Malformed, Full) as refusal:
            raise ValidationError({"text": str(refusal)}) from refusal
        _append(document, update, after, by)
        _compact(document)
        audit(document.retrospective, "narrative.saved", by, section=document.get_section_display())
        announce(document.retrospective, NarrativeSaved(section=document.section), what="narrative")
    return document


@transaction.atomic
def keep_version(*, document: Document, by: User, note: str = "") -> DocumentVersion | None:
    """Keep what it says now, with everybody who wrote since the version before; None where nothing is new."""
    document = _lock(document.pk, by)
    _compact(document)
    return _keep(document, by=by, note=note)


@transaction.atomic
def restore_version(*, document: Document, number: int, by: User) -> Document:
    """Let the section say again what it said then, as a new change; what it says now is kept as a version."""
    document = _lock(document.pk, by)
    wanted = document.versions.get(number=number)
    _compact(document)
    _keep(document, by=by, note=f"before version {number} was restored")
    document = save_text(document=document, text=wanted.text, by=by, version=None)
    _keep(document, by=by, note=f"version {number} restored")
    audit(
        document.retrospective,
        "narrative.restored",
        by,
        section=document.get_section_display(),
        version=number,
    )
    return document


@transaction.atomic
def settle_sections(*, retrospective: Retrospective, by: User, note: str = "") -> list[Document]:
    """The sections with all that was written in them, each kept as a version: what is published or exported.

    Within the caller's transaction nobody writes in them until it ends.
    """
    documents = list(
        Document.objects.select_for_update(of=("self",))
        .select_related("retrospective")
        .filter(retrospective=retrospective)
        .order_by("pk")
    )
    for document in documents:
        _compact(document)
        _keep(document, by=by, note=note)
    return documents


def compact_documents() -> bool:
    """Bring state and text of sections that were written up to date; whether there may be more."""
    waiting = _written().filter(newest__gt=F("compacted_to"))
    ids = list(waiting.values_list("pk", flat=True)[:AT_ONCE])
    for pk in ids:
        with transaction.atomic():
            document = _locked(pk, skip_locked=True)
            if document is not None:
                _compact(document)
    return len(ids) == AT_ONCE


def keep_quiet_versions() -> bool:
    """Keep a version of what nobody has written in for a while; whether there may be more."""
    now = context.now()
    done = _written().filter(last_at__lte=now - QUIET) | _written().filter(first_at__lte=now - LONGEST)
    ids = list(done.values_list("pk", flat=True)[:AT_ONCE])
    for pk in ids:
        with transaction.atomic():
            document = _locked(pk, skip_locked=True)
            if document is not None:
                _compact(document)
                _keep(document, by=None, note="")
    return len(ids) == AT_ONCE


def next_document_at() -> datetime | None:
    """When a section is to be brought up to date or kept as a version; the past where one is already."""
    if _written().filter(newest__gt=F("compacted_to")).exists():
        return context.now()
    first = _written().aggregate(quiet=Min("last_at"), long=Min("first_at"))
    return min(first["quiet"] + QUIET, first["long"] + LONGEST) if first["quiet"] else None


def _written() -> Any:
    return Document.objects.annotate(
        newest=Max("updates__pk"), first_at=Min("updates__at"), last_at=Max("updates__at")
    ).filter(newest__isnull=False)


def _locked(pk: int, *, skip_locked: bool = False) -> Document | None:
    """Without its retrospective: joined here, it would be read as it was before the wait for the lock."""
    return Document.objects.select_for_update(skip_locked=skip_locked).filter(pk=pk).first()


def _caught_up(document: Document) -> Document:
    locked = _locked(document.pk)
    if locked is None:
        return document
    locked.retrospective = document.retrospective
    _compact(locked)
    return locked


def _lock(pk: int, by: User) -> Document:
    document = _locked(pk)
    if document is None:
        raise PermissionDenied("There is no such section.")
    require_open_writer(by, document.retrospective)
    return document


def _append(document: Document, update: bytes, state: bytes, by: User) -> DocumentUpdate:
    row = DocumentUpdate.objects.create(document=document, update_bytes=update, author=by, at=context.now())
    notify_topic(topic=topic_of(document.pk), what=str(row.pk))
    wake_worker()
    transaction.on_commit(partial(remember, document, row.pk, state))
    return row


def _compact(document: Document) -> None:
    """Take what was written into the row; its lock is held."""
    last, state = current_state(document)
    if last <= document.compacted_to:
        return
    text = to_markdown(open_document(state))
    document.state, document.compacted_to = state, last
    if text != document.text:
        document.text, document.version, document.changed_at = text, document.version + 1, context.now()
    document.save(update_fields=["state", "compacted_to", "text", "version", "changed_at"])
    transaction.on_commit(partial(remember, document, last, state))


def _keep(document: Document, *, by: User | None, note: str) -> DocumentVersion | None:
    """Its lock is held and it is compacted. Updates are needed no longer than until their authors stand here."""
    merged = document.updates.filter(pk__lte=document.compacted_to)
    authors = set(merged.exclude(author=None).order_by().values_list("author", flat=True).distinct())
    latest = document.versions.first()
    version = None
    if latest.text != document.text if latest else document.text:
        version = DocumentVersion.objects.create(
            document=document,
            number=latest.number + 1 if latest else 1,
            text=document.text,
            at=context.now(),
            note=note,
        )
        version.authors.set(authors)
        audit(
            document.retrospective,
            "narrative.version_kept",
            by,
            section=document.get_section_display(),
            version=version.number,
        )
    merged.delete()
    return version

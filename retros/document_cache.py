"""What a section says right now: its compacted state and the updates since, kept in memory from one to the next."""

import threading
from collections import OrderedDict

from django.db import transaction

from coediting.document import open_document
from retros.models import Document, DocumentUpdate

KEPT = 32  # sections a process remembers

_lock = threading.Lock()
_known: OrderedDict[tuple[int, int], tuple[int, bytes]] = OrderedDict()


def current_state(document: Document) -> tuple[int, bytes]:
    """(the last update in it, the whole state). Whoever goes on to write holds the row's lock.

    Writers hold that lock to the end of their transactions, so a higher number is always the later one.
    """
    with _lock:
        last, state = _known.get(_key(document), (-1, b""))
    if last < document.compacted_to:
        last, state = document.compacted_to, bytes(document.state)
    newer = list(
        DocumentUpdate.objects.filter(document=document, pk__gt=last).values_list("pk", "update_bytes")
    )
    if newer:
        last = newer[-1][0]
        state = open_document(state, *(bytes(update) for _, update in newer)).get_update()
    return last, state


def remember(document: Document, last: int, state: bytes) -> None:
    """After the commit only: what was rolled back was never said."""
    with _lock:
        known = _known.get(_key(document))
        if known is None or known[0] < last:
            _known[_key(document)] = (last, state)
        _known.move_to_end(_key(document))
        while len(_known) > KEPT:
            _known.popitem(last=False)


def _key(document: Document) -> tuple[int, int]:
    return document.pk, document.retrospective_id


@transaction.atomic
def state_of(document_id: int) -> bytes:
    """For readers: the row is locked for the moment, so that nothing is compacted away between two queries."""
    document = Document.objects.select_for_update().get(pk=document_id)
    last, state = current_state(document)
    remember(document, last, state)
    return state

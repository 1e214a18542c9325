"""Reading a file from end to end before anything of it is stored: what is in it, and what will be refused."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from history.entry import Entry, Own, Past, PastMaintenance
from history.external_references import of_document
from history.models import Import, RefusedEntry
from history.rows import INCIDENT
from history.workflow.file_reader import Read, entries

COUNTED = ("entries", "incidents", "maintenances", "own", "others", "updates", "open", "repeated")
SAMPLES = 5
EVERY = 2000  # entries between two signs of life
REPORTED = 20_000  # refused entries that are listed one by one; all are counted


@dataclass
class Found:
    """What one pass has seen."""

    refused: list[RefusedEntry] = field(default_factory=list)
    refused_count: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    degrees: Counter[str] = field(default_factory=Counter)
    samples: list[dict[str, Any]] = field(default_factory=list)
    first: datetime | None = None
    last: datetime | None = None
    digests: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)
    merged: dict[str, tuple[str, int]] = field(default_factory=dict)
    circles: set[str] = field(default_factory=set)
    clashing: dict[str, list[int]] = field(default_factory=dict)

    def refuse(self, run: Import, read: Read, reason: str) -> None:
        self.refused_count += 1
        if len(self.refused) < REPORTED:
            self.refused.append(
                RefusedEntry(run=run, place=read.place, source_id=read.source_id[:200], reason=reason[:500])
            )

    def as_json(self) -> dict[str, Any]:
        return {
            **dict.fromkeys(COUNTED, 0),
            **self.counts,
            "degrees": dict(self.degrees.most_common(200)),
            "samples": self.samples,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "clashing": sorted({*self.clashing, *self.circles}),
        }


def look_through(run: Import, stream: BinaryIO, sign: Callable[[int], None] = lambda count: None) -> Found:
    """One pass over everything. Two entries with one id and different content are both refused: none is the right one."""
    found = Found()
    for read in entries(run, stream):
        found.counts["entries"] += 1
        if found.counts["entries"] % EVERY == 0:
            sign(found.counts["entries"])
        if read.entry is None:
            found.refuse(run, read, read.reason)
            continue
        if _is_repeated(found, read):
            continue
        _count(found, read.entry)
        if isinstance(read.entry, Own) and read.entry.document.get("merged_into"):
            found.merged[read.source_id] = (str(read.entry.document["merged_into"]), read.place)
    _refuse_circles(run, found)
    for source_id, places in found.clashing.items():
        told = " and ".join(map(str, places[:5]))
        for place in places:
            reason = (
                f"the file has “{source_id[:60]}” at {told}, with different content. None of them is imported"
            )
            found.refuse(run, Read(place, None, source_id=source_id), reason)
    found.refused.sort(key=lambda refused: refused.place)
    return found


def _refuse_circles(run: Import, found: Found) -> None:
    """Incidents merged into each other, or into themselves, make no sense; none of them is taken."""
    settled: set[str] = set()
    for first in found.merged:
        path: dict[str, None] = {}
        here = first
        while here in found.merged and here not in settled and here not in path:
            path[here] = None
            here = found.merged[here][0]
        if here in path:
            names = list(path)
            found.circles.update(names[names.index(here) :])
        settled.update(path)
    for source_id in sorted(found.circles - set(found.clashing)):
        place = found.merged[source_id][1]
        found.refuse(run, Read(place, None, source_id=source_id), "it is merged into others in a circle")


def _is_repeated(found: Found, read: Read) -> bool:
    """The same entry again, word for word, is no news; another one under the same id contradicts it."""
    key = hashlib.blake2b(read.source_id.encode(), digest_size=12).digest()
    content = hashlib.blake2b(repr(read.entry).encode(), digest_size=12).digest()
    known = found.digests.setdefault(key, (read.place, content))
    if known == (read.place, content):
        return False
    if known[1] != content:
        found.clashing.setdefault(read.source_id, [known[0]]).append(read.place)
    else:
        found.counts["repeated"] += 1
    return True


def _count(found: Found, entry: Entry) -> None:
    if isinstance(entry, Own):
        is_incident = of_document(entry.document) is INCIDENT
        found.counts["own" if is_incident else "others"] += 1
        _sample(found, entry.document.get("title", ""), "", "")
        return
    if isinstance(entry, PastMaintenance):
        found.counts["maintenances"] += 1
        began = entry.starts_at
    else:
        found.counts["incidents"] += 1
        found.counts["open"] += entry.is_open
        found.degrees[entry.degree[:40]] += 1
        began = entry.impact_started_at
        _sample(found, entry.title, entry.degree, began.isoformat(), entry)
    found.counts["updates"] += len(entry.words)
    found.first = min(found.first or began, began)
    found.last = max(found.last or began, began)


def _sample(found: Found, title: Any, degree: str, began: str, past: Past | None = None) -> None:
    if len(found.samples) < SAMPLES:
        found.samples.append(
            {
                "title": str(title)[:200],
                "degree": degree,
                "began": began,
                "resolved": past.resolved_at.isoformat() if past and past.resolved_at else "",
                "updates": len(past.words) if past else None,
                "services": [name for name, _impact in past.services][:5] if past else [],
            }
        )

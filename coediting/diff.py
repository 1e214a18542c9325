"""What differs between two sequences, in a time that does not grow out of hand with their length."""

from collections.abc import Sequence
from difflib import SequenceMatcher

EXACT, MOST = 300, 1000
"""Up to so many items every match is sought; beyond so many, what differs is one stretch."""

Change = tuple[str, int, int, int, int]


def opcodes(old: Sequence, new: Sequence) -> list[Change]:
    """As `SequenceMatcher.get_opcodes`: (equal, replace, delete or insert, from, to, first, last)."""
    start, old_end, new_end = 0, len(old), len(new)
    while start < min(old_end, new_end) and old[start] == new[start]:
        start += 1
    while min(old_end, new_end) > start and old[old_end - 1] == new[new_end - 1]:
        old_end, new_end = old_end - 1, new_end - 1
    found: list[Change] = [("equal", 0, start, 0, start)] if start else []
    found += [
        (what, start + from_, start + to, start + first, start + last)
        for what, from_, to, first, last in _between(old[start:old_end], new[start:new_end])
    ]
    if old_end < len(old):
        found.append(("equal", old_end, len(old), new_end, len(new)))
    return found


def _between(old: Sequence, new: Sequence) -> list[Change]:
    longest = max(len(old), len(new))
    if longest > MOST:
        what = "replace" if old and new else "delete" if old else "insert"
        return [(what, 0, len(old), 0, len(new))]
    return [*SequenceMatcher(None, old, new, autojunk=longest > EXACT).get_opcodes()]

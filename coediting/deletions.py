"""What a Yjs update deletes, read from its bytes: the check that nothing is removed unseen.

A change of a block's kind replaces the block: Yjs deletes it with all that is in it, also what somebody else wrote
there and the author of the change has not received yet. An update names every letter that its author saw removed
in its delete set. What a document lacks after an update, and neither lacked before nor is named there, was removed
unseen.

Format of a delete set (Yjs, update version 1): the number of clients; for each the client, the number of ranges, and
a clock and a length a range. All are variable-length unsigned integers.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

Ranges = Mapping[int, Sequence[tuple[int, int]]]
"""For each client (start, end) of its clocks, the end not included."""


def deletions(update: bytes) -> Ranges:
    """The delete set of an update that holds nothing else, as one beyond the whole state vector does."""
    at = 1  # after the number of clients with content, which is 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = update[at]
            at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for _ in range(number()):
        client = number()
        for _ in range(number()):
            start = number()
            found[client].append((start, start + number()))
    return found


def removes_only(after: Ranges, *known: Ranges) -> bool:
    """Whether every range in `after` lies in what is known, taken together."""
    return all(
        _covered(ranges, sorted(span for ranges in known for span in ranges.get(client, ())))
        for client, ranges in after.items()
    )


def _covered(ranges: Sequence[tuple[int, int]], spans: Sequence[tuple[int, int]]) -> bool:
    n = 0
    for start, end in sorted(ranges):
        while start < end:
            while n < len(spans) and spans[n][1] <= start:
                n += 1
            if n == len(spans) or spans[n][0] > start:
                return False
            start = spans[n][1]
    return True

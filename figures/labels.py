"""Where words stand beside marks on a line, so that none cross."""

from dataclasses import dataclass

DEEPEST = 4  # rows of words under a lane


@dataclass(frozen=True)
class Place:
    row: int
    is_left: bool = False


def places_of(marks: list[tuple[float, float]], left: float, width: float) -> list[Place | None]:
    """Where the words of each (x, length) stand: right of its mark, under every later mark they would cross.

    Where there is no room to the right they stand to the left, in the first row that is free; None where nowhere.
    """
    found: list[Place | None] = [None] * len(marks)
    for index in range(len(marks) - 1, -1, -1):
        x, length = marks[index]
        if x + 17 + length > width:
            continue
        placed = [found[j] for j in range(index + 1, len(marks)) if marks[j][0] - 9 < x + 17 + length]
        row = max((place.row + 1 if place else 1 for place in placed), default=0)
        found[index] = Place(row) if row <= DEEPEST else None
    for index, (x, length) in enumerate(marks):
        if x + 17 + length > width and x - 17 - length >= left:
            free = [r for r in range(DEEPEST) if _is_free(marks, found, index, r)]
            found[index] = Place(free[0], is_left=True) if free else None
    return found


def _is_free(marks: list[tuple[float, float]], found: list[Place | None], index: int, row: int) -> bool:
    """Whether words to the left of a mark, in this row, cross neither words, nor leaders, nor marks."""
    x, length = marks[index]
    start = x - 17 - length
    for other, ((at, wide), place) in enumerate(zip(marks, found, strict=True)):
        if other == index:
            continue
        if row == 0 and start < at + 9 and at - 9 < x:
            return False
        if place is None:
            continue
        if place.row > row and start < at < x:
            return False
        first, last = (at - 17 - wide, at) if place.is_left else (at, at + 17 + wide)
        if place.row == row and first < x and start < last:
            return False
        if place.row < row and first < x < last:
            return False
    return True

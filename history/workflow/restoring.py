"""What Allclear exported, stored again row by row."""

from history.past import Own, Refused
from history.workflow.writing import Desk


def restore(desk: Desk, own: Own) -> int:
    raise Refused("Allclear's own lines come later")

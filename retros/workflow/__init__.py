"""The verbs of retrospectives."""

from retros.workflow.starting import close_with_retrospective, due_date, start_retrospective
from retros.workflow.writing import keep_version, open_section, restore_version, save_text, write_update

__all__ = [
    "close_with_retrospective",
    "due_date",
    "keep_version",
    "open_section",
    "restore_version",
    "save_text",
    "start_retrospective",
    "write_update",
]

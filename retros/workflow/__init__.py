"""The verbs of retrospectives."""

from retros.workflow.starting import close_with_retrospective, due_date, start_retrospective

__all__ = ["close_with_retrospective", "due_date", "start_retrospective"]

"""Retrospectives: a module for each of their sections."""

from api.operations.retrospectives import (  # noqa: F401 - they register
    factors,
    frame,
    impact,
    learnings,
    measures,
    questions,
    review,
    session,
    settings,
    text,
    timeline,
    timeline_import,
)

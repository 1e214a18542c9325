"""The verbs of history brought in and taken along."""

from history.workflow.exporting import ask_for_export
from history.workflow.running import (
    carry_on,
    claim_import,
    confirm_import,
    drop_import,
    read_import_again,
    start_import,
)

__all__ = [
    "ask_for_export",
    "carry_on",
    "claim_import",
    "confirm_import",
    "drop_import",
    "read_import_again",
    "start_import",
]

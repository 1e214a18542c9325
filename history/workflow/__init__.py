"""The verbs of history brought in and taken along."""

from history.workflow.running import (
    carry_on,
    claim_import,
    confirm_import,
    drop_import,
    read_import_again,
    start_import,
)

__all__ = [
    "carry_on",
    "claim_import",
    "confirm_import",
    "drop_import",
    "read_import_again",
    "start_import",
]

"""The verbs of data sources and signals."""

from signals.workflow.capturing import capture_signal
from signals.workflow.expecting import drop_expectation, expect_of_signal
from signals.workflow.looking import note_look, retry_sources
from signals.workflow.managing import add_signal, change_signal, remove_signal
from signals.workflow.sources import (
    add_data_source,
    change_data_source,
    remove_data_source,
    test_data_source,
    try_query,
)
from signals.workflow.watching import check_by_signal

__all__ = [
    "add_data_source",
    "add_signal",
    "capture_signal",
    "change_data_source",
    "change_signal",
    "check_by_signal",
    "drop_expectation",
    "expect_of_signal",
    "note_look",
    "remove_data_source",
    "remove_signal",
    "retry_sources",
    "test_data_source",
    "try_query",
]

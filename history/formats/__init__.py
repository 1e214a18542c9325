"""The formats history comes in; each reads a file entry by entry and says what an entry means."""

from history.formats import json_lines, opsgenie, pagerduty, statuspage, table
from history.formats.common import RANKS, Format, Options

FORMATS: dict[str, Format] = {
    module.FORMAT.key: module.FORMAT for module in (statuspage, json_lines, table, pagerduty, opsgenie)
}

__all__ = ["FORMATS", "RANKS", "Format", "Options"]

"""Times as the API writes and reads them."""

import re
from datetime import UTC, datetime, time
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.local_time import is_sensible

CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"


class UtcField(serializers.DateTimeField):
    """A time as RFC 3339 in UTC with Z; what is written must say its offset."""

    default_error_messages = {
        "naive": "Write the time with its offset from UTC, such as 2026-03-01T14:33:00Z.",
        "invalid": "Write the time like 2026-03-01T14:33:00Z.",
        "year": "Check the year.",
    }

    def __init__(self, **options: Any):
        super().__init__(default_timezone=UTC, **options)

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("naive")
        try:
            moment = value.astimezone(UTC)
        except OverflowError:
            self.fail("invalid")
        if not is_sensible(moment):
            self.fail("year")
        return moment

    def to_representation(self, value: Any) -> Any:
        """Without the checks of what comes in: a list of 25 incidents has 170 times."""
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
        return super().to_representation(value)


class ClockField(serializers.TimeField):
    """A time of day where it applies, such as 22:00, without an offset: so not what `format: time` means."""

    default_error_messages = {"invalid": "Write the time of day like 22:00."}

    def to_internal_value(self, value: Any) -> time:
        if not isinstance(value, str) or not re.fullmatch(CLOCK, value):
            self.fail("invalid")
        return time.fromisoformat(value)


extend_schema_field({"type": "string", "pattern": f"^{CLOCK}$"})(ClockField)

"""Times as the API writes and reads them."""

from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers


class UtcField(serializers.DateTimeField):
    """A time as RFC 3339 in UTC with Z; what is written must say its offset."""

    default_error_messages = {
        "naive": "Write the time with its offset from UTC, such as 2026-03-01T14:33:00Z.",
        "invalid": "Write the time like 2026-03-01T14:33:00Z.",
    }

    def __init__(self, **options: Any):
        super().__init__(default_timezone=UTC, **options)

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("naive")
        try:
            return value.astimezone(UTC)
        except OverflowError:
            self.fail("invalid")

    def to_representation(self, value: Any) -> Any:
        if isinstance(value, datetime):
            value = value.astimezone(UTC)
        return super().to_representation(value)

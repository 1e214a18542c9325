"""Fields that take a value as it is or refuse it: DRF's own would turn 5 into "5" and "yes" into True."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from rest_framework import serializers

EARLIEST_YEAR, LATEST_YEAR = 1970, 9999


class Text(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("This must be a text.")
        return super().to_internal_value(data)


class OptionalText(Text):
    """Null or absent read as the empty text."""

    def __init__(self, **kwargs: Any):
        super().__init__(required=False, allow_null=True, allow_blank=True, default="", **kwargs)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        is_empty, value = super().validate_empty_values(data)
        return is_empty, "" if is_empty and value is None else value


class Number(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            raise serializers.ValidationError("This must be a whole number.")
        return super().to_internal_value(data)


class YesNo(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise serializers.ValidationError("This must be true or false.")
        return data


class Instant(serializers.Field):
    """An ISO 8601 text with a zone, as UTC; a time without a zone means nothing on another continent."""

    def to_internal_value(self, data: Any) -> datetime:
        moment = None
        if isinstance(data, str):
            with suppress(ValueError):  # well formed, but no such day or hour
                moment = parse_datetime(data)
        if moment is None:
            raise serializers.ValidationError("This must be a time like 2019-07-02T13:42:00Z.")
        if moment.tzinfo is None:
            raise serializers.ValidationError("This time needs a zone, like the Z of 2019-07-02T13:42:00Z.")
        if not EARLIEST_YEAR <= moment.year < LATEST_YEAR:
            raise serializers.ValidationError("This time is outside the supported range.")
        return moment.astimezone(UTC)

    def to_representation(self, value: datetime) -> str:
        return value.isoformat()


def maybe_instant() -> Instant:
    return Instant(required=False, allow_null=True, default=None)


def listed(child: serializers.Field | type[serializers.Serializer], **kwargs: Any) -> serializers.Field:
    """A list of `child` that may be absent or null."""
    if isinstance(child, type):
        return child(many=True, required=False, allow_null=True, default=list, **kwargs)
    return serializers.ListField(child=child, required=False, allow_null=True, default=list, **kwargs)

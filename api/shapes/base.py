"""The base of all shapes."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Model
from rest_framework import serializers

from accounts.models import User


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


class Shape(serializers.ModelSerializer):
    """What the API says of a record. It holds no value that depends on the clock: its hash is the ETag."""

    order: ClassVar[tuple[str, ...]] = ("pk",)
    """The order of lists: unique, and of columns that have an index."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.DateTimeField: UtcField
    }

    @classmethod
    def rows(cls, user: User) -> Any:
        """Those in `user`'s reach, with what the shape tells, in a constant number of queries."""
        raise NotImplementedError(cls.__name__)

    @classmethod
    def again(cls, user: User, record: Model) -> Any:
        """The record as it stands now, or None where `user` does not reach it (any more)."""
        return cls.rows(user).filter(pk=record.pk).first()

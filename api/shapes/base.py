"""The base of all shapes."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Model
from rest_framework import serializers

from accounts.models import User
from api.times import UtcField


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

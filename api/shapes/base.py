"""The base of all shapes, and how records are told in them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, cached_property
from inspect import getattr_static, isfunction
from operator import attrgetter, methodcaller
from typing import Any, ClassVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import Model
from rest_framework import serializers
from rest_framework.fields import SkipField
from rest_framework.relations import PKOnlyObject

from accounts.models import User
from api.times import ClockField, UtcField


class Telling(serializers.ModelSerializer):
    """Says what its fields say, as any serializer; how each is read is found out once."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        if not isinstance(instance, self.Meta.model):
            return super().to_representation(instance)
        told = {}
        for field, read in self._readers:
            try:
                value = read(instance)
            except (AttributeError, ObjectDoesNotExist):
                try:  # the field says what is told then
                    value = field.get_attribute(instance)
                except SkipField:
                    continue
            is_nothing = value is None or (isinstance(value, PKOnlyObject) and value.pk is None)
            told[field.field_name] = None if is_nothing else field.to_representation(value)
        return told

    @cached_property
    def _readers(self) -> list[tuple[Any, Callable[[Any], Any]]]:
        return [(field, _reader(field, self.Meta.model)) for field in self._readable_fields]


def _reader(field: Any, model: type[Model]) -> Callable[[Any], Any]:
    """What stands in an attribute, or is told by a method, is read at once; longer ways and relations by the field."""
    is_plain = type(field).get_attribute is serializers.Field.get_attribute and len(field.source_attrs) == 1
    if not is_plain:
        return field.get_attribute
    (name,) = field.source_attrs
    there = getattr_static(model, name, None)
    if isfunction(there):
        return methodcaller(name)
    return field.get_attribute if callable(there) else attrgetter(name)


class Shape(Telling):
    """What the API says of a record. It holds no value that depends on the clock: its hash is the ETag.

    `in_shape` tells records in it and keeps one instance of each shape: it holds nothing of a call.
    """

    order: ClassVar[tuple[str, ...]] = ("pk",)
    """The order of lists: unique, and of columns that have an index."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.DateTimeField: UtcField,
        models.TimeField: ClockField,
    }

    @classmethod
    def rows(cls, user: User) -> Any:
        """Those in `user`'s reach, with what the shape tells, in a constant number of queries."""
        raise NotImplementedError(cls.__name__)

    @classmethod
    def complete(cls, records: list[Any], user: User) -> None:
        """Load what else is told of these records to `user`, before it is told."""

    @classmethod
    def again(cls, user: User, record: Model) -> Any:
        """The record as it stands now, or None where `user` does not reach it (any more)."""
        return cls.rows(user).filter(pk=record.pk).first()


_call: ContextVar[Any] = ContextVar("call")


class _Context(dict[str, Any]):
    """The context of kept serializers: the call that is being answered."""

    def __missing__(self, name: str) -> Any:
        if name != "call":
            raise KeyError(name)
        return _call.get()


@cache
def _kept(shape: Any, many: bool) -> Any:
    return shape(many=many, context=_Context()) if many else shape(context=_Context())


def in_shape(shape: Any, records: Any, call: Any, *, many: bool = False) -> Any:
    """A record, or with `many` a list of them, in a shape; fields may read `call` in their context."""
    if issubclass(shape, Shape):
        records = list(records) if many else records
        shape.complete(records if many else [records], call.user)
    with _answering(call):
        return _kept(shape, many).to_representation(records)


def checked(body: Any, data: dict[str, Any], call: Any) -> dict[str, Any]:
    """What `data` says by the rules of a body. Its instance is kept, so its validation may hold nothing of a call."""
    with _answering(call):
        return dict(_kept(body, False).run_validation(data))


@contextmanager
def _answering(call: Any) -> Iterator[None]:
    token = _call.set(call)
    try:
        yield
    finally:
        _call.reset(token)

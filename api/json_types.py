"""Which JSON type each field of a request has: what is sent must be of it.

Django REST framework also takes 5 for "5", "no" for false and {} for an empty list. That suits forms, where everything is
text. In JSON it would hide a mistake.
"""

from collections.abc import Iterator
from typing import Any

from rest_framework import serializers

LISTS = (serializers.ListField, serializers.ListSerializer, serializers.ManyRelatedField)
KINDS: list[tuple[type | tuple[type, ...], tuple[type, ...], str]] = [
    (serializers.BooleanField, (bool,), "Write true or false."),
    (serializers.IntegerField, (int,), "Write a whole number."),
    (serializers.FloatField, (int, float), "Write a number."),
    ((serializers.CharField, serializers.UUIDField), (str,), "Write text."),
    (LISTS, (list,), "Write a list."),
]


def wrong_types(field: Any, value: Any) -> Iterator[str]:
    """What is wrong with a value, looking into lists but not into objects, which look at their own fields."""
    if value is None or isinstance(field, serializers.MultipleChoiceField):
        return
    kind = next(((types, told) for fields, types, told in KINDS if isinstance(field, fields)), None)
    if isinstance(field, serializers.ChoiceField):
        kind = tuple({_json_type(choice) for choice in field.choices}), "Write one of the choices as it is."
    if kind and (not isinstance(value, kind[0]) or (isinstance(value, bool) and bool not in kind[0])):
        yield kind[1]
    elif isinstance(field, LISTS):
        child = getattr(field, "child", None)
        for one in value:
            yield from wrong_types(child, one)


def _json_type(choice: Any) -> type:
    """Members of a `TextChoices` are text."""
    return next(one for one in (str, bool, int, float, type(choice)) if isinstance(choice, one))

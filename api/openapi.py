"""The description of the API, made when it is asked for: what makes it needs 8 MB that most processes never use."""

from functools import cache
from typing import Any

from django.urls import URLPattern


@cache
def openapi_schema() -> dict[str, Any]:
    """The whole description as plain values."""
    return description_of(None)


def description_of(patterns: list[URLPattern] | None) -> dict[str, Any]:
    """The same of some addresses; None for all."""
    from api.schema import Generator  # here, not above: see the first line

    return dict(Generator(patterns=patterns).get_schema(request=None, public=True))

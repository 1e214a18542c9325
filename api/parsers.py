"""Bodies as JSON: nothing in them that could not be stored, told again, or walked through."""

from typing import Any

from rest_framework.parsers import JSONParser

from api.errors import Malformed

DEEPEST = 50
"""Objects and lists inside each other. Bodies of this API have less than 10."""


class JsonParser(JSONParser):
    """Refuses what JSON can write and text cannot hold (RFC 8259, 8.2), and bodies nested without end."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError as fault:
            raise _too_deep() from fault
        level = [data]
        for _depth in range(DEEPEST):
            level = [inner for outer in level for inner in _inside(outer)]
            if not level:
                return data
        raise _too_deep()


def _inside(value: Any) -> list[Any]:
    if isinstance(value, str):
        _require_whole(value)
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else []


def _require_whole(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as fault:
        raise Malformed("A text in the body holds half of a character, such as “\\ud83d” alone.") from fault


def _too_deep() -> Malformed:
    return Malformed(f"The body has more than {DEEPEST} objects or lists inside each other.")

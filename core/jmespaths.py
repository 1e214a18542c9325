"""JMESPath: expressions that people write, checked and searched. Source: https://jmespath.org/specification.html"""

from functools import lru_cache
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

LONGEST_EXPRESSION = 300


class ExpressionError(ValueError):
    """An expression is none, or fails. The text says why."""


@lru_cache(maxsize=500)
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)


def check_expression(expression: str, *, longest: int = LONGEST_EXPRESSION) -> None:
    """Raises ExpressionError where it is no JMESPath."""
    if len(expression) > longest:
        raise ExpressionError(f"Write at most {longest:,} characters.")
    try:
        _compiled(expression)
    except (JMESPathError, RecursionError) as fault:
        raise ExpressionError(f"This is no valid JMESPath{_where(fault)}.") from fault


def _where(fault: Exception) -> str:
    """The place at which it stops being one, where the library says that."""
    place = getattr(fault, "lex_position", None)
    return "" if place is None else f": it can’t be read from character {place + 1} on"


def search(expression: str, value: Any) -> Any:
    """Raises ExpressionError where the expression fails on this value."""
    try:
        return _compiled(expression).search(value)
    except (JMESPathError, ValueError, ArithmeticError, TypeError, AttributeError, RecursionError) as fault:
        raise ExpressionError(str(fault)[:200]) from fault

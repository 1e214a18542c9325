"""What the pages show to administrators only, the API tells them only."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied

from api.registry import Call
from api.shapes.base import Shape


def require_administrator(call: Call) -> None:
    if not call.user.is_administrator:
        raise PermissionDenied("Only administrators can do this.")


def administrators(run: Callable[[Call], Any]) -> Callable[[Call], Any]:
    """`run`, for administrators; everybody else is refused."""

    def checked(call: Call) -> Any:
        require_administrator(call)
        return run(call)

    return checked


def all_of(shape: type[Shape]) -> Callable[[Call], Any]:
    return lambda call: shape.rows(call.user)

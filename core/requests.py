"""What a request is by the time a view gets it: the middleware has put a person and htmx's headers on it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from core.person import Person


class PersonRequest(HttpRequest):
    """For annotations of apps below `accounts`, where a person is known by little. Above, it is a SignedInRequest."""

    user: Person  # type: ignore[assignment]
    htmx: HtmxDetails


def told_length(request: HttpRequest) -> int:
    """The bytes of the body by its header, 0 where it tells none."""
    told = request.headers.get("Content-Length", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 19 else 0

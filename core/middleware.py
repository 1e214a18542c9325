"""What is refused before anything looks at it, and what every answer says."""

from collections.abc import Callable
from urllib.parse import unquote_plus

from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import is_valid_path
from django.utils.cache import patch_vary_headers
from django.utils.http import escape_leading_slashes


class NullCharacterMiddleware:
    """400 for a null character, which PostgreSQL cannot store: in an address or cookie, and in fields that a view reads
    by itself. Forms refuse it by field.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = (
            request.path_info,
            unquote_plus(request.META.get("QUERY_STRING", "")),
            *request.COOKIES.values(),
        )
        if any("\0" in text for text in asked):
            raise BadRequest("A null character in the address or in a cookie.")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A fault that such a field has caused is the sender's."""
        if isinstance(exception, ValueError | DataError) and _has_null(request):
            raise BadRequest("A null character in a field of the form.") from exception


def _has_null(request: HttpRequest) -> bool:
    """Whether a field that was sent holds one, as itself or written as in an address."""
    sent = (text for name, values in request.POST.lists() for text in (name, *values))
    return any("\0" in unquote_plus(text) for text in sent)


class FragmentsApartMiddleware:
    """A part and its whole page share an address: “back” must not show the part a browser kept as the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_vary_headers(response, ("HX-Request",))
        return response


class ExtraSlashMiddleware:
    """Redirect to the address without superfluous slashes at its end; Django itself adds a missing one.

    Looked at only where there is nothing at the address, so that other requests pay nothing for it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        path = request.path_info
        if response.status_code != 404 or request.method not in ("GET", "HEAD") or not path.endswith("/"):
            return response
        routes = getattr(request, "urlconf", None)
        if is_valid_path(path, routes):  # the page exists and the record does not
            return response
        bare = path.rstrip("/")
        for other in (bare, f"{bare}/"):
            if other not in ("", path) and is_valid_path(other, routes):
                query = request.META.get("QUERY_STRING", "")
                prefix = request.path.removesuffix(path)
                address = escape_leading_slashes(prefix + other) + (f"?{query}" if query else "")
                return HttpResponseRedirect(address)
        return response

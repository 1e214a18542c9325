"""Public pages are answered before sessions and people are looked up: they know neither, and outlive the database."""

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve

from statuspages import static_copies
from statuspages.public_routes import Answer
from statuspages.views.responses import host_of, nothing_here, respond

BELOW = "/status/"
OWN_HOST = "statuspages.urls_public"


def copy_of(host: str, path: str) -> Answer | None:
    """The copy on disk of what is at this address, if any; needs no database."""
    if host in settings.STATUS_HOSTS:
        return static_copies.find(f"{static_copies.HOSTS}/{host}", path.removeprefix("/"))
    name, _, address = path.removeprefix(BELOW).partition("/")
    return static_copies.find(name, address)


class StatusPagesMiddleware:
    """Answers /status/… and every address of a host named in STATUS_HOSTS, where nothing else exists.

    While the database is away, from the copy.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response
        self.answer = cast(
            "Callable[[HttpRequest], HttpResponseBase]", convert_exception_to_response(self._answer)
        )

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.STATUS_HOSTS and host_of(request) in settings.STATUS_HOSTS:
            request.urlconf = OWN_HOST
            return self.answer(request)
        if request.path_info.startswith(BELOW):
            return self.answer(request)
        return self.get_response(request)

    @staticmethod
    def _answer(request: HttpRequest) -> HttpResponseBase:
        urlconf = getattr(request, "urlconf", None)
        path = request.path_info
        slug = None if urlconf else path.removeprefix(BELOW).partition("/")[0]
        try:
            match = request.resolver_match = resolve(path, urlconf)
        except Resolver404:
            if not urlconf and path.count("/") == 2:
                return HttpResponsePermanentRedirect(f"{path}/")
            return nothing_here(request, slug)
        try:
            return match.func(request, *match.args, **match.kwargs)
        except Http404:
            return nothing_here(request, slug)
        except (OperationalError, InterfaceError):
            kept = copy_of(host_of(request), path) if request.method in ("GET", "HEAD") else None
            if kept is None:
                raise
            return respond(request, kept)

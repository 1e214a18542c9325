"""What a request is by the time a view gets it: the middleware has put a person and htmx's headers on it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class Request(HttpRequest):
    """Of somebody signed in. Only for annotations: LoginRequiredMiddleware lets nobody else through."""

    user: User
    htmx: HtmxDetails

"""What a request is by the time a view gets it: the middleware has put a person and htmx's headers on it."""

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from accounts.models import User


class SignedInRequest(HttpRequest):
    """For annotations only: everybody else is turned away before the view, unless it is `login_not_required`."""

    user: "User"
    htmx: HtmxDetails

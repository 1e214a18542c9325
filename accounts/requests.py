"""A request of somebody who is signed in."""

from accounts.models import User
from core.requests import PersonRequest


class SignedInRequest(PersonRequest):
    """For annotations only: everybody else is turned away before the view, unless it is `login_not_required`."""

    user: User

"""What a view behind the sign-in gets, for the type checker: the user is a person, never anonymous."""

from django.http import HttpRequest

from accounts.models import User


class SignedInRequest(HttpRequest):
    user: User

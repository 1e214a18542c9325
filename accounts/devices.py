"""Devices from which somebody has signed in before: a signed cookie. They are not locked out by others' attempts."""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import User

SALT = "allclear.known-device"
MOST_ACCOUNTS = 5  # remembered by one device


def known_device(request: HttpRequest, email: str) -> str:
    """The device's identifier if this account has signed in from it before, else an empty string."""
    device = _read(request)
    account = User.objects.filter(email__iexact=email).values_list("pk", flat=True).first()
    return str(device["id"]) if account in device["accounts"] else ""


def remember_device(request: HttpRequest, response: HttpResponse) -> None:
    """Set the cookie for whoever has just signed in."""
    device = _read(request)
    accounts = [pk for pk in device["accounts"] if pk != request.user.pk][: MOST_ACCOUNTS - 1]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps({"id": device["id"], "accounts": [request.user.pk, *accounts]}, salt=SALT),
        max_age=settings.DEVICE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict:
    try:
        return signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""),
            salt=SALT,
            max_age=settings.DEVICE_COOKIE_AGE,
        )
    except signing.BadSignature:
        return {"id": secrets.token_hex(8), "accounts": []}

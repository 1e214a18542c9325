"""Signed addresses that work without a sign-in. A forged or foreign one says no more than that it does not work."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing
from django.urls import reverse

if TYPE_CHECKING:
    from subscribers.models import OutsideAddress, ReportWish
    from subscribers.recipients import Recipient

CONFIRM, UNSUBSCRIBE = "subscribers.confirm", "subscribers.unsubscribe"
CONFIRMATION_LIFETIME = timedelta(days=7)


def confirmation_url(outside: "OutsideAddress") -> str:
    token = signing.dumps({"outside": outside.pk}, salt=CONFIRM)
    return settings.PUBLIC_URL + reverse("outside_confirmation", args=[token])


def unsubscribe_url(recipient: "Recipient") -> str:
    """Ends exactly what led here; empty where it is a person's own part in the incident, which no link ends."""
    if recipient.outside:
        ends: dict[str, Any] = {"outside": recipient.outside.pk}
    elif recipient.person is None or recipient.roles or recipient.is_on_it:
        return ""
    elif recipient.subscriptions:
        ends = {"person": recipient.person.pk, "subscriptions": recipient.subscriptions}
    elif recipient.is_standing:
        ends = {"person": recipient.person.pk, "standing": True}
    else:
        return ""
    if recipient.person and recipient.is_standing:
        ends["standing"] = True
    return _unsubscribe(ends)


def report_unsubscribe_url(wish: "ReportWish") -> str:
    return _unsubscribe({"person": wish.person_id, "report": wish.pk})


def _unsubscribe(ends: dict[str, Any]) -> str:
    token = signing.dumps(ends, salt=UNSUBSCRIBE)
    return settings.PUBLIC_URL + reverse("outside_unsubscription", args=[token])


def read_confirmation(token: str) -> dict[str, Any] | None:
    return _read(token, salt=CONFIRM, max_age=CONFIRMATION_LIFETIME)


def read_unsubscription(token: str) -> dict[str, Any] | None:
    """A mail may be old; the way out of it stays open."""
    return _read(token, salt=UNSUBSCRIBE)


def _read(token: str, *, salt: str, max_age: timedelta | None = None) -> dict[str, Any] | None:
    try:
        return signing.loads(token, salt=salt, max_age=max_age)
    except signing.BadSignature:
        return None

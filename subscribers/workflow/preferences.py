"""What a person chooses about being told."""

from collections.abc import Iterable
from datetime import time

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from subscribers.models import NotificationKind, NotificationPreference

POPS_AT_FIRST = [
    NotificationKind.DUTY,
    NotificationKind.REQUESTS,
    NotificationKind.DECLARED,
    NotificationKind.UPDATES,
]


@transaction.atomic
def choose_notifications(
    *,
    by: User,
    by_mail: Iterable[str],
    in_inbox: Iterable[str],
    in_browser: Iterable[str],
    follows_worst: bool,
    quiet_from: time | None = None,
    quiet_to: time | None = None,
) -> NotificationPreference:
    if (quiet_from is None) != (quiet_to is None):
        missing = "quiet_to" if quiet_to is None else "quiet_from"
        raise ValidationError({missing: "Quiet hours need a beginning and an end."})
    if quiet_from is not None and quiet_from == quiet_to:
        raise ValidationError({"quiet_to": "Quiet hours cannot end when they begin."})
    wish = own_preference(by)
    wish.by_mail, wish.in_inbox, wish.in_browser = list(by_mail), list(in_inbox), list(in_browser)
    wish.follows_worst, wish.quiet_from, wish.quiet_to = follows_worst, quiet_from, quiet_to
    wish.save()
    return wish


@transaction.atomic
def choose_browser(*, by: User, on: bool) -> NotificationPreference:
    """Whether open tabs show what is new; the browser itself asks for leave beside this."""
    wish = own_preference(by)
    if bool(wish.in_browser) != on:
        wish.in_browser = list(POPS_AT_FIRST) if on else []
        wish.save()
    return wish


def own_preference(by: User) -> NotificationPreference:
    """The person's row, locked; made from what is usual where there was none."""
    usual = NotificationPreference.defaults_for(by)
    NotificationPreference.objects.bulk_create([usual], ignore_conflicts=True)
    return NotificationPreference.objects.select_for_update().get(person=by)

"""Trackers: add, change, test, pause, resume, remove. Administrators only."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.workflow import add_service_account
from audit.workflow import INSTALLATION, record_audit
from notifications.addresses import check_address
from notifications.kinds import DeliveryKind
from notifications.workflow import wake_worker
from trackers.kinds import KINDS, is_offered
from trackers.models import Ticket, TicketState, Tracker
from trackers.models.trackers import new_hook_secret
from trackers.permissions import require_setting_up

JOB = "trackers.tasks.sync_tickets"


@transaction.atomic
def add_tracker(
    *, by: User, kind: str, name: str, url: str = "", secret: str = "", user_name: str = ""
) -> Tracker:
    """A tracker with a service account of its own; a worker tests the connection at once.

    Raises ValidationError naming the field.
    """
    require_setting_up(by)
    if not is_offered(kind):
        raise ValidationError({"kind": "There is no such kind of tracker."})
    tracker = Tracker(kind=kind, created_by=by)
    _fill(tracker, name=name, url=url or KINDS[kind].address, secret=secret, user_name=user_name)
    tracker.account = add_service_account(by=by, name=_name_of_account(tracker.name))
    tracker.save()
    _audit("tracker.added", tracker, by, kind=kind, url=tracker.url)
    wake_worker(JOB)
    return tracker


@transaction.atomic
def change_tracker(
    *,
    by: User,
    tracker: Tracker,
    name: str | None = None,
    url: str | None = None,
    secret: str = "",
    user_name: str | None = None,
    hook_secret: str = "",
    is_same_tracker: bool = False,
) -> Tracker:
    """What is not said stays. A token goes only to the server that it was entered for.

    The address of another server needs `is_same_tracker` while tickets are linked.
    """
    tracker = lock_tracker(tracker, by)
    before = _facts(tracker)
    if url is not None:
        url = url.strip() or KINDS[tracker.kind].address
    is_elsewhere = url is not None and leads_elsewhere(tracker, url)
    _check_address(tracker, url, secret, needs_word=is_elsewhere and not is_same_tracker)
    _fill(tracker, name=name, url=url, secret=secret or None, user_name=user_name)
    if hook_secret.strip():
        tracker.hook_secret = hook_secret.strip()
    secrets = {"secret": secret, "hook_secret": hook_secret}
    after = _facts(tracker) | {name: "changed" for name, value in secrets.items() if value}
    if is_elsewhere:
        after["is_same_tracker"] = "confirmed"
        _linked(tracker).update(is_key_unchecked=True, next_at=timezone.now())
    changes = {key: [before.get(key), value] for key, value in after.items() if before.get(key) != value}
    if changes:
        _look_again(tracker)
        tracker.save()
        _audit("tracker.changed", tracker, by, **changes)
    return tracker


def leads_elsewhere(tracker: Tracker, url: str) -> bool:
    """Whether the address is of another server, or of another place on it, while tickets are linked: of the same ids,
    but perhaps others."""
    url = url.strip() or KINDS[tracker.kind].address
    return _place(url) != _place(tracker.url) and _linked(tracker).exists()


def _place(url: str) -> tuple[str, int | None, str]:
    try:
        parts = urlsplit(url)
        port = None if parts.port in (80, 443) else parts.port
    except ValueError:  # refused by itself
        return url, None, ""
    return (parts.hostname or "").removeprefix("www."), port, parts.path.rstrip("/")


def _linked(tracker: Tracker) -> Any:
    return tracker.tickets.exclude(remote_id="")


def _check_address(tracker: Tracker, url: str | None, secret: str, *, needs_word: bool) -> None:
    refusals: dict[str, str] = {}
    if url is not None and url.rstrip("/") != tracker.url and not secret:
        refusals |= {"secret": "Enter it again, as the address has changed."}
    if needs_word:
        count = _linked(tracker).count()
        refusals["is_same_tracker"] = (
            f"{'1 ticket is' if count == 1 else f'{count} tickets are'} linked. At another tracker, tickets with the same "
            "numbers would be written over. Confirm that it is the same tracker, or add the other one as a new tracker."
        )
    if refusals:
        raise ValidationError(refusals)


@transaction.atomic
def test_tracker(*, by: User, tracker: Tracker) -> Tracker:
    """Have a worker ask whether it answers, who we are there, and what is within reach."""
    tracker = lock_tracker(tracker, by)
    _look_again(tracker)
    tracker.save()
    return tracker


@transaction.atomic
def pause_tracker(*, by: User, tracker: Tracker) -> Tracker:
    """Nothing is asked or sent until it is resumed. What changes meanwhile is synced then."""
    tracker = lock_tracker(tracker, by)
    if tracker.paused_at is None:
        tracker.paused_at, tracker.paused_by = timezone.now(), by
        tracker.save(update_fields=["paused_at", "paused_by"])
        _audit("tracker.paused", tracker, by)
    return tracker


@transaction.atomic
def resume_tracker(*, by: User, tracker: Tracker) -> Tracker:
    tracker = lock_tracker(tracker, by)
    if tracker.paused_at is not None:
        tracker.paused_at = tracker.paused_by = None
        _look_again(tracker)
        tracker.save()
        _audit("tracker.resumed", tracker, by)
    return tracker


@transaction.atomic
def remove_tracker(*, by: User, tracker: Tracker) -> None:
    """Its links go with it. Tickets stay in the tracker, action items stay here and keep the ticket's address."""
    tracker = lock_tracker(tracker, by)
    for ticket in Ticket.objects.filter(tracker=tracker, state=TicketState.LINKED).select_related("item"):
        keep_address(ticket, by)
    Tracker.objects.select_for_update(of=("self",)).get(pk=tracker.pk)  # after whoever is asking for a ticket
    _audit("tracker.removed", tracker, by, tickets=tracker.tickets.count())
    account = tracker.account
    tracker.delete()
    if account.is_active:
        account.is_active = False
        account.save(update_fields=["is_active"])


@transaction.atomic
def renew_hook_secret(*, by: User, tracker: Tracker) -> Tracker:
    """What its webhooks are signed with. The old one counts no more at once."""
    tracker = lock_tracker(tracker, by)
    tracker.hook_secret = new_hook_secret()
    tracker.save(update_fields=["hook_secret"])
    _audit("tracker.hook_secret_renewed", tracker, by)
    return tracker


def keep_address(ticket: Ticket, by: User) -> None:
    """Where the item has no ticket typed by hand: what it was linked with, as a plain link."""
    item = ticket.item
    if ticket.url and not item.external_url and not item.external_key:
        type(item).objects.filter(pk=item.pk).update(external_key=ticket.key[:100], external_url=ticket.url)


def lock_tracker(tracker: Tracker, by: User) -> Tracker:
    """In a way that a ticket can be asked for meanwhile: whoever does has its item already."""
    require_setting_up(by)
    return Tracker.objects.select_for_update(of=("self",), no_key=True).get(pk=tracker.pk)


def _name_of_account(name: str) -> str:
    """That of a tracker which was removed stays taken: what it did carries it."""
    taken = {one.lower() for one in User.objects.service_accounts().values_list("name", flat=True)}
    wanted, number = f"{name} tracker"[:100], 2
    while wanted.lower() in taken:
        wanted, number = f"{name[:85]} tracker {number}", number + 1
    return wanted


def _look_again(tracker: Tracker) -> None:
    """At once, whatever pause it is in."""
    tracker.look_at, tracker.retry_at, tracker.failures = timezone.now(), None, 0
    wake_worker(JOB)


def _fill(tracker: Tracker, **said: str | None) -> None:
    for name, value in said.items():
        if value is not None:
            setattr(tracker, name, value.strip())
    tracker.url = tracker.url.rstrip("/")
    facts = KINDS[tracker.kind]
    if not tracker.url:
        raise ValidationError({"url": f"Enter the address of {facts.name}."})
    if not tracker.secret:
        raise ValidationError({"secret": f"Enter the {facts.key_in_text}."})
    for name in ("secret", "user_name"):
        value = getattr(tracker, name)
        if not value.isascii() or any(ord(character) <= 32 or ord(character) == 127 for character in value):
            raise ValidationError({name: "Use only Latin letters, digits and signs, without spaces."})
    try:
        check_address(DeliveryKind.WEBHOOK, tracker.url)
    except ValidationError as refusal:
        raise ValidationError({"url": refusal.messages}) from refusal
    host = urlsplit(tracker.url).hostname or ""
    if facts.needs_user_name_at and host.endswith(facts.needs_user_name_at) and not tracker.user_name:
        raise ValidationError({"user_name": facts.user_name_missing})
    if "?" in tracker.url or "#" in tracker.url:
        raise ValidationError({"url": "Enter the address without what follows a ? or a #."})
    tracker.clean_fields(exclude=["account", "created_by"])
    tracker.validate_unique()


def _facts(tracker: Tracker) -> dict[str, Any]:
    return {name: getattr(tracker, name) for name in ("name", "url", "user_name")}


def _audit(action: str, tracker: Tracker, by: User | None, **changes: Any) -> None:
    record_audit(
        chain=INSTALLATION,
        action=action,
        subject=f"tracker:{tracker.pk}",
        by=by,
        changes={"name": tracker.name} | changes,
    )

"""Mailboxes: the verbs that set them up, and reading them, each by itself."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from integrations.mail_addresses import KIND
from integrations.models import LARGEST_MAIL, Integration, Mailbox, MailSecurity
from integrations.senders.email.client import Folder, MailboxError, MessageError, opened
from integrations.workflow.managing import audit_integration, lock_integration
from integrations.workflow.receiving import receive, refuse
from notifications.workflow import wake_worker

READ = "integrations.tasks.read_mailboxes"
MOST_AT_ONCE = 50
"""Messages of one mailbox in one turn."""
MAILBOXES_AT_ONCE = 8
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?")


@transaction.atomic
def set_mailbox(
    *,
    by: User,
    integration: Integration,
    host: str,
    user_name: str,
    port: int = 993,
    security: str = MailSecurity.TLS,
    password: str = "",
    folder: str = "INBOX",
) -> Mailbox:
    """Where messages of an integration are fetched from. An empty password stays, for the server it was entered for.

    Messages that are in the folder already are not taken. Raises ValidationError naming the field.
    """
    integration = lock_integration(integration, by)
    if integration.kind != KIND:
        raise ValidationError("Only integrations of the kind “E-mail” read a mailbox.")
    before = integration.mailbox_or_none
    mailbox = before or Mailbox(integration=integration)
    place = (mailbox.host, mailbox.port, mailbox.user_name, mailbox.folder)
    is_elsewhere = (mailbox.host, mailbox.port, mailbox.security) != (host.strip(), port, security)
    if before and is_elsewhere and not password:
        raise ValidationError({"password": "Enter the password again, as the server has changed."})
    if not HOST.fullmatch(host.strip()):
        raise ValidationError({"host": "This is no name of a host. One looks like imap.example.org."})
    mailbox.host, mailbox.port, mailbox.security = host.strip(), port, security
    mailbox.user_name, mailbox.folder = user_name.strip(), folder.strip() or "INBOX"
    mailbox.password = password or mailbox.password
    if re.search(r"[\r\n\0]", f"{mailbox.user_name}{mailbox.password}{mailbox.folder}"):
        raise ValidationError("User name, password and folder are of one line each.")
    mailbox.clean_fields(exclude=["integration"])
    if place != (mailbox.host, mailbox.port, mailbox.user_name, mailbox.folder):
        mailbox.uid_validity, mailbox.last_uid, mailbox.attempts = None, 0, 0
    mailbox.problem, mailbox.failing_since, mailbox.failures = "", None, 0
    mailbox.due_at, mailbox.claim = timezone.now(), mailbox.claim + 1  # who reads it now gives up
    mailbox.save()
    told = {"host": mailbox.host, "port": port, "security": security, "folder": mailbox.folder}
    secret = {"password": "set"} if password else {}
    audit_integration(
        "integration.mailbox_set", integration, by, user_name=mailbox.user_name, **told, **secret
    )
    wake_worker(READ)
    return mailbox


@transaction.atomic
def remove_mailbox(*, by: User, integration: Integration) -> None:
    """What was taken stays."""
    integration = lock_integration(integration, by)
    if integration.mailbox_or_none is not None:
        integration.mailbox_or_none.delete()
        audit_integration("integration.mailbox_removed", integration, by)


@dataclass(frozen=True)
class Reading:
    """One turn at one mailbox. Nothing is noted any more once another turn has begun."""

    mailbox: Mailbox
    claim: int

    def note(self, **fields: object) -> bool:
        return bool(Mailbox.objects.filter(pk=self.mailbox.pk, claim=self.claim).update(**fields))


@transaction.atomic
def claim_mailboxes(*, now: datetime, at_most: int = MAILBOXES_AT_ONCE) -> list[Reading]:
    """Those that are due. No other worker takes them before their next turn."""
    due = Mailbox.objects.filter(due_at__lte=now).select_related("integration").order_by("due_at")
    mailboxes = list(due.select_for_update(skip_locked=True, of=("self",))[:at_most])
    ids = [one.pk for one in mailboxes]
    Mailbox.objects.filter(pk__in=ids).update(claim=F("claim") + 1, due_at=now + Mailbox.EVERY)
    return [Reading(one, one.claim + 1) for one in mailboxes]


def read_mailbox(reading: Reading) -> None:
    """Take what is new. A message that cannot be read is noted on the page, and the next one is read."""
    mailbox = reading.mailbox
    try:
        with opened(mailbox) as folder:
            is_more = _take_new(reading, folder)
    except MailboxError as fault:
        now, failures = timezone.now(), min(mailbox.failures + 1, 20)
        reading.note(
            problem=f"{mailbox.host} {fault}."[:300],
            failing_since=mailbox.failing_since or now,
            failures=failures,
            due_at=now + min(Mailbox.EVERY * 2**failures, Mailbox.LONGEST_PAUSE),
        )
        return
    now = timezone.now()
    due_at = now if is_more else now + Mailbox.EVERY
    reading.note(problem="", failing_since=None, failures=0, read_at=now, due_at=due_at)


def _take_new(reading: Reading, folder: Folder) -> bool:
    """Whether there is more than one turn takes."""
    mailbox = reading.mailbox
    if folder.validity != mailbox.uid_validity:
        # The first time, nothing that is there is new. Later the server has numbered all anew: what was taken is seen.
        for uid in folder.unseen()[:MOST_AT_ONCE] if mailbox.uid_validity is not None else ():
            if not _take(reading, folder, uid, {}):
                return False
        reading.note(uid_validity=folder.validity, last_uid=max(folder.next_uid - 1, 0), attempts=0)
        return False
    uids = folder.after(mailbox.last_uid)
    for uid in uids[:MOST_AT_ONCE]:
        if not _take(reading, folder, uid, {"last_uid": uid}):
            return False
    return len(uids) > MOST_AT_ONCE


def _take(reading: Reading, folder: Folder, uid: int, done: dict[str, int]) -> bool:
    """Store one message and that it was taken; False where another turn has begun.

    An attempt is counted before it is made: a message at which the connection breaks again and again is given up.
    """
    mailbox = reading.mailbox
    mailbox.attempts = mailbox.attempts + 1 if mailbox.tried_uid == uid else 1
    mailbox.tried_uid = uid
    if not reading.note(tried_uid=uid, attempts=mailbox.attempts):
        return False
    raw, reason, size = b"", "", 0
    if mailbox.attempts > Mailbox.MOST_ATTEMPTS:
        reason = f"A message could not be fetched in {Mailbox.MOST_ATTEMPTS} attempts"
    else:
        try:
            size = folder.size_of(uid) or 0
            if size > LARGEST_MAIL:
                reason = f"A message of {size / 1024:,.0f} KB is larger than {LARGEST_MAIL // 1024:,} KB"
            else:
                raw = folder.message(uid) or b""
        except MessageError:
            reason = "The server did not hand over a message"
    if not _keep(reading, raw, reason, size, done):
        return False
    folder.mark(uid)
    return True


@transaction.atomic
def _keep(reading: Reading, raw: bytes, reason: str, size: int, done: dict[str, int]) -> bool:
    """The message, or why there is none. One that was deleted meanwhile is neither."""
    integration = reading.mailbox.integration
    if not reading.note(attempts=0, **done):
        return False
    if reason:
        refuse(integration=integration, dialect=KIND, size=size, reason=reason)
    elif raw:
        receive(
            integration=Integration.objects.get(pk=integration.pk),
            dialect=KIND,
            body=raw,
            headers={"Content-Type": "message/rfc822", "Mailbox": str(reading.mailbox)},
        )
    return True

"""Reading a folder of an IMAP server, in a worker: behind the guard, and in little time.

Source: RFC 3501.
"""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imapclient import SEEN, IMAPClient, SocketTimeout
from imapclient.exceptions import LoginError

from integrations.models import LARGEST_MAIL, Mailbox, MailSecurity
from notifications.channels.guard import Leash, outbound_to

CONNECT, SILENCE = 5.0, 10.0  # seconds
ALTOGETHER = 30.0  # seconds, however slowly it comes
BODY, SIZE = b"BODY[]<0>", b"RFC822.SIZE"


class MailboxError(Exception):
    """A mailbox cannot be read now. The text says why, after its name."""


class MessageError(Exception):
    """One message cannot be read; the others can."""


class Folder:
    """One that is open. Messages are named by their UID."""

    def __init__(self, client: IMAPClient, told: dict[bytes, int]) -> None:
        self._client = client
        self.validity, self.next_uid = told.get(b"UIDVALIDITY", 0), told.get(b"UIDNEXT", 0)

    def after(self, uid: int) -> list[int]:
        """Those with a higher UID. A server answers with the last one, too, where there is none."""
        return sorted(one for one in self._client.search(["UID", f"{uid + 1}:*"]) if one > uid)

    def unseen(self) -> list[int]:
        return sorted(self._client.search(["UNSEEN"]))

    def size_of(self, uid: int) -> int | None:
        """In bytes; None where it has been deleted."""
        found = self._fetch(uid, SIZE.decode()).get(SIZE)
        return found if isinstance(found, int) else None

    def message(self, uid: int) -> bytes | None:
        """As it came, without marking it as seen; None where it has been deleted. Raises MessageError."""
        found = self._fetch(uid, f"BODY.PEEK[]<0.{LARGEST_MAIL + 1}>").get(BODY)
        return found if isinstance(found, bytes) else None

    def _fetch(self, uid: int, what: str) -> dict[bytes, object]:
        try:
            return self._client.fetch([uid], [what]).get(uid, {})
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise MessageError from error

    def mark(self, uid: int) -> None:
        """As seen, where that is allowed. People who open the mailbox see what was taken."""
        try:
            self._client.add_flags([uid], [SEEN], silent=True)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            pass  # a folder that is read only


@contextmanager
def opened(mailbox: Mailbox) -> Iterator[Folder]:
    """Raises MailboxError, also for what fails inside."""
    with outbound_to(mailbox.host, within=ALTOGETHER) as leash:
        try:
            client = _connected(mailbox)
            try:
                yield _folder(client, mailbox)
            finally:
                client.shutdown()
        except (OSError, imaplib.IMAP4.error, ValueError, LookupError) as error:
            raise MailboxError(_reason(error, leash)) from error


def _connected(mailbox: Mailbox) -> IMAPClient:
    context = ssl.create_default_context()
    client = IMAPClient(
        mailbox.host,
        mailbox.port,
        ssl=mailbox.security == MailSecurity.TLS,
        ssl_context=context,
        timeout=SocketTimeout(CONNECT, SILENCE),
    )
    try:
        if mailbox.security == MailSecurity.STARTTLS:
            client.starttls(context)
        # LOGIN takes ASCII alone.
        is_plain = f"{mailbox.user_name}{mailbox.password}".isascii()
        (client.login if is_plain else client.plain_login)(mailbox.user_name, mailbox.password)
    except BaseException:
        client.shutdown()
        raise
    return client


def _folder(client: IMAPClient, mailbox: Mailbox) -> Folder:
    try:
        return Folder(client, client.select_folder(mailbox.folder))
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise MailboxError(f"has no folder “{mailbox.folder}”") from error


def _reason(error: Exception, leash: Leash) -> str:
    """In words of our own: a library's text may repeat what is secret."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "has a certificate that cannot be verified"
    if leash.was_cut or isinstance(error, TimeoutError):
        return "did not answer in time"
    if isinstance(error, LoginError):
        return "refused the user name or the password"
    if isinstance(error, ssl.SSLError):
        return "does not speak TLS in this way. Choose another encryption or port"
    if leash.was_pulled:
        return "has a private address that ALLCLEAR_OUTBOUND_ALLOW does not allow"
    if isinstance(error, OSError):
        return "cannot be reached"
    return "ended the connection, or answered with something that is no IMAP"

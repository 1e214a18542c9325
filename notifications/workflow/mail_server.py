"""Setting up the server that sends e-mail."""

from django.core.exceptions import ValidationError
from django.db import transaction

from core.person import Person
from notifications import mail_server
from notifications.workflow.channels import audit, require_administrator


@transaction.atomic
def set_mail_server(
    *, by: Person, host: str, port: int, security: str, user: str, password: str, sender: str
) -> mail_server.MailServer:
    """Save the server in the data folder; an empty `password` keeps the saved one.

    That is so only where host, user and encryption stay the same: it must not go to another server, or unencrypted.

    Raises ValidationError where SMTP_URL names a server, which then is used instead.
    """
    require_administrator(by)
    if mail_server.is_from_environment():
        raise ValidationError(
            "SMTP_URL names the mail server. Change it there, or remove it and restart Allclear."
        )
    before = mail_server.saved()
    if (
        not password
        and before
        and (before.host, before.user, before.security)
        == (
            host,
            user,
            security,
        )
    ):
        password = before.password
    server = mail_server.MailServer(host, port, security, user, password, sender)
    audit("mail_server.changed", host, by, server=[before.host if before else None, host], sender=sender)
    mail_server.save(server)
    return server

"""The server that sends e-mail."""

from typing import Any

from rest_framework import serializers

from api.fields import Body, choice, text
from api.operations.administrators import administrators
from api.operations.channels import SCOPE, TAG
from api.registry import Call, item, verb
from api.shapes.channels import DeliveryShape, MailServerShape
from notifications import mail_server, workflow
from notifications.addresses import checked_host


class MailServerBody(Body):
    host = text(200, help_text="Such as smtp.example.org.")
    port = serializers.IntegerField(min_value=1, max_value=65535, default=587)
    security = choice(["starttls", "tls", "none"], default="starttls")
    user = serializers.CharField(max_length=200, default="", allow_blank=True)
    password = serializers.CharField(
        max_length=300,
        default="",
        allow_blank=True,
        trim_whitespace=False,
        help_text="Empty keeps the saved one, where server, user and encryption stay the same.",
    )
    sender = serializers.EmailField(max_length=254)

    def validate_host(self, host: str) -> str:
        return checked_host(host)


def _mail() -> dict[str, Any]:
    return {
        "host": mail_server.host(),
        "sender": mail_server.sender(),
        "is_from_environment": mail_server.is_from_environment(),
        "sends_mail": mail_server.sends_mail(),
    }


def _set_mail(call: Call) -> dict[str, Any]:
    workflow.set_mail_server(by=call.user, **call.data)
    return _mail()


item(
    "mail-server",
    MailServerShape,
    administrators(lambda call: _mail()),
    name="get_mail_server",
    summary="The server that sends e-mail. Administrators only.",
    scope=SCOPE,
    tag=TAG,
)
verb(
    "PUT",
    "mail-server",
    workflow.set_mail_server,
    name="change_mail_server",
    body=MailServerBody,
    answer=MailServerShape,
    run=_set_mail,
    scope=SCOPE,
    tag=TAG,
    summary="Set the server that sends e-mail. Administrators only.",
)
verb(
    "POST",
    "mail-server/test",
    workflow.send_test_mail,
    answer=DeliveryShape,
    status=201,
    scope=SCOPE,
    tag=TAG,
    summary="Send a test e-mail to the caller.",
)

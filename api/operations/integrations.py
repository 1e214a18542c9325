"""Integrations: who sends to Allclear, and what came. Administrators only."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from api.fields import Body, body, choice, flag, named, text
from api.operations.administrators import administrators, all_of, require_administrator
from api.parts import number
from api.registry import Call, item, listing, part, verb
from api.shapes.alerts import IntegrationMade, IntegrationShape, PayloadShape
from incidents.models import Service
from integrations import workflow
from integrations.mail_addresses import address_of_key
from integrations.models import LONGEST_SILENCE, Integration, MailSecurity, Opens, Payload
from signals.models import DataSource

SCOPE, TAG = "admin", "Integrations"
MAPPING = serializers.DictField(
    child=serializers.CharField(max_length=300, allow_blank=True),
    required=False,
    help_text=(
        'For the kinds “generic” and “change”: a JMESPath for each field, such as {"title": "event.name"}. For “email” '
        'words as well, such as {"resolved_words": "RECOVERY, OK", "look_in": "subject", "same_by": "thread"}.'
    ),
)
EXPECTED = serializers.IntegerField(
    required=False,
    min_value=1,
    max_value=LONGEST_SILENCE,
    help_text="For the kind “heartbeat”: the minutes after which nothing heard is an alert.",
)
TOPIC = text(
    300,
    required=False,
    allow_blank=True,
    help_text="For Amazon SNS: the ARN of the topic whose signed messages are taken, and whose subscription is confirmed.",
)

part(
    "integration",
    lambda call, raw: IntegrationShape.rows(call.user).get(pk=number(raw)),
    shape=IntegrationShape,
    about="The id of an integration.",
    number=True,
)
part(
    "payload",
    lambda call, raw: PayloadShape.rows(call.user).get(pk=number(raw), integration=call["integration"]),
    shape=PayloadShape,
    about="The id of a payload of the integration.",
    number=True,
)


def _made(integration: Integration, key: str) -> dict[str, Any]:
    return {
        "token": key,
        "hook_url": f"{settings.PUBLIC_URL}/hooks/{key}/",
        "mail_address": address_of_key(integration, key),
        "integration": integration,
    }


def _create(call: Call) -> dict[str, Any]:
    return _made(*workflow.create_integration(by=call.user, **call.data))


def _change(call: Call) -> Integration:
    require_administrator(call)
    return workflow.change_integration(by=call.user, integration=call["integration"], **call.data)


def _rotate(call: Call) -> dict[str, Any]:
    at_once = call.data["at_once"]
    return _made(*workflow.rotate_key(by=call.user, integration=call["integration"], at_once=at_once))


def _set_mailbox(call: Call) -> Integration:
    require_administrator(call)
    workflow.set_mailbox(by=call.user, integration=call["integration"], **call.data)
    return IntegrationShape.rows(call.user).get(pk=call["integration"].pk)


class IntegrationChangesBody(Body):
    name = text(80, required=False, allow_blank=False)
    service = named(Service.objects.all(), required=False, allow_null=True)
    opens = choice(Opens, required=False)
    mapping = MAPPING
    expected_every = EXPECTED
    silenced_in = named(
        DataSource.objects.silencing(),
        by="name",
        required=False,
        allow_null=True,
        help_text="The data source of the kind “alertmanager” that alerts of this integration are silenced in.",
    )
    topic_arn = TOPIC
    secret = text(
        200,
        required=False,
        allow_blank=True,
        write_only=True,
        help_text="What the sender signs with. It is never shown. If it is empty, signatures are not checked.",
    )


listing(
    "integrations",
    IntegrationShape,
    administrators(all_of(IntegrationShape)),
    name="list_integrations",
    summary="Integrations that send alerts. Administrators only.",
    scope=SCOPE,
    tag=TAG,
)
item(
    "integrations/{integration}",
    IntegrationShape,
    name="get_integration",
    summary="One integration.",
    scope=SCOPE,
    tag=TAG,
)
verb(
    "POST",
    "integrations",
    workflow.create_integration,
    body=body(
        "IntegrationBody",
        kind=text(30, help_text="Who sends, such as alertmanager or generic."),
        name=text(80),
        service=named(Service.objects.all(), required=False, allow_null=True),
        opens=choice(Opens, default=Opens.CRITICAL),
        expected_every=EXPECTED,
        topic_arn=TOPIC,
    ),
    answer=IntegrationMade,
    run=_create,
    status=201,
    scope=SCOPE,
    tag=TAG,
    summary="Create an integration. Its key is shown once.",
    location=lambda made: f"/api/v1/integrations/{made['integration'].pk}",
)
verb(
    "PATCH",
    "integrations/{integration}",
    workflow.change_integration,
    body=IntegrationChangesBody,
    answer=IntegrationShape,
    run=_change,
    scope=SCOPE,
    tag=TAG,
    summary="Change the name, the service, what alerts open, the mapping, or where alerts are silenced. Fields that are not sent stay.",
)
verb(
    "PUT",
    "integrations/{integration}/mailbox",
    workflow.set_mailbox,
    body=body(
        "MailboxBody",
        host=text(253, help_text="Of the IMAP server, such as imap.example.org."),
        port=serializers.IntegerField(required=False, min_value=1, max_value=65535, default=993),
        security=choice(MailSecurity, default=MailSecurity.TLS),
        user_name=text(200),
        password=text(
            500,
            required=False,
            allow_blank=True,
            trim_whitespace=False,
            write_only=True,
            help_text="It is never shown. Without one the stored one stays, for the server that it was entered for.",
        ),
        folder=text(200, required=False, default="INBOX"),
    ),
    answer=IntegrationShape,
    run=_set_mailbox,
    scope=SCOPE,
    tag=TAG,
    summary="Say which folder of an IMAP server the messages of an integration are fetched from.",
)
verb(
    "DELETE",
    "integrations/{integration}/mailbox",
    workflow.remove_mailbox,
    scope=SCOPE,
    tag=TAG,
    summary="Do not read the mailbox any more. What was taken stays.",
)
verb(
    "POST",
    "integrations/{integration}/key",
    workflow.rotate_key,
    name="rotate_integration_key",
    body=body("IntegrationKeyBody", at_once=flag(default=False)),
    answer=IntegrationMade,
    run=_rotate,
    status=201,
    scope=SCOPE,
    tag=TAG,
    summary="Rotate the key. The key before works for another 24 hours, or with at_once no more.",
)
verb(
    "POST",
    "integrations/{integration}/pause",
    workflow.pause_integration,
    answer=IntegrationShape,
    scope=SCOPE,
    tag=TAG,
    summary="Pause an integration. What comes is stored and not read.",
)
verb(
    "POST",
    "integrations/{integration}/resumption",
    workflow.resume_integration,
    answer=IntegrationShape,
    scope=SCOPE,
    tag=TAG,
    summary="Resume an integration.",
)
verb(
    "POST",
    "integrations/{integration}/test",
    workflow.send_test,
    name="send_test_alert",
    answer=PayloadShape,
    status=201,
    scope=SCOPE,
    tag=TAG,
    summary="Send a test alert as its sender would. It opens no incident.",
)
verb(
    "DELETE",
    "integrations/{integration}",
    workflow.delete_integration,
    scope=SCOPE,
    tag=TAG,
    summary="Delete an integration with its payloads and alerts. Incidents stay.",
)


def _payloads(call: Call) -> Any:
    return PayloadShape.rows(call.user).filter(integration=call["integration"])


listing(
    "integrations/{integration}/payloads",
    PayloadShape,
    _payloads,
    name="list_payloads",
    summary="What came from an integration in the last 14 days, the newest first.",
    scope=SCOPE,
    tag=TAG,
)


item(
    "integrations/{integration}/payloads/{payload}",
    PayloadShape,
    name="get_payload",
    summary="One payload, and what became of it.",
    scope=SCOPE,
    tag=TAG,
)


def _replay(call: Call) -> Payload:
    return workflow.replay_payload(payload=call["payload"], by=call.user)


verb(
    "POST",
    "integrations/{integration}/payloads/{payload}/replay",
    workflow.replay_payload,
    answer=PayloadShape,
    run=_replay,
    scope=SCOPE,
    tag=TAG,
    summary="Read a payload once more, such as after the mapping was changed.",
)

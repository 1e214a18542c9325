"""The words that updates begin with, by audience and stage."""

from typing import Any

from rest_framework import serializers

from api.fields import Body, optional_text
from api.operations.catalogue import READ, WRITE, keep_as_said
from api.parts import one_of
from api.registry import Call, item, listing, verb
from api.shapes.catalogue import MessageTemplateShape
from incidents.models import WORDS, Audience, MessageTemplate, Stage
from incidents.permissions import can_edit_catalogue
from incidents.workflow.catalogue import keep_in_catalogue
from incidents.workflow.wording import OWN_WORDS, unknown_names

one_of("audience", Audience.values, "Whom the update is for.")
one_of("stage", Stage.values, "When in the incident it is written.")


class MessageTemplateBody(Body):
    known = optional_text(2000, help_text="{{ names }} of the guide are filled in.")
    unknown = optional_text(2000)
    doing = optional_text(2000)
    workaround = optional_text(1000)
    ask = optional_text(1000)


def _template(call: Call) -> MessageTemplate:
    return MessageTemplateShape.rows(call.user).get(audience=call["audience"], stage=call["stage"])


def _keep_template(call: Call) -> Any:
    at = {"audience": call["audience"], "stage": call["stage"]}
    if can_edit_catalogue(call.user):
        _check_words(call["audience"], call.data)
    entry = MessageTemplate.objects.filter(**at).first() or MessageTemplate(**at)
    call.data = dict.fromkeys(WORDS, "") | call.data
    return keep_as_said(call, keep_in_catalogue, entry)


def _check_words(audience: str, words: dict[str, str]) -> None:
    wrong = unknown_names(audience, words)
    own = OWN_WORDS.get(Audience(audience))
    for word in words:
        if own and word not in own and words[word]:
            wrong[word] = ["This audience does not read it."]
    if wrong:
        raise serializers.ValidationError(wrong)


TEMPLATE = "message-templates/{audience}/{stage}"
listing(
    "message-templates",
    MessageTemplateShape,
    lambda call: MessageTemplateShape.rows(call.user),
    name="list_message_templates",
    scope=READ,
    summary="Templates that updates start from, by audience and stage.",
)
item(
    TEMPLATE,
    MessageTemplateShape,
    _template,
    name="get_message_template",
    scope=READ,
    summary="The template for updates of this stage to this audience.",
)
verb(
    "PUT",
    TEMPLATE,
    keep_in_catalogue,
    name="change_message_template",
    scope=WRITE,
    body=MessageTemplateBody,
    answer=MessageTemplateShape,
    run=_keep_template,
    summary="Change the template that updates start from. Administrators only.",
)

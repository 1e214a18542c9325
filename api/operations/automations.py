"""Automations, as administrators set them up."""

from typing import Any

from rest_framework import serializers

from accounts.models import Team
from api.fields import PersonField, body, choice, flag, named, optional_text, text
from api.operations.administrators import administrators, all_of
from api.parts import number
from api.registry import item, listing, part, verb
from api.shapes.automations import AutomationShape
from automations import workflow
from automations.models import LONGEST_TEMPLATE, Content, MayRun, Method, Preset, SignIn
from incidents.models import Mitigation, Service

SCOPE, TAG = "admin", "Automations"

part(
    "automation",
    lambda call, raw: AutomationShape.rows(call.user).get(pk=number(raw)),
    shape=AutomationShape,
    about="The id of an automation.",
    number=True,
)


def _fields(is_new: bool) -> dict[str, Any]:
    """The fields of a body: those of a new automation, or those that change one."""
    needed: dict[str, Any] = {} if is_new else {"required": False, "allow_blank": False}
    return {
        "name": text(80, **needed),
        "description": optional_text(300),
        "preset": choice(Preset, required=False),
        "mitigation_kind": choice(Mitigation.Kind, required=False),
        "method": choice(Method, required=False),
        "url": text(
            1000, help_text="It is fixed. A private address must be allowed by the operator.", **needed
        ),
        "content": choice(Content, required=False),
        "template": optional_text(
            LONGEST_TEMPLATE, help_text="JSON whose texts may have placeholders, such as {{ severity }}."
        ),
        "headers": optional_text(
            LONGEST_TEMPLATE, help_text="One a line, “name: value”. A value may have {{ secret }}."
        ),
        "sign_in": choice(SignIn, required=False),
        "user_name": optional_text(200),
        "secret": optional_text(
            2000, help_text="A token, password or signing secret. It is never shown again."
        ),
        "inputs": optional_text(
            LONGEST_TEMPLATE,
            help_text="One a line: “region | Region | eu-1, us-1”, or “ref | Git ref | /[a-z0-9.-]{1,40}/”.",
        ),
        "may_run": choice(MayRun, required=False),
        "people": serializers.ListField(
            child=PersonField(), required=False, max_length=100, help_text="By id or e-mail address."
        ),
        "teams": named(Team.objects.all(), required=False, many=True),
        "needs_confirmation": flag(),
        "reversed_by": optional_text(80, help_text="The name of another automation of the service."),
        "order": serializers.IntegerField(
            min_value=0, max_value=32_767, required=False, help_text="Lower comes first."
        ),
    }


listing(
    "automations",
    AutomationShape,
    administrators(all_of(AutomationShape)),
    name="list_automations",
    summary="Automations of services. Administrators only.",
    scope=SCOPE,
    tag=TAG,
)
item(
    "automations/{automation}",
    AutomationShape,
    name="get_automation",
    summary="One automation.",
    scope=SCOPE,
    tag=TAG,
)
verb(
    "POST",
    "automations",
    workflow.add_automation,
    body=body("AutomationBody", service=named(Service.objects.in_use()), **_fields(True)),
    answer=AutomationShape,
    status=201,
    scope=SCOPE,
    tag=TAG,
    summary="Add an automation. Incidents that affect its service offer it.",
    location=lambda made: f"/api/v1/automations/{made.pk}",
)
verb(
    "PATCH",
    "automations/{automation}",
    workflow.change_automation,
    body=body("AutomationChangesBody", **_fields(False)),
    answer=AutomationShape,
    scope=SCOPE,
    tag=TAG,
    summary="Change an automation. Fields that are not sent stay. With another address, send the secret again.",
)
verb(
    "DELETE",
    "automations/{automation}",
    workflow.remove_automation,
    scope=SCOPE,
    tag=TAG,
    summary="Remove an automation. Its runs stay on their incidents.",
)

"""From an automation and what it is run with to the request that a worker sends, and that pages show."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.models import User
from automations.filling import (
    HIDDEN,
    LONGEST_INPUT,
    SECRET,
    Input,
    filled,
    read_headers,
    read_inputs,
    read_template,
)
from automations.models import Automation, AutomationRun, Content, SignIn
from automations.targets.request import Request
from incidents.models import Incident
from notifications.addresses import shown_address


def inputs_of(automation: Automation) -> list[Input]:
    return read_inputs(automation.inputs)


def checked_inputs(automation: Automation, said: Mapping[str, str]) -> dict[str, str]:
    """What was chosen and typed, by placeholder. Raises ValidationError naming the input."""
    inputs = inputs_of(automation)
    if unknown := said.keys() - {one.name for one in inputs}:
        raise ValidationError({"inputs": f"There is no input {', '.join(sorted(unknown))[:80]}."})
    found = {}
    for one in inputs:
        text = said.get(one.name, "")
        if not text:
            raise ValidationError({one.key: f"Say what {one.label} is."})
        if any(ord(character) < 32 or ord(character) == 127 for character in text):
            raise ValidationError({one.key: f"{one.label} may have no line breaks or control characters."})
        if not one.allows(text):
            raise ValidationError({one.key: _not_allowed(one)})
        found[one.key] = text
    return found


def _not_allowed(one: Input) -> str:
    if one.choices:
        return f"{one.label} is one of: {', '.join(one.choices)}."
    return f"{one.label} must match {one.pattern}, with at most {LONGEST_INPUT} characters."


def values_of(
    automation: Automation, incident: Incident, by: User, inputs: Mapping[str, str]
) -> dict[str, str]:
    """What each placeholder stands for, but the secret and what is known only later."""
    return {
        "incident.reference": incident.reference,
        "incident.url": f"{settings.PUBLIC_URL}{incident.get_absolute_url()}",
        "service.slug": automation.service.slug,
        "service.name": automation.service.name,
        "severity": incident.severity.name,
        "status": incident.status,
        "pressed_by": str(by),
        "confirmed_by": "",
        **inputs,
    }


def told(automation: Automation, values: Mapping[str, str]) -> dict[str, Any]:
    """The request as pages show it to responders: without headers, its secret, and what of an address may be one."""
    shown = {SECRET: HIDDEN, "run": "…", **values}
    return {
        "method": automation.method,
        "url": shown_address(automation.url),
        "content": automation.content,
        "body": filled(_template(automation), shown),
    }


def request_of(run: AutomationRun, automation: Automation) -> Request:
    """What is sent, with the secret. A run again has the webhook-id of the first: who got that knows it is the same."""
    values = {**run.values, "run": str(run.pk), SECRET: automation.secret}
    headers = read_headers(automation.headers, has_sign_in=automation.sign_in != SignIn.NONE)
    return Request(
        method=automation.method,
        url=automation.url,
        content=automation.content,
        body=filled(_template(automation), values),
        headers=filled(headers, values),
        sign_in=automation.sign_in,
        user_name=automation.user_name,
        secret=automation.secret,
        message_id=f"automation-run-{first_of(run)}",
    )


def first_of(run: AutomationRun) -> int:
    """The number of the run that this one repeats, or its own."""
    while run.repeats is not None:
        run = run.repeats
    return run.pk


def _template(automation: Automation) -> Any:
    is_flat = automation.content in (Content.FORM, Content.QUERY)
    return read_template(automation.template, is_flat=is_flat, inputs=inputs_of(automation))


def target_of(url: str) -> str:
    """Where a request goes: what hangs there must hold up nothing that goes elsewhere. Holds no secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()[:300]

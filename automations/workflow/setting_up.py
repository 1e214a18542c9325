"""Automations: add, change, remove. Administrators only."""

from base64 import b64decode
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import Team, User
from audit.workflow import INSTALLATION, record_audit
from automations.filling import FillingError, read_headers, read_inputs, read_template, uses_secret
from automations.models import MOST_AUTOMATIONS, Automation, Content, MayRun, SignIn
from automations.permissions import require_setting_up
from incidents.models import Service
from notifications.addresses import check_address
from notifications.kinds import DeliveryKind

NOT_SAID: Any = object()
TEXTS = (
    "name",
    "description",
    "preset",
    "mitigation_kind",
    "method",
    "url",
    "content",
    "template",
    "headers",
    "sign_in",
    "user_name",
    "inputs",
    "may_run",
    "needs_confirmation",
    "order",
)
SENT = ("method", "url", "content", "template", "headers", "sign_in", "user_name", "inputs", "secret")
"""With another of these a run that waits would send something else than was asked for."""


@transaction.atomic
def add_automation(
    *,
    by: User,
    service: Service,
    name: str,
    url: str,
    secret: str = "",
    people: Collection[User] = (),
    teams: Collection[Team] = (),
    reversed_by: str = "",
    **said: Any,
) -> Automation:
    """A request that people run on incidents of the service. Raises ValidationError naming the field.

    `reversed_by` is the name of another automation of the service. The rest are the fields of `Automation`.
    """
    require_setting_up(by)
    Service.objects.select_for_update(of=("self",), no_key=True).get(pk=service.pk)
    if Automation.objects.filter(service=service).count() >= MOST_AUTOMATIONS:
        raise ValidationError(
            {"service": f"{service} has {MOST_AUTOMATIONS} automations already. Remove one of them first."}
        )
    automation = Automation(service=service, secret=secret)
    _fill(automation, name=name, url=url, reversed_by=reversed_by, **said)
    _check_who(automation.may_run, people, teams)
    automation.save()
    automation.people.set(people)
    automation.teams.set(teams)
    _audit("automation.added", automation, by, _facts(automation))
    return automation


@transaction.atomic
def change_automation(
    *,
    by: User,
    automation: Automation,
    secret: str = "",
    people: Collection[User] = NOT_SAID,
    teams: Collection[Team] = NOT_SAID,
    reversed_by: str = NOT_SAID,
    **said: Any,
) -> Automation:
    """What is not said stays. A secret goes only to the address that it was entered for.

    Runs that wait for a confirmation or a worker are not carried out where the request has changed.
    """
    automation = _lock(automation, by)
    before = _facts(automation)
    url = said.get("url", automation.url)
    if url.strip() != automation.url and automation.secret and not secret:
        raise ValidationError({"secret": "Enter the secret again, as the address has changed."})
    if secret:
        automation.secret = secret
    if reversed_by is not NOT_SAID:
        said["reversed_by"] = reversed_by
    _fill(automation, **said)
    people = list(automation.people.all()) if people is NOT_SAID else people
    teams = list(automation.teams.all()) if teams is NOT_SAID else teams
    _check_who(automation.may_run, people, teams)
    automation.people.set(people)
    automation.teams.set(teams)
    after = _facts(automation) | ({"secret": "changed"} if secret else {})
    changes = {field: [before.get(field), now] for field, now in after.items() if before.get(field) != now}
    if not changes:
        return automation
    if any(field in changes for field in SENT):
        automation.changed_at = timezone.now()
    automation.save()
    _audit("automation.changed", automation, by, changes)
    return automation


@transaction.atomic
def remove_automation(*, by: User, automation: Automation) -> None:
    """Its runs stay on their incidents. What waits for a confirmation or a worker is not carried out."""
    automation = _lock(automation, by)
    _audit("automation.removed", automation, by, _facts(automation))
    automation.delete()


def _fill(automation: Automation, *, reversed_by: str = NOT_SAID, **said: Any) -> None:
    if unknown := said.keys() - set(TEXTS):
        raise TypeError(f"An automation has no {', '.join(sorted(unknown))}.")
    for field, value in said.items():
        setattr(automation, field, value.strip() if isinstance(value, str) else value)
    _check_request(automation)
    _check_secret(automation)
    if reversed_by is not NOT_SAID:
        automation.reversed_by = _other(automation, reversed_by.strip())
    automation.clean_fields(exclude=["reversed_by"])
    automation.validate_unique()
    automation.validate_constraints()


def _check_request(automation: Automation) -> None:
    try:
        check_address(DeliveryKind.WEBHOOK, automation.url)
    except ValidationError as refusal:
        raise ValidationError({"url": refusal.messages}) from refusal
    if "{{" in automation.url:
        raise ValidationError({"url": "The address is fixed. Placeholders stand in what is sent."})
    with _naming("inputs"):
        inputs = read_inputs(automation.inputs)
    with _naming("headers"):
        headers = read_headers(automation.headers, has_sign_in=automation.sign_in != SignIn.NONE)
    if automation.content == Content.NONE:
        automation.template = ""
    with _naming("template"):
        is_flat = automation.content in (Content.FORM, Content.QUERY)
        template = read_template(automation.template, is_flat=is_flat, inputs=inputs)
    if automation.content == Content.QUERY and uses_secret(template):
        raise ValidationError(
            {"template": "An address ends up in logs. Send the secret in a header or a body."}
        )
    if automation.sign_in == SignIn.NONE:
        automation.user_name = ""
        if not uses_secret(template, list(headers.values())):
            automation.secret = ""
        elif not automation.secret:
            raise ValidationError({"secret": "Enter what {{ secret }} stands for."})


@contextmanager
def _naming(field: str) -> Iterator[None]:
    """What is wrong inside is told at this field."""
    try:
        yield
    except FillingError as fault:
        raise ValidationError({field: str(fault)}) from fault


def _check_secret(automation: Automation) -> None:
    if automation.sign_in != SignIn.NONE and not automation.secret:
        what = {SignIn.BEARER: "the token", SignIn.BASIC: "the password"}.get(
            SignIn(automation.sign_in), "the secret"
        )
        raise ValidationError({"secret": f"Enter {what}."})
    if automation.sign_in == SignIn.BASIC and not automation.user_name:
        raise ValidationError({"user_name": "Enter the user name."})
    for name in ("user_name", "secret"):
        if any(ord(character) < 32 or ord(character) == 127 for character in getattr(automation, name)):
            raise ValidationError({name: "Line breaks and control characters cannot be sent."})
    if automation.sign_in != SignIn.BASIC and not automation.secret.isascii():
        raise ValidationError({"secret": "A token has only Latin letters, digits and signs."})
    if automation.sign_in == SignIn.SIGNATURE:
        _check_signing(automation.secret)


def _check_signing(secret: str) -> None:
    """As standardwebhooks.com asks for: at least 24 bytes."""
    try:
        length = len(b64decode(secret.removeprefix("whsec_"), validate=True))
    except ValueError:
        length = 0
    if not secret.startswith("whsec_") or length < 24:
        raise ValidationError({"secret": "Enter whsec_ followed by at least 24 bytes in Base64."})


def _other(automation: Automation, name: str) -> Automation | None:
    """The automation of the same service by its name."""
    if not name:
        return None
    others = Automation.objects.filter(service=automation.service).exclude(pk=automation.pk)
    found = others.filter(name=name).first() if "\0" not in name else None
    if found is None:
        told = f"{automation.service} has no other automation “{name[:80]}”."
        raise ValidationError({"reversed_by": told})
    return found


def _check_who(may_run: str, people: Collection[User], teams: Collection[Team]) -> None:
    if may_run == MayRun.NAMED and not people and not teams:
        raise ValidationError({"teams": "Choose at least one team or person."})


def _facts(automation: Automation) -> dict[str, Any]:
    facts = {field: getattr(automation, field) for field in TEXTS}
    return facts | {
        "service": str(automation.service),
        "reversed_by": str(automation.reversed_by or ""),
        "people": sorted(person.pk for person in automation.people.all()),
        "teams": sorted(team.slug for team in automation.teams.all()),
    }


def _lock(automation: Automation, by: User) -> Automation:
    require_setting_up(by)
    rows = Automation.objects.select_for_update(of=("self",)).select_related("service", "reversed_by")
    return rows.get(pk=automation.pk)


def _audit(action: str, automation: Automation, by: User, changes: dict[str, Any]) -> None:
    subject = f"automation:{automation.pk}"
    record_audit(
        chain=INSTALLATION,
        action=action,
        subject=subject,
        by=by,
        changes={"service": str(automation.service), "name": automation.name} | changes,
    )

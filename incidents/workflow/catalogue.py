"""Editing what an installation sets up once; every change is in the installation's audit trail."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils.text import slugify

from accounts.models import User
from audit.workflow import INSTALLATION, record_audit
from incidents.models import Cadence, Severity
from incidents.permissions import can_edit_catalogue

CADENCE_FIELDS = ("first_minutes", "investigating_minutes", "fixing_minutes", "mitigated_minutes")


@transaction.atomic
def keep_in_catalogue(*, by: User, entry: models.Model, **many: Iterable[models.Model]) -> models.Model:
    """Add or change one entry as it is filled in; `many` sets its many-to-many fields by name.

    Raises ValidationError naming the field, also where a service would depend on itself.
    """
    _require_editor(by)
    is_new = entry.pk is None
    before = {} if is_new else _facts(_locked(entry))
    if is_new and hasattr(entry, "slug"):
        entry.slug = entry.slug or _free_slug(entry)
    entry.full_clean()
    entry.save()
    for field, chosen in many.items():
        if entry in (chosen := list(chosen)):
            raise ValidationError({field: f"{entry} cannot depend on itself."})
        getattr(entry, field).set(chosen)
    _record("added" if is_new else "changed", entry, before, by)
    return entry


@transaction.atomic
def define_severity(*, by: User, entry: Severity, cadences: dict[str, dict[str, Any]]) -> Severity:
    """A severity with its cadence per audience. Exactly one is taken when nobody is sure."""
    _require_editor(by)
    before = {} if entry.pk is None else _facts(_locked(entry)) | _cadence_facts(entry)
    others = Severity.objects.select_for_update().exclude(pk=entry.pk)
    if entry.when_unsure:
        others.update(when_unsure=False)
    elif not any(other.when_unsure for other in others):
        raise ValidationError(
            {"when_unsure": "One severity must be used for “not sure”. Choose another one for it first."}
        )
    is_new = entry.pk is None
    entry.full_clean()
    entry.save()
    for audience, minutes in cadences.items():
        if any(minutes.values()):
            Cadence.objects.update_or_create(severity=entry, audience=audience, defaults=minutes)
        else:
            Cadence.objects.filter(severity=entry, audience=audience).update(**minutes)  # only on change
    _record("added" if is_new else "changed", entry, before, by, after=_cadence_facts(entry))
    return entry


@transaction.atomic
def remove_from_catalogue(*, by: User, entry: models.Model) -> None:
    """Only what nothing refers to; the refusal says what does."""
    _require_editor(by)
    entry = _locked(entry)
    if reason := reason_to_keep(entry):
        raise ValidationError(reason)
    facts = {name: [value, None] for name, value in _facts(entry).items()}
    record_audit(
        chain=INSTALLATION, action=_action("deleted", entry), subject=str(entry), by=by, changes=facts
    )
    entry.delete()


def reason_to_keep(entry: models.Model) -> str:
    """Why `entry` cannot be deleted, in a sentence; empty when it can."""
    if getattr(entry, "is_built_in", False):
        return f"{entry} is a built-in role that other rules use."
    if getattr(entry, "when_unsure", False):
        return f"{entry} is used for “not sure”. Choose another severity for it first."
    uses = []
    for relation in entry._meta.related_objects:
        if relation.related_model is Cadence:
            continue  # a part of its severity, not a use of it
        count = relation.related_model._default_manager.filter(**{relation.field.name: entry}).count()
        if count:
            meta = relation.related_model._meta
            uses.append(f"{count} {meta.verbose_name if count == 1 else meta.verbose_name_plural}")
    return f"{entry} is used by {' and '.join(uses)}." if uses else ""


def _require_editor(by: User) -> None:
    if not can_edit_catalogue(by):
        raise PermissionDenied("Only administrators can edit the catalogue.")


def _locked(entry: models.Model) -> models.Model:
    return type(entry)._default_manager.select_for_update(of=("self",)).get(pk=entry.pk)


def _facts(entry: models.Model) -> dict[str, Any]:
    """The entry as the audit trail tells it: names for what it points to."""
    facts: dict[str, Any] = {}
    for field in entry._meta.concrete_fields:
        value = getattr(entry, field.name)
        if not field.primary_key and field.name != "slug":
            facts[field.name] = str(value) if isinstance(value, models.Model) else value
    for field in entry._meta.many_to_many:
        facts[field.name] = sorted(map(str, getattr(entry, field.name).all()))
    return facts


def _cadence_facts(severity: Severity) -> dict[str, Any]:
    rows = Cadence.objects.filter(severity=severity)
    return {f"cadence {row.audience}": [getattr(row, name) for name in CADENCE_FIELDS] for row in rows}


def _record(
    done: str, entry: models.Model, before: dict[str, Any], by: User, after: dict[str, Any] | None = None
) -> None:
    now = _facts(entry) | (after or {})
    changes = {
        name: [before.get(name), now.get(name)]
        for name in (*now, *(n for n in before if n not in now))
        if before.get(name) != now.get(name)
    }
    if changes:
        record_audit(
            chain=INSTALLATION, action=_action(done, entry), subject=str(entry)[:200], by=by, changes=changes
        )


def _action(done: str, entry: models.Model) -> str:
    return f"{str(entry._meta.verbose_name).replace(' ', '_')}.{done}"


def _free_slug(entry: models.Model) -> str:
    base = slugify(str(entry))[:36] or "entry"
    taken = set(type(entry)._default_manager.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(
        slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken
    )

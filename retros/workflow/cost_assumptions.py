"""What money is counted by: stated by administrators, three guesses each."""

from collections.abc import Mapping
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit.workflow import INSTALLATION, record_audit
from incidents.models import Role
from retros.models import GUESSES, CostAssumptions, RoleRate
from retros.workflow.common import require_administrator

Guesses = tuple[Decimal | None, Decimal | None, Decimal | None]


@transaction.atomic
def assume_costs(*, by: User, currency: str, rates: Mapping[str, Guesses]) -> CostAssumptions:
    """`rates`: low, likely and high of `hour`, `minute` and `role_7`; three Nones take a rate back."""
    require_administrator(by)
    currency = currency.strip().upper()
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        raise ValidationError({"currency": "Three letters, like EUR."})
    for name, guesses in rates.items():
        _check(name, guesses)
    if any(guesses[0] is not None for name, guesses in rates.items() if name.startswith("role_")) and (
        rates.get("hour", (None,))[0] is None
    ):
        raise ValidationError({"hour_likely": "Needed as soon as a role has one of its own."})
    CostAssumptions.objects.get_or_create(pk=1)
    assumed = CostAssumptions.objects.select_for_update().get(pk=1)
    before = _told(assumed)
    assumed.currency = currency
    for name in ("hour", "minute"):
        for guess, value in zip(GUESSES, rates.get(name, (None, None, None)), strict=True):
            setattr(assumed, f"{name}_{guess}", value)
    assumed.save()
    for role in Role.objects.all():
        guesses = rates.get(f"role_{role.pk}", (None, None, None))
        if guesses[0] is None:
            RoleRate.objects.filter(role=role).delete()
        else:
            RoleRate.objects.update_or_create(role=role, defaults=dict(zip(GUESSES, guesses, strict=True)))
    after = _told(assumed)
    changes = {
        n: [before.get(n, ""), after.get(n, "")] for n in before | after if before.get(n) != after.get(n)
    }
    if changes:
        record_audit(
            chain=INSTALLATION,
            action="costs.assumed",
            subject="What is assumed of costs",
            by=by,
            changes=changes,
        )
    return assumed


def _check(name: str, guesses: Guesses) -> None:
    stated = [value for value in guesses if value is not None]
    if not stated:
        return
    if len(stated) < len(guesses):
        missing = GUESSES[next(n for n, value in enumerate(guesses) if value is None)]
        raise ValidationError({f"{name}_{missing}": "All three, or none."})
    if stated != sorted(stated) or stated[0] < 0:
        raise ValidationError({f"{name}_likely": "From low to high, none under zero."})


def _told(assumed: CostAssumptions) -> dict[str, str]:
    found = {"currency": assumed.currency}
    stated = {name: assumed.guesses(name) for name in ("hour", "minute")}
    stated |= {rate.role.name: rate.guesses() for rate in RoleRate.objects.select_related("role")}
    return found | {
        name: " / ".join(f"{guess:.2f}" for guess in guesses)
        for name, guesses in stated.items()
        if guesses[0] is not None
    }

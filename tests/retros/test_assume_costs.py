"""Who states what an hour and a minute cost, in which order, and is it written down who did?"""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import AuditEntry
from incidents.models import Role
from retros.models import CostAssumptions, RoleRate
from retros.workflow import assume_costs

GUESSES = (Decimal(50), Decimal(80), Decimal(100))
NOTHING = (None, None, None)


def test_only_administrators_state_them(client, commander, admin):
    with pytest.raises(PermissionDenied):
        assume_costs(by=commander, currency="EUR", rates={"hour": GUESSES})
    assert not CostAssumptions.objects.exists()
    client.force_login(admin)
    role = Role.objects.first()
    sent = {f"{name}_{guess}": value for name in ("hour", f"role_{role.pk}")
            for guess, value in zip(("low", "likely", "high"), (50, 80, 100), strict=True)}  # fmt: skip
    assert client.post("/settings/costs/", {"currency": "chf"} | sent).status_code == 302
    assumed = CostAssumptions.objects.get()
    assert (assumed.currency, assumed.guesses("hour"), assumed.guesses("minute")) == ("CHF", GUESSES, NOTHING)
    assert RoleRate.objects.get().role == role
    html = client.get("/settings/costs/").content.decode()
    assert 'value="80.00"' in html


def test_it_is_audited_once_and_only_what_changed(admin):
    assume_costs(by=admin, currency="EUR", rates={"hour": GUESSES})
    assume_costs(by=admin, currency="EUR", rates={"hour": GUESSES})
    (entry,) = AuditEntry.objects.filter(action="costs.assumed")
    assert entry.changes == {"hour": ["", "50.00 / 80.00 / 100.00"]}


@pytest.mark.parametrize(
    ("currency", "rates", "field"),
    [
        ("EURO", {}, "currency"),
        ("E1R", {}, "currency"),
        ("EUR", {"hour": (Decimal(1), None, Decimal(2))}, "hour_likely"),
        ("EUR", {"minute": (Decimal(3), Decimal(2), Decimal(4))}, "minute_likely"),
        ("EUR", {"role_1": GUESSES}, "hour_likely"),
    ],
)
def test_what_does_not_fit_is_refused(admin, currency, rates, field):
    with pytest.raises(ValidationError) as refused:
        assume_costs(by=admin, currency=currency, rates=rates)
    assert list(refused.value.message_dict) == [field]
    assert not CostAssumptions.objects.exists()


def test_taken_back_it_is_gone(admin):
    role = Role.objects.first()
    assume_costs(by=admin, currency="EUR", rates={"hour": GUESSES, f"role_{role.pk}": GUESSES})
    assume_costs(by=admin, currency="EUR", rates={"hour": NOTHING, f"role_{role.pk}": NOTHING})
    assert CostAssumptions.get().guesses("hour") == NOTHING
    assert not RoleRate.objects.exists()

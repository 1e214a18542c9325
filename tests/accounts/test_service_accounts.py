"""What may an administrator do with a service account, and what does that do to its tokens?"""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from accounts.workflow import (
    activate_service_account,
    add_service_account,
    change_service_account,
    create_token,
    deactivate_service_account,
    edit_profile,
    working_token,
)
from audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(admin):
    return add_service_account(by=admin, name="Deploy pipeline")


def test_its_tokens_open_nothing_while_it_is_deactivated(admin, account):
    _token, text = create_token(by=admin, owner=account, name="ci", scopes=["incidents:write"])
    deactivate_service_account(by=admin, account=account)
    assert working_token(text) is None
    activate_service_account(by=admin, account=account)
    assert working_token(text).owner == account
    actions = list(AuditEntry.objects.of("installation").values_list("action", flat=True))
    assert {"service_account.deactivated", "service_account.activated"} <= set(actions)


def test_its_name_and_role_change(admin, account):
    change_service_account(by=admin, account=account, name="CI", installation_role="stakeholder")
    account.refresh_from_db()
    assert (account.name, account.installation_role) == ("CI", "stakeholder")


def test_two_do_not_have_one_name(admin, account):
    other = add_service_account(by=admin, name="CI")
    with pytest.raises(ValidationError) as refusal:
        change_service_account(by=admin, account=other, name="deploy PIPELINE", installation_role="responder")
    assert list(refusal.value.error_dict) == ["name"]
    change_service_account(by=admin, account=other, name="ci", installation_role="responder")


@pytest.mark.parametrize("verb", [activate_service_account, deactivate_service_account])
def test_only_administrators_and_only_service_accounts(admin, commander, account, verb):
    with pytest.raises(PermissionDenied):
        verb(by=commander, account=account)
    with pytest.raises(User.DoesNotExist):
        verb(by=admin, account=commander)


def test_it_does_not_name_itself(account):
    """Whoever holds its token could put another name into the audit trail."""
    with pytest.raises(PermissionDenied):
        edit_profile(by=account, name="Ada Admin", time_zone="", theme="system", keys_enabled=True)
    account.refresh_from_db()
    assert account.name == "Deploy pipeline"

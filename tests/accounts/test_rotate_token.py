"""What does rotating a token leave: a new one alike, and an old one that ends in time?"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import ApiToken
from accounts.tasks import warn_of_expiring_tokens
from accounts.workflow import create_token, revoke_token, rotate_token, working_token
from audit.models import AuditEntry
from notifications.models import Delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(commander):
    token, _text = create_token(
        by=commander,
        name="laptop",
        scopes=["incidents:write"],
        lifetime=timedelta(days=30),
        reaches_private=True,
    )
    return token


def test_the_new_one_is_alike_and_the_old_one_works_for_a_day(commander):
    old, before = create_token(by=commander, name="laptop", scopes=["incidents:write"], reaches_private=True)
    new, after = rotate_token(by=commander, token=old)
    assert (new.name, new.scopes, new.reaches_private, new.owner) == (
        "laptop", ["incidents:write"], True, commander,
    )  # fmt: skip
    assert new.lifetime == timedelta(days=90)
    assert working_token(after) == new
    assert working_token(before) == old
    old.refresh_from_db()
    assert timedelta(hours=23) < old.expires_at - timezone.now() <= timedelta(hours=24)
    assert "token.rotated" in AuditEntry.objects.of("installation").values_list("action", flat=True)


def test_at_once_the_old_one_opens_nothing(commander):
    old, before = create_token(by=commander, name="laptop", scopes=["incidents:write"])
    rotate_token(by=commander, token=old, at_once=True)
    assert working_token(before) is None


def test_it_never_lengthens_the_old_one(commander, token):
    soon = timezone.now() + timedelta(hours=1)
    ApiToken.objects.filter(pk=token.pk).update(expires_at=soon)
    rotate_token(by=commander, token=token)
    token.refresh_from_db()
    assert token.expires_at == soon


def test_nobody_is_warned_of_an_end_that_they_chose(commander, token):
    rotate_token(by=commander, token=token)
    warn_of_expiring_tokens()
    assert not Delivery.objects.filter(address=commander.email).exists()


@pytest.mark.parametrize("state", ["rotated", "revoked", "expired"])
def test_what_opens_nothing_or_was_replaced_is_not_rotated(commander, token, state):
    if state == "rotated":
        rotate_token(by=commander, token=token)
    elif state == "revoked":
        revoke_token(by=commander, token=token)
    else:
        ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())
    count = ApiToken.objects.count()
    with pytest.raises(ValidationError):
        rotate_token(by=commander, token=token)
    assert ApiToken.objects.count() == count


def test_nobody_rotates_the_token_of_another_person(admin, token):
    with pytest.raises(PermissionDenied):
        rotate_token(by=admin, token=token)

"""Does a new key work at once, and the old one as long as was chosen?"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEntry
from integrations.models import Integration
from integrations.workflow import rotate_key

pytestmark = pytest.mark.django_db


def opens(key: str, at=None) -> bool:
    return Integration.objects.of_key(key, at).exists()


def test_the_old_key_works_for_a_day(admin, made):
    integration, old = made("generic")
    _, new = rotate_key(by=admin, integration=integration)
    assert (opens(new), opens(old)) == (True, True)
    assert not opens(old, timezone.now() + timedelta(hours=24, seconds=1))


def test_the_old_key_ends_at_once(admin, made):
    integration, old = made("generic")
    _, new = rotate_key(by=admin, integration=integration, at_once=True)
    assert (opens(new), opens(old)) == (True, False)


def test_rotating_twice_ends_the_first(admin, made):
    integration, first = made("generic")
    _, second = rotate_key(by=admin, integration=integration)
    _, third = rotate_key(by=admin, integration=integration)
    assert [opens(key) for key in (first, second, third)] == [False, True, True]


def test_the_page_shows_the_new_key_once(as_admin, made):
    integration, old = made("generic")
    url = reverse("integration_key", args=[integration.pk])
    assert "24 more hours" in as_admin.get(url).content.decode()
    response = as_admin.post(url, {"ends": "later"})
    key = response.context["key"]
    assert key in response.content.decode()
    assert "The old key works until" in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    assert (opens(key), opens(old)) == (True, True)
    again = as_admin.get(integration.get_absolute_url()).content.decode()
    assert key not in again
    assert key[-5:] in again
    assert "The old key has ended" in as_admin.post(url, {"ends": "now"}).content.decode()
    assert not opens(key)


def test_nobody_else_may(responder, made):
    integration, old = made("generic")
    with pytest.raises(PermissionDenied):
        rotate_key(by=responder, integration=integration)
    assert opens(old)


def test_the_audit_trail_has_it_without_the_key(admin, made):
    integration, _ = made("generic")
    _, new = rotate_key(by=admin, integration=integration)
    entry = AuditEntry.objects.get(action="integration.key_rotated")
    assert new not in str(entry.changes)

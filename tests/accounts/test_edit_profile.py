"""The profile: what one sets about oneself, and where one is signed in."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.sessions import sessions_of
from audit.models import AuditEntry

PASSWORD = "correct horse battery"


@pytest.fixture
def ida(db) -> User:
    cache.clear()
    return User.objects.create_user("ida@example.test", PASSWORD, name="Ida Example")


def signed_in(browser="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0") -> Client:
    client = Client(HTTP_USER_AGENT=browser)
    client.post(reverse("account_login"), {"login": "ida@example.test", "password": PASSWORD})
    assert "_auth_user_id" in client.session
    return client


def is_in(client) -> bool:
    return client.get(reverse("profile")).status_code == 200


def test_name_zone_theme_and_keys(ida):
    client = signed_in()
    values = {"name": "Ida B. Example", "time_zone": "Europe/Lisbon", "theme": "dark"}
    assert client.post(reverse("profile"), values).url == reverse("profile")
    ida.refresh_from_db()
    assert (ida.name, ida.time_zone, ida.theme, ida.keys_enabled) == (
        "Ida B. Example",
        "Europe/Lisbon",
        "dark",
        False,
    )
    page = client.get(reverse("profile")).content.decode()
    assert 'data-theme="dark"' in page
    assert "data-keys" not in page


def test_nobody_raises_themselves(ida):
    client = signed_in()
    client.post(
        reverse("profile"),
        {"name": "Ida", "time_zone": "UTC", "theme": "dark", "installation_role": "administrator"},
    )
    ida.refresh_from_db()
    assert not ida.is_administrator


def test_unknown_zone_is_refused(ida):
    page = signed_in().post(reverse("profile"), {"name": "Ida", "time_zone": "Mars/Base", "theme": "dark"})
    assert page.status_code == 200
    ida.refresh_from_db()
    assert ida.time_zone == ""


def test_sessions_are_listed_by_device(ida):
    here, _phone = signed_in(), signed_in("Mozilla/5.0 (iPhone; CPU iPhone OS 19) Version/19 Safari/604.1")
    page = here.get(reverse("profile")).content.decode()
    assert "Firefox on Linux" in page
    assert "Safari on iPhone" in page
    assert "This one" in page


def test_one_session_ends(ida):
    here, there = signed_in(), signed_in()
    other = sessions_of(ida).get(session_key=there.session.session_key)
    here.post(reverse("session_revocation", args=[other.pk]))
    assert is_in(here)
    assert not is_in(there)
    assert sessions_of(ida).count() == 1


def test_all_other_sessions_end(ida):
    here, *others = signed_in(), signed_in(), signed_in()
    here.post(reverse("other_sessions_revocation"))
    assert is_in(here)
    assert not any(map(is_in, others))


def test_nobody_ends_the_session_of_another(ida, client, outsider):
    there = signed_in()
    client.force_login(outsider)
    session = sessions_of(ida).get()
    assert client.post(reverse("session_revocation", args=[session.pk])).status_code == 404
    assert is_in(there)


def test_a_changed_password_ends_the_other_sessions(ida):
    here, there = signed_in(), signed_in()
    new = "seven quiet lanterns"
    response = here.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert response.url == reverse("profile")
    assert is_in(here)
    assert not is_in(there)
    assert sessions_of(ida).count() == 1
    entry = AuditEntry.objects.of("installation").last()
    assert (entry.action, entry.changes) == ("password.changed", {})


def test_a_wrong_current_password_changes_nothing(ida):
    response = signed_in().post(
        reverse("account_change_password"),
        {"oldpassword": "wrong", "password1": "seven quiet lanterns", "password2": "seven quiet lanterns"},
    )
    assert response.status_code == 200
    ida.refresh_from_db()
    assert ida.check_password(PASSWORD)


def test_profile_in_few_queries(ida, django_assert_max_num_queries):
    client = signed_in()
    is_in(client)
    with django_assert_max_num_queries(8):
        is_in(client)


def test_settings_show_only_what_one_may_open(client, stakeholder, admin):
    client.force_login(stakeholder)
    page = client.get(reverse("settings")).content.decode()
    assert reverse("profile") in page
    assert reverse("settings_people") not in page
    assert reverse("settings_audit") not in page
    client.force_login(admin)
    assert reverse("settings_people") in client.get(reverse("settings")).content.decode()

"""Who may listen to what."""

import pytest
from django.conf import settings

from incidents.workflow import change_visibility
from live.consumers import _authorise

pytestmark = pytest.mark.django_db


@pytest.fixture
def listen(client):
    def ask(person, path: str, cookie: str = "") -> tuple:
        if person:
            client.force_login(person)
            cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        return _authorise({"path": path, "headers": [(b"cookie", b"a=1"), (b"cookie", cookie.encode())]})

    return ask


def test_those_who_reach_it(listen, incident, private_incident, commander, outsider):
    assert listen(outsider, f"/live/incidents/{incident.reference}/") == (outsider, incident.pk)
    assert listen(outsider, f"/live/incidents/{private_incident.reference}/") == (None, 0)
    assert listen(commander, f"/live/incidents/{private_incident.reference}/") == (
        commander,
        private_incident.pk,
    )


def test_reach_ends_with_the_incident_s_visibility_and_with_the_account(
    listen, incident, commander, outsider
):
    change_visibility(incident=incident, is_private=True, by=commander)
    assert listen(outsider, f"/live/incidents/{incident.reference}/") == (None, 0)
    outsider.is_active = False
    outsider.save()
    assert listen(outsider, "/live/home/") == (None, 0)


@pytest.mark.parametrize("cookie", ["", "session=nobody", 'session="\\000"', ";;==", "session"])
def test_nobody_listens_with_a_made_up_cookie(listen, cookie):
    assert listen(None, "/live/home/", cookie) == (None, 0)

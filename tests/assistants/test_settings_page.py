"""Who switches assistants on, and where?"""

from django.urls import reverse

from accounts.models import Installation
from audit.models import AuditEntry


def test_an_administrator_switches_them_on_and_off(client, admin):
    client.force_login(admin)
    assert "Off. No assistant can connect" in client.get(reverse("assistants")).content.decode()
    client.post(reverse("assistants"), {"allowed": "1"})
    assert Installation.get().assistants
    page = client.get(reverse("assistants")).content.decode()
    assert "/mcp" in page
    assert "Declare an incident" in page
    client.post(reverse("assistants"), {"allowed": "0"})
    assert not Installation.get().assistants
    actions = AuditEntry.objects.filter(action__startswith="assistants.").values_list("action", flat=True)
    assert sorted(actions) == ["assistants.allowed", "assistants.refused"]


def test_they_are_off_at_first(db):
    assert not Installation.get().assistants


def test_by_the_api_as_well(api, admin, commander):
    calls = api(admin, "admin")
    assert calls.put("organisation/assistants", {"allowed": True})["assistants"]
    calls = api(commander, "incidents:write")
    calls.put("organisation/assistants", {"allowed": False})
    assert calls.status == 403

"""Can a program follow, subscribe and read the inbox, within what its person can see?"""

from incidents.models import Service
from incidents.workflow import add_person
from notifications.models import Channel
from subscribers.models import Notice, NotificationKind, Subscription


def test_following_and_pausing(api, responder, incident):
    Service.objects.create(name="Payments", slug="payments")
    calls = api(responder)
    told = calls.put(f"incidents/{incident.reference}/following")
    assert told["incident"] == incident.reference
    calls.put("services/payments/following")
    mine = calls.get("me/subscriptions")["results"]
    assert {one["service"] and one["service"]["slug"] for one in mine} == {None, "payments"}
    at = f"subscriptions/{told['id']}"
    assert calls.put(f"{at}/pause", {"is_paused": True})["is_active"] is False
    calls.delete(f"incidents/{incident.reference}/following")
    calls.get(at)
    assert calls.status == 404
    calls.delete("services/payments/following")
    assert not Subscription.objects.of(responder).exists()


def test_nobody_follows_what_they_cannot_see(api, outsider, private_incident, responder, commander):
    calls = api(outsider)
    calls.put(f"incidents/{private_incident.reference}/following")
    assert calls.status == 404
    refused = calls.post(
        "me/subscriptions", {"audience": "responders", "incident": private_incident.reference}
    )
    assert calls.status == 422
    assert "Zephyrquartz" not in str(refused)
    add_person(incident=private_incident, user=responder, by=commander)
    reaches = api(responder, private=True)
    made = reaches.put(f"incidents/{private_incident.reference}/following")
    assert reaches.status == 200
    without = api(responder)
    without.get(f"subscriptions/{made['id']}")
    assert without.status == 404


def test_words_for_executives_are_given_by_administrators(api, admin, stakeholder):
    refused = api(stakeholder).post("me/subscriptions", {"audience": "executives"})
    assert refused["errors"][0]["pointer"] == "/audience"
    calls = api(admin)
    made = calls.post("subscriptions", {"person": stakeholder.pk, "audience": "executives"})
    assert calls.status == 201, made
    assert [one["id"] for one in calls.get("subscriptions")["results"]] == [made["id"]]
    channel = Channel.objects.create(name="Ops", kind="webhook", url="https://hook.example/x")
    calls.post("subscriptions", {"channel": channel.pk, "audience": "responders", "severity": "SEV2"})
    assert calls.status == 201
    others = api(stakeholder)
    others.get("subscriptions")
    assert others.status == 403


def test_an_address_outside(api, admin, responder):
    calls = api(admin)
    made = calls.post("outside-addresses", {"email": "board@example.test", "audience": "public"})
    assert (calls.status, made["state"], len(made["subscriptions"])) == (201, "asked", 1)
    at = f"outside-addresses/{made['id']}"
    calls.post(f"{at}/confirmation-mail")
    assert calls.status == 409
    others = api(responder)
    others.get(at)
    assert others.status == 403
    calls.delete(at)
    assert calls.status == 204


def test_preferences_and_the_inbox(api, responder, outsider):
    calls = api(responder)
    assert calls.get("me/notification-preferences")["follows_worst"] is True
    changed = calls.patch("me/notification-preferences", {"by_mail": ["duty"], "quiet_from": "22:00"})
    assert calls.status == 422, changed
    changed = calls.patch("me/notification-preferences", {"by_mail": ["duty"]})
    assert changed["by_mail"] == ["duty"]
    assert calls.put("me/notification-preferences/browser", {"on": False})["in_browser"] == []
    notice = Notice.objects.create(person=responder, kind=NotificationKind.DUTY, title="Yours", url="/")
    Notice.objects.create(person=outsider, kind=NotificationKind.DUTY, title="Not yours", url="/")
    assert [one["title"] for one in calls.get("me/inbox?unread=true")["results"]] == ["Yours"]
    assert calls.post(f"me/inbox/{notice.pk}/reading")["read_at"]
    calls.post("me/inbox/reading", {})
    assert calls.status == 204
    assert calls.get("me/inbox?unread=true")["results"] == []


def test_reports(api, responder):
    Service.objects.create(name="Payments", slug="payments")
    calls = api(responder)
    made = calls.post("me/reports", {"every": "week", "service": "payments"})
    assert calls.status == 201, made
    assert (made["about"], made["filters"]) == ("Payments", "service=payments")
    pack = calls.post("me/reports", {"kind": "pack", "parts": ["cost"]})
    assert (pack["every"], pack["filters"]) == ("month", "part=cost")
    calls.delete(f"me/reports/{made['id']}")
    assert len(calls.get("me/reports")["results"]) == 1


def test_the_inbox_needs_the_scope_of_what_it_tells(api, commander):
    calls = api(commander, "people:write")
    calls.get("me/inbox")
    assert calls.status == 403
    assert api(commander, "incidents:read").get("me/inbox")["results"] == []

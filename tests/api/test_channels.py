"""Can an administrator's program look after channels, without a secret or a private text leaving?"""

from notifications.models import Channel, Delivery, OutboxMessage

SECRET = "https://hook.example/services/T0/SECRETPATH"


def test_a_webhook_from_adding_to_deleting(api, admin):
    calls = api(admin)
    made = calls.post("channels", {"name": "Ops", "url": SECRET})
    assert calls.status == 201, made
    assert made["secret"].startswith("whsec_")
    at = f"channels/{made['channel']['id']}"
    shown = calls.get(at)
    assert "SECRETPATH" not in str(shown)
    assert made["secret"] not in str(shown)
    assert calls.patch(at, {"name": "Operations"})["name"] == "Operations"
    assert Channel.objects.get().url == SECRET
    assert calls.post(f"{at}/secret")["secret"] != made["secret"]
    chosen = calls.put(f"{at}/events", {"events": ["incident.declared"]})
    assert (calls.status, chosen["events"]) == (200, ["incident.declared"])
    assert calls.post(f"{at}/pause")["is_active"] is False
    assert calls.post(f"{at}/resumption")["is_active"] is True
    sent = calls.post(f"{at}/test")
    assert calls.get(f"{at}/deliveries")["results"][0]["id"] == sent["id"]
    refused = calls.post("channels", {"name": "Bad", "url": "ftp://x"})
    assert refused["errors"][0]["pointer"] == "/url"
    calls.delete(at)
    assert calls.status == 204


def test_messages_that_were_given_up(api, admin):
    dead = Delivery.objects.create(key="a", kind="mail", address="x@example.test", about="test", state="dead")
    event = OutboxMessage.objects.create(
        topic="incident.declared", subject="incident:1", due_at=dead.due_at, dead_at=dead.due_at
    )
    calls = api(admin)
    assert [one["id"] for one in calls.get("deliveries")["results"]] == [str(dead.pk)]
    told = calls.post(f"deliveries/{dead.pk}/drop", {"reason": "Old"})
    assert (calls.status, told["state"]) == (200, "withdrawn")
    assert calls.get("deliveries?state=overdue")["results"] == []
    assert calls.get("dead-events")["results"][0]["id"] == str(event.pk)
    calls.post(f"dead-events/{event.pk}/drop", {"reason": "Old"})
    assert calls.status == 204
    assert calls.post("deliveries/resending")["count"] == 0
    calls.get("deliveries/not-a-uuid")
    assert calls.status == 404


def test_what_a_message_about_something_private_says(api, admin, private_incident):
    Delivery.objects.create(
        key="a",
        kind="mail",
        address="reader@example.test",
        about=f"incident:{private_incident.pk}",
        content={"subject": "Canary Zephyrquartz"},
        state="dead",
    )
    calls = api(admin)
    told = calls.get("deliveries")["results"][0]
    assert (told["recipient"], told["headline"]) == ("somebody", "A private message")


def test_channels_are_for_administrators(api, responder):
    Channel.objects.create(name="Ops", kind="webhook", url=SECRET)
    calls = api(responder)
    for path in ("channels", "deliveries", "dead-events", "mail-server"):
        calls.get(path)
        assert calls.status == 403, path

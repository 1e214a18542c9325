"""Settings → Channels: add, try, change, rotate, pause, delete; secrets shown once and never again."""

import pytest
from django.urls import reverse

from audit.models import AuditEntry
from notifications.models import Channel, Delivery
from notifications.tasks import send_due_deliveries

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_admin(client, admin):
    client.force_login(admin)
    return client


def actions() -> list[str]:
    return list(AuditEntry.objects.of("installation").values_list("action", flat=True))


def text(response) -> str:
    return response.content.decode()


def test_a_new_webhook_shows_its_secret_once(as_admin):
    address = "https://hooks.example.test/in/Zephyrquartz"
    response = as_admin.post(reverse("channel_new"), {"name": "Bus", "kind": "webhook", "url": address})
    channel = Channel.objects.get()
    assert channel.secret.startswith("whsec_")
    assert channel.secret in text(response)
    assert response.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    for url in (reverse("channels"), reverse("channel", args=[channel.pk]), reverse("settings_audit")):
        shown = text(as_admin.get(url))
        assert "Bus" in shown
        assert channel.secret not in shown
        assert "Zephyrquartz" not in shown
    assert actions()[-1] == "channel.added"


def test_a_new_chat(as_admin):
    response = as_admin.post(
        reverse("channel_new"), {"name": "Chat", "kind": "chat", "url": "ntfys://ntfy.example.test/topic"}
    )
    channel = Channel.objects.get()
    assert response.url == reverse("channel", args=[channel.pk])
    assert channel.secret == ""


@pytest.mark.parametrize(
    ("kind", "url"),
    [("webhook", "hooks.example.test/x"), ("webhook", "ftp://example.test/Zephyrquartz"), ("webhook", "https://"),
     ("webhook", "https://exa mple.test/"), ("webhook", "https://[::1/"), ("webhook", "https://example.test:99999/"),
     ("chat", "https://example.test/"), ("chat", "slack://Zephyrquartz"), ("chat", "file:///etc/passwd")],
)  # fmt: skip
def test_what_is_no_address_is_refused_at_its_field(as_admin, kind, url):
    response = as_admin.post(reverse("channel_new"), {"name": "Bus", "kind": kind, "url": url})
    assert response.context["form"].errors.keys() == {"url"}
    assert not Channel.objects.exists()


def test_a_name_is_taken_once(as_admin, webhook):
    response = as_admin.post(
        reverse("channel_new"), {"name": webhook.name, "kind": "webhook", "url": "https://a.example.test/"}
    )
    assert "name" in response.context["form"].errors


def test_a_test_goes_through_the_same_door_and_its_answer_shows(as_admin, webhook, server, loopback_allowed):
    as_admin.post(reverse("channel_test", args=[webhook.pk]))
    assert server.requests == []  # not from the request
    send_due_deliveries()
    assert b"channel.test" in server.requests[0].body
    shown = text(as_admin.get(reverse("channel", args=[webhook.pk])))
    assert "Answered 204" in shown
    assert "Delivered" in shown


def test_the_last_fifty_and_one_of_them_again(as_admin, webhook, server, loopback_allowed, send_to):
    for n in range(55):
        send_to(key=f"n{n}", channel=webhook)
    send_due_deliveries()
    assert len(server.requests) == 55
    response = as_admin.get(reverse("channel", args=[webhook.pk]))
    assert len(response.context["deliveries"]) == 50
    chosen = response.context["deliveries"][0]
    as_admin.post(reverse("delivery_again", args=[chosen.pk]))
    send_due_deliveries()
    assert server.requests[-1].headers["webhook-id"] == str(chosen.pk)
    assert len(server.requests) == 56


def test_the_name_changes_without_anybody_seeing_the_address(as_admin, webhook):
    old = webhook.url
    shown = text(as_admin.get(reverse("channel_address", args=[webhook.pk])))
    assert "Zephyrquartz" not in shown
    as_admin.post(reverse("channel_address", args=[webhook.pk]), {"name": "New name", "url": ""})
    webhook.refresh_from_db()
    assert (webhook.name, webhook.url) == ("New name", old)


def test_what_waits_goes_to_the_new_address(as_admin, webhook, send_to):
    waiting = send_to(channel=webhook)
    as_admin.post(
        reverse("channel_address", args=[webhook.pk]), {"name": "Bus", "url": "https://b.example.test/x"}
    )
    waiting.refresh_from_db()
    assert waiting.destination == "https://b.example.test"
    assert AuditEntry.objects.latest("sequence").changes["address"][1] == "https://b.example.test/…"


def test_a_new_secret_is_shown_once(as_admin, webhook):
    old = webhook.secret
    response = as_admin.post(reverse("channel_secret", args=[webhook.pk]))
    webhook.refresh_from_db()
    assert webhook.secret != old
    assert webhook.secret in text(response)
    assert old not in text(response)
    assert webhook.secret not in text(as_admin.get(reverse("channel", args=[webhook.pk])))


def test_pausing_keeps_what_is_due_until_it_is_used_again(
    as_admin, webhook, server, loopback_allowed, send_to
):
    send_to(channel=webhook)
    as_admin.post(reverse("channel_pause", args=[webhook.pk]))
    send_due_deliveries()
    assert server.requests == []
    assert "Paused" in text(as_admin.get(reverse("channels")))
    as_admin.post(reverse("channel_resumption", args=[webhook.pk]))
    send_due_deliveries()
    assert len(server.requests) == 1
    assert actions()[-2:] == ["channel.paused", "channel.resumed"]


def test_deleting_asks_first_and_takes_its_record_with_it(as_admin, webhook, send_to):
    send_to(channel=webhook)
    url = reverse("channel_deletion", args=[webhook.pk])
    assert "Delete Bus?" in text(as_admin.get(url))
    assert Channel.objects.exists()
    as_admin.post(url)
    assert not Channel.objects.exists()
    assert not Delivery.objects.exists()
    assert actions()[-1] == "channel.deleted"


def test_a_mail_to_myself(as_admin, admin, mailoutbox):
    as_admin.post(reverse("mail_test"))
    assert mailoutbox == []
    send_due_deliveries()
    assert [mail.to for mail in mailoutbox] == [[admin.email]]
    assert "Accepted by the mail server" in text(as_admin.get(reverse("mail_channel")))


@pytest.mark.parametrize("who", ["responder", "stakeholder", "commander"])
def test_only_for_administrators(client, request, webhook, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse("channels")).status_code == 403
    assert client.post(reverse("channel_test", args=[webhook.pk])).status_code == 403
    assert not Delivery.objects.exists()

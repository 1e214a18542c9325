"""Who hears of an update or a maintenance, once, in which words, and who does not?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.models import Incident, StatusUpdate
from incidents.workflow import change_visibility, withdraw_status_update
from notifications.models import Channel, Delivery, OutboxMessage
from notifications.tasks import send_due_deliveries
from statuspages import mails
from statuspages.models import StatusPage
from statuspages.publishing import consume
from statuspages.recipients import subscriber_count
from statuspages.status_snapshot import pages_of
from statuspages.tasks import carry_on_maintenances
from statuspages.workflow import change_maintenance, leaving_link, update_maintenance


@pytest.fixture
def subscriber(shop):
    """`subscriber("ada", components=[…])`: confirmed, by mail."""

    def make(name: str, components=(), **more):
        now = timezone.now()
        facts = {"address": f"{name}@example.test", "confirmed_at": now, "endpoint_confirmed_at": now} | more
        row = shop.subscribers.create(**facts)
        row.components.set(components)
        row.hears_all = not components
        row.save()
        return row

    return make


def consume_all(topic: str) -> list[Delivery]:
    for message in OutboxMessage.objects.filter(topic=topic):
        consume(message)
    return list(Delivery.objects.order_by("address"))


def told() -> list[Delivery]:
    return consume_all("status_update.posted")


def test_confirmed_subscribers_of_the_page_or_the_component_hear_it(shop, subscriber, broken, tell):
    payments, search = shop.components.get(name="Payments"), shop.components.get(name="Search")
    subscriber("all")
    subscriber("payments", [payments])
    subscriber("search", [search])
    subscriber("both", [payments, search])
    subscriber("unconfirmed", confirmed_at=None)
    tell(broken, "Some cards fail.")
    assert [d.address.partition("@")[0] for d in told()] == ["all", "both", "payments"]
    assert subscriber_count(broken, pages_of(broken)) == 3


def test_the_mail_says_what_the_page_says_and_nothing_else(shop, subscriber, broken, tell):
    subscriber("ada")
    words = {"known": "Some *cards* fail.", "workaround": "Pay by invoice."}
    tell(broken, "", wordings={"public": words})
    content = told()[0].content
    assert content["subject"] == "[Shop] Investigating: Card payments fail"
    for part in ("Some *cards* fail.", "Pay by invoice.", "Affects Payments", "/unsubscribe/", "/incidents/"):
        assert part in content["text"]
    assert "<em>cards</em>" in content["html"]
    for hidden in ("Inside words", "Secret pool", "SEV2", "payments-api-internal", "Commander"):
        assert hidden not in str(content)


def test_the_mail_threads_by_incident_and_can_be_ended_by_one_click(shop, subscriber, broken, tell):
    subscriber("ada")
    tell(broken, "One.", ago=timedelta(minutes=9))
    tell(broken, "Two.")
    first, second = (d.content["headers"] for d in told())
    assert first["References"] == second["References"] == f"<{shop.code('incident', broken.pk)}@localhost>"
    assert first["Message-ID"] != second["Message-ID"]
    assert first["List-Unsubscribe"].startswith("<http://localhost:8000/status/shop/unsubscribe/")
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_each_message_tells_its_own_update(shop, subscriber, broken, tell):
    subscriber("ada")
    tell(broken, "One.", ago=timedelta(minutes=9))
    tell(broken, "Two.")
    texts = [d.content["text"] for d in told()]
    assert sorted("One." in t for t in texts) == [False, True]
    assert sorted("Two." in t for t in texts) == [False, True]


def test_once_however_often_it_is_consumed(shop, make_page, payments, subscriber, broken, tell):
    other = make_page("other", services={"Payments": payments})
    subscriber("ada")
    other.subscribers.create(address="ADA@example.test", confirmed_at=timezone.now())
    tell(broken, "Some cards fail.")
    told()
    assert len(told()) == 1
    assert subscriber_count(broken, pages_of(broken)) == 1


def test_nobody_hears_what_was_taken_back_or_is_not_for_the_public(shop, subscriber, broken, tell, commander):
    subscriber("ada")
    update = tell(
        broken, "x", published_at=None, unknown="x", next_update_at=timezone.now() + timedelta(hours=1)
    )
    assert told() == [], "it has not left yet"
    withdraw_status_update(update=update, by=commander)
    tell(broken, "x", audiences=["stakeholders"], wordings={})
    assert told() == []
    assert shop.subscribers.confirmed().exists()


def test_nobody_hears_of_what_became_private_a_drill_or_a_replay(shop, subscriber, broken, tell, commander):
    subscriber("ada")
    tell(broken, "Some cards fail.")
    message = OutboxMessage.objects.get(topic="status_update.posted")
    message.payload["source"] = "replay"
    consume(message)
    Incident.objects.filter(pk=broken.pk).update(is_drill=True)
    told()
    Incident.objects.filter(pk=broken.pk).update(is_drill=False)
    change_visibility(incident=broken, is_private=True, by=commander)
    assert told() == []


def test_subscribers_of_a_draft_hear_nothing(shop, subscriber, broken, tell):
    subscriber("ada")
    tell(broken, "Some cards fail.")
    shop.is_published = False
    shop.save()
    assert told() == []
    assert subscriber_count(broken, pages_of(broken)) == 0


def test_a_webhook_gets_the_shapes_of_the_interface_by_its_channel(shop, subscriber, broken, tell):
    url = "https://hooks.example.test/in"
    channel = Channel.objects.create(name="x", kind="webhook", url=url, secret="whsec_eA==")
    subscriber("ada", kind="webhook", url=url, channel=channel)
    tell(broken, "Some cards fail.")
    [delivery] = told()
    assert (delivery.kind, delivery.channel) == ("webhook", channel)
    assert delivery.content["type"] == "incident.status_update"
    assert delivery.content["data"]["incident"]["incident_updates"][0]["body"] == "Some cards fail."
    assert "whsec" not in str(delivery.content)


def test_it_is_written_once_and_everybody_gets_their_own_way_out(shop, subscriber, broken, tell):
    people = [subscriber(f"p{n}") for n in range(3)]
    tell(broken, "Some cards fail.")
    told()
    links = {leaving_link(one) for one in people}
    found = [Delivery.objects.get(address=one.address) for one in people]
    for one, delivery in zip(people, found, strict=True):
        content, own = delivery.content, leaving_link(one)
        assert [content["text"].count(own), content["html"].count(own)] == [1, 1]
        assert content["headers"]["List-Unsubscribe"] == f"<{own}>"
        assert content["headers"]["Message-ID"] == f"<{delivery.pk}@localhost>"
        assert not any(other in str(content) for other in links - {own})
        assert mails.LEAVE not in str(content)


def test_counting_subscribers_is_one_query_and_counts_each_once(
    shop, make_page, payments, subscriber, broken, django_assert_num_queries
):
    other = make_page("other", services={"Payments": payments})
    hooks = {"kind": "webhook", "url": "https://hooks.example.test/in"}
    for number in range(4):
        subscriber(f"p{number}", [shop.components.get(name="Payments")])
        other.subscribers.create(address=f"P{number}@example.test", confirmed_at=timezone.now())
        subscriber(f"hook{number}", **hooks)
    subscriber("search", [shop.components.get(name="Search")])
    pages = pages_of(broken)
    with django_assert_num_queries(1):
        assert subscriber_count(broken, pages) == 5
    assert subscriber_count(broken, []) == 0


def test_maintenance_is_told_from_its_announcement_to_its_end(shop, subscriber, work, commander):
    subscriber("search", [shop.components.get(name="Search")])
    subscriber("payments", [shop.components.get(name="Payments")])
    work.ends_at += timedelta(hours=1)
    change_maintenance(by=commander, maintenance=work, components=work.components.all(), text="An hour more.")
    update_maintenance(by=commander, maintenance=work, state="in_progress", text="Begun.")
    update_maintenance(by=commander, maintenance=work, state="completed", text="Done.")
    for message in OutboxMessage.objects.filter(subject=work.chain).order_by("created_at"):
        consume(message)
        consume(message)
    found = Delivery.objects.order_by("created_at")
    assert {d.address for d in found} == {"search@example.test"}
    said = ("New products appear later.", "An hour more.", "Begun.", "Done.")
    assert [sum(words in d.content["text"] for d in found) for words in said] == [1, 1, 1, 1]


def test_the_reminder_comes_once_an_hour_before(shop, subscriber, work):
    subscriber("ada")
    work.starts_at = timezone.now() + timedelta(minutes=50)
    work.ends_at = work.starts_at + timedelta(hours=1)
    work.save()
    carry_on_maintenances()
    carry_on_maintenances()
    [reminder] = consume_all("maintenance.reminder")
    assert reminder.content["subject"] == "[Shop] Begins soon: Search index move"


def test_nobody_is_reminded_of_what_was_cancelled(shop, subscriber, work, commander):
    subscriber("ada")
    work.starts_at = timezone.now() + timedelta(minutes=50)
    work.save()
    carry_on_maintenances()
    update_maintenance(by=commander, maintenance=work, state="cancelled", text="Not needed.")
    assert consume_all("maintenance.reminder") == []


def test_a_line_break_in_a_name_stops_no_mail(shop, subscriber, broken, tell, mailoutbox):
    """Names that were stored before a line break was taken out of them, too."""
    StatusPage.objects.filter(pk=shop.pk).update(name="The\nshop")
    subscriber("ada")
    tell(broken, "Some cards fail.")
    StatusUpdate.objects.update(public_title="Card\r\npayments fail")
    (delivery,) = told()
    assert delivery.content["subject"] == "[The shop] Investigating: Card payments fail"
    send_due_deliveries()
    (mail,) = mailoutbox
    assert mail.subject == "[The shop] Investigating: Card payments fail"

"""Does nobody hear of a page who has not asked for it from their own address, and does one click end it?"""

import re
import time
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from notifications.models import Channel, Delivery
from notifications.tasks import expand_due_events
from notifications.workflow import pause_channel
from statuspages.models import PageSubscriber
from statuspages.workflow import forget_unanswered, leaving_link, remove_from_page, request_subscription

ADDRESS = "ada@example.test"


@pytest.fixture(autouse=True)
def _no_limits(db):
    cache.clear()


def ask(client, address=ADDRESS, **more):
    return client.post("/status/shop/subscribe", {"address": address} | more)


def link_of(delivery: Delivery) -> str:
    return re.search(r"http://localhost:8000(/\S+)", delivery.content["text"])[1]


@pytest.fixture
def subscribed(shop):
    def make(address=ADDRESS, components=(), **more) -> PageSubscriber:
        row = shop.subscribers.create(address=address, confirmed_at=timezone.now(), **more)
        row.components.set(components)
        row.hears_all = not components
        row.save()
        return row

    return make


def test_asking_sends_a_link_and_subscribes_nobody(client, shop):
    assert "We send a confirmation e-mail" in ask(client).text
    mail = Delivery.objects.get()
    assert (mail.kind, mail.address) == ("mail", ADDRESS)
    assert mail.content["secret"] is True
    assert not shop.subscribers.confirmed().exists()


def test_looking_at_the_link_is_not_confirming(client, shop):
    ask(client)
    link = link_of(Delivery.objects.get())
    assert "Confirm your subscription" in client.get(link).text
    assert not shop.subscribers.confirmed().exists()
    assert "You are subscribed" in client.post(link).text
    assert shop.subscribers.confirmed().get().address == ADDRESS


def test_chosen_components_come_along(client, shop):
    part = shop.components.get(name="Search")
    ask(client, components=[part.pk])
    client.post(link_of(Delivery.objects.get()))
    assert list(shop.subscribers.get().components.all()) == [part]


def test_nobody_learns_whether_an_address_is_subscribed(client, shop, subscribed):
    first = ask(client, "new@example.test").text
    subscribed()
    second = ask(client).text
    assert first.replace("new@example.test", "") == second.replace(ADDRESS, "")
    new, known = (Delivery.objects.get(address=a) for a in ("new@example.test", ADDRESS))
    assert re.sub(r"/subscribe/\S+", "", new.content["text"]) == re.sub(
        r"/subscribe/\S+", "", known.content["text"]
    )


def test_a_stranger_cannot_change_what_somebody_hears(client, shop, subscribed):
    row = subscribed()
    ask(client, components=[shop.components.get(name="Search").pk])
    assert not row.components.exists()
    assert row in shop.subscribers.confirmed()


def test_asking_again_and_again_sends_one_mail(client, shop):
    for _ in range(4):
        ask(client)
        ask(client, ADDRESS.upper())
    assert Delivery.objects.count() == 1
    assert PageSubscriber.objects.count() == 1


def test_many_from_one_place_are_slowed_down(client, shop):
    answers = [ask(client, f"p{n}@example.test").status_code for n in range(12)]
    assert answers[-1] == 429
    assert Delivery.objects.count() == 10


def test_a_form_filled_in_by_a_program_sends_nothing(client, shop):
    assert "We send a confirmation e-mail" in ask(client, website="spam").text
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("address", ["", "nobody", "a@b", "x" * 300 + "@example.test"])
def test_what_is_no_address_is_refused(client, shop, address):
    assert "We send a confirmation e-mail" not in ask(client, address).text
    assert not Delivery.objects.exists()


def test_a_changed_or_old_link_is_closed(client, shop):
    ask(client)
    link = link_of(Delivery.objects.get())
    assert client.post(link[:-3] + "xyz").status_code == 410
    shop.subscribers.all().delete()
    assert client.post(link).status_code == 410


def test_the_form_is_protected_the_links_need_no_session(shop, subscribed):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/status/shop/subscribe", {"address": ADDRESS}).status_code == 403
    path = leaving_link(subscribed()).removeprefix("http://localhost:8000")
    one_click = strict.post(
        path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert one_click.status_code == 200
    assert not PageSubscriber.objects.exists()


def test_a_form_that_is_too_old_comes_back_with_what_was_typed(shop):
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post("/status/shop/subscribe", {"address": ADDRESS})
    assert refused.status_code == 403
    assert "This form has expired" in refused.text
    assert f'value="{ADDRESS}"' in refused.text
    again = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', refused.text)[1]
    sent = strict.post("/status/shop/subscribe", {"address": ADDRESS, "csrfmiddlewaretoken": again})
    assert "We send a confirmation e-mail" in sent.text
    assert strict.post("/status/none/subscribe", {"address": ADDRESS}).status_code == 404


def test_unsubscribing_takes_one_click_and_twice_is_fine(client, shop, subscribed):
    path = leaving_link(subscribed()).removeprefix("http://localhost:8000")
    assert client.get(path).status_code == 200
    assert shop.subscribers.exists(), "looking at the link changes nothing"
    for _ in range(2):
        assert "You are not subscribed any more" in client.post(path).text
    assert client.post("/status/shop/unsubscribe/nonsense").status_code == 410


def test_a_link_of_another_page_ends_nothing(client, shop, make_page, subscribed):
    make_page("other")
    path = leaving_link(subscribed()).removeprefix("http://localhost:8000")
    client.post(path.replace("/shop/", "/other/"))
    assert shop.subscribers.exists()


def confirm_endpoint_of(client, channel) -> None:
    asked = channel.deliveries.filter(content__type="subscription.confirmation").latest("created_at")
    address = asked.content["data"]["confirm_url"].removeprefix("http://localhost:8000")
    assert client.get(address).status_code == 200


def test_a_webhook_is_confirmed_by_mail_and_gets_a_secret_of_its_own(client, shop):
    ask(client, url="https://hooks.example.test/in")
    assert not Channel.objects.exists()
    mail = Delivery.objects.get()
    assert "a webhook at hooks.example.test." in mail.content["text"]
    assert "/in" not in mail.content["text"].split("subscribe/")[0]
    done = client.post(link_of(mail))
    row = shop.subscribers.get()
    assert (row.channel.url, row.channel.kind) == ("https://hooks.example.test/in", "webhook")
    assert row.channel.secret.startswith("whsec_")
    assert row.channel.secret in done.text
    client.post(leaving_link(row).removeprefix("http://localhost:8000"))
    assert not Channel.objects.exists()


def test_a_webhook_that_wanted_no_more_collects_nothing_and_can_be_subscribed_again(
    client, shop, broken, tell
):
    ask(client, url="https://hooks.example.test/in")
    link = link_of(Delivery.objects.get())
    client.post(link)
    channel = shop.subscribers.get().channel
    confirm_endpoint_of(client, channel)
    tell(broken, "Before.", ago=timedelta(minutes=9))
    expand_due_events()
    asked, waits = channel.deliveries.order_by("created_at")
    pause_channel(by=None, channel=channel, because="Answered 410")
    tell(broken, "Meanwhile.")
    expand_due_events()
    assert list(channel.deliveries.order_by("created_at")) == [asked, waits]
    assert not shop.subscribers.confirmed().exists()
    assert client.post(link).status_code == 200
    channel.refresh_from_db()
    assert channel.is_active
    waits.refresh_from_db()
    assert waits.state == "withdrawn", "it wanted no more"
    tell(broken, "Not confirmed again yet.")
    expand_due_events()
    assert not channel.deliveries.waiting().filter(content__type="incident.status_update").exists()
    confirm_endpoint_of(client, channel)
    tell(broken, "Again.")
    expand_due_events()
    assert channel.deliveries.waiting().filter(content__type="incident.status_update").count() == 1


def test_a_webhook_gets_nothing_until_its_endpoint_confirms(client, shop, broken, tell):
    ask(client, url="https://hooks.example.test/in")
    page = client.post(link_of(Delivery.objects.get())).text
    assert "Nothing else is sent until then." in page
    channel = shop.subscribers.get().channel
    tell(broken, "Too early.")
    expand_due_events()
    (asked,) = channel.deliveries.all()
    assert asked.content["type"] == "subscription.confirmation"
    assert asked.content["data"]["confirm_url"] not in page
    confirm_endpoint_of(client, channel)
    tell(broken, "Confirmed.")
    expand_due_events()
    assert channel.deliveries.filter(content__type="incident.status_update").count() == 1


def test_an_endpoint_is_not_confirmed_by_the_link_of_the_mail(client, shop):
    ask(client, url="https://hooks.example.test/in")
    link = link_of(Delivery.objects.get())
    client.post(link)
    token = link.rsplit("/", 1)[1]
    assert client.get(f"/status/shop/subscribe/endpoint/{token}").status_code == 410
    assert not shop.subscribers.confirmed().exists()


def test_addresses_that_never_answer_are_forgotten(shop, subscribed):
    request_subscription(page=shop, address="old@example.test")
    shop.subscribers.update(created_at=timezone.now() - timedelta(days=8))
    kept = subscribed()
    assert forget_unanswered() == 1
    assert list(shop.subscribers.all()) == [kept]


def test_who_chose_a_component_that_goes_does_not_hear_of_everything(
    client, shop, admin, subscribed, broken, tell
):
    gone = shop.components.get(name="Search")
    client.force_login(admin)
    both = subscribed("both@example.test", components=shop.components.all())
    subscribed("only@example.test", components=[gone])
    everything = subscribed("all@example.test")
    asked = client.get(f"/status-pages/shop/components/{gone.pk}/deletion/").text
    assert "only@example.test" in asked
    assert "both@example.test" not in asked
    assert shop.components.filter(pk=gone.pk).exists()
    client.post(f"/status-pages/shop/components/{gone.pk}/deletion/")
    assert set(shop.subscribers.all()) == {both, everything}
    assert list(shop.subscribers.of_any([])) == [everything]


def test_a_link_for_a_component_that_is_gone_is_closed(client, shop, admin):
    part = shop.components.get(name="Search")
    ask(client, components=[part.pk])
    remove_from_page(by=admin, entry=part)
    link = link_of(Delivery.objects.get())
    assert client.get(link).status_code == 410
    assert client.post(link).status_code == 410
    assert not shop.subscribers.confirmed().exists()


def test_other_webhooks_for_one_address_are_one_mail(client, shop):
    for n in range(4):
        ask(client, url=f"https://hooks.example.test/{n}/you-have-won")
    assert Delivery.objects.count() == 1
    assert "you-have-won" not in str(Delivery.objects.get().content)


def test_one_address_gets_few_mails_whichever_page_is_asked(client, shop, make_page):
    for n in range(7):
        make_page(f"p{n}")
        answer = client.post(f"/status/p{n}/subscribe", {"address": ADDRESS}, REMOTE_ADDR=f"192.0.2.{n}")
        assert "We send a confirmation e-mail" in answer.text
    assert Delivery.objects.count() == 5


@pytest.mark.parametrize("url", ["http://127.0.0.1\\@hooks.example.test/x", "https://ada:key@example.test/x"])
def test_a_webhook_of_two_readings_is_refused(client, shop, url):
    assert "We send a confirmation e-mail" not in ask(client, url=url).text
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_asking_twice_at_the_same_moment_is_asking_once(shop):
    """The other one has asked, and is not done yet."""
    begun = Event()

    def other() -> None:
        with transaction.atomic():
            shop.subscribers.create(kind="mail", address=ADDRESS.upper())
            begun.set()
            time.sleep(0.5)
        connection.close()

    first = Thread(target=other)
    first.start()
    begun.wait()
    request_subscription(page=shop, address=ADDRESS)
    first.join()
    assert PageSubscriber.objects.count() == 1
    assert Delivery.objects.count() == 1


@pytest.fixture
def no_mail_server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"


def test_without_a_mail_server_no_mail_is_spoken_of(client, shop, no_mail_server):
    page = client.get("/status/shop/subscribe").text
    assert "e-mail is not set up here" in page
    assert 'name="address"' not in page
    assert ("history.atom" in page, "calendar.ics" in page) == (True, True)
    answer = ask(client).text
    assert "We send a confirmation e-mail" not in answer
    assert "This field is required." in answer, "a webhook's address"
    assert not Delivery.objects.exists()
    assert not PageSubscriber.objects.exists()


def test_without_a_mail_server_an_endpoint_confirms_itself(client, shop, broken, tell, no_mail_server):
    part = shop.components.get(name="Payments")
    page = client.post(
        "/status/shop/subscribe", {"url": "https://hooks.example.test/in", "components": [part.pk]}
    ).text
    channel = shop.subscribers.get().channel
    (asked,) = channel.deliveries.all()
    assert asked.content["data"]["secret"] == channel.secret
    assert channel.secret not in page, "whoever asks may not own the endpoint"
    assert asked.content["data"]["confirm_url"] not in page
    tell(broken, "Too early.")
    expand_due_events()
    assert channel.deliveries.count() == 1
    confirm_endpoint_of(client, channel)
    assert list(shop.subscribers.confirmed().get().components.all()) == [part]
    tell(broken, "Confirmed.")
    expand_due_events()
    assert channel.deliveries.filter(content__type="incident.status_update").count() == 1


def test_without_a_mail_server_a_stranger_changes_nothing_of_an_endpoint(client, shop, no_mail_server):
    asked = {"url": "https://hooks.example.test/in"}
    first = client.post("/status/shop/subscribe", asked).text
    row = shop.subscribers.get()
    confirm_endpoint_of(client, row.channel)
    part = shop.components.get(name="Payments")
    second = client.post("/status/shop/subscribe", asked | {"components": [part.pk]}).text
    assert second == first
    assert row.channel.deliveries.count() == 1
    row.refresh_from_db()
    assert row.hears_all
    assert not row.components.exists()


def test_an_endpoint_that_never_answers_is_forgotten(client, shop, no_mail_server):
    client.post("/status/shop/subscribe", {"url": "https://hooks.example.test/in"})
    shop.subscribers.update(created_at=timezone.now() - timedelta(days=8))
    forget_unanswered()
    assert not shop.subscribers.exists()
    assert not Channel.objects.exists()

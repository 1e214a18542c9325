"""The inbox: what is in it, what is unread, having read it; and nobody else's."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from core.listen import Listener, person_topic
from core.notify import PEOPLE_AT_ONCE, notify_people
from subscribers.models import Notice
from subscribers.workflow import mark_all_read, mark_read


@pytest.fixture
def put(responder, incident):
    """`put("Title", …)`: a line in the responder's inbox."""

    def run(title, **fields):
        return Notice.objects.create(
            **{"person": responder, "incident": incident, "kind": "duty", "url": incident.get_absolute_url()}
            | {"title": title, **fields}
        )

    return run


@pytest.fixture
def signed_in(client, responder):
    client.force_login(responder)
    return client


def unread(client) -> int:
    return client.get(reverse("inbox_news")).json()["unread"]


def test_opening_one_reads_it_and_leads_on(signed_in, put, incident):
    notice = put("You are scribe")
    assert "You are scribe" in signed_in.get("/inbox/").content.decode()
    assert unread(signed_in) == 1
    assert signed_in.get(reverse("notice", args=[notice.pk])).url == incident.get_absolute_url()
    assert unread(signed_in) == 0


def test_the_frame_counts_on_every_page(signed_in, put):
    put("One")
    put("Two")
    for path in ("/", "/incidents/", "/settings/"):
        assert "<span data-unread-number>2</span>" in signed_in.get(path).content.decode()


def test_reading_one_all_or_only_what_was_seen(signed_in, put):
    first, _second, third = put("One"), put("Two"), put("Three")
    signed_in.post(reverse("notice_reading", args=[first.pk]))
    assert unread(signed_in) == 2
    later = put("Came in meanwhile")
    signed_in.post(reverse("inbox_reading"), {"up_to": third.pk})
    assert list(Notice.objects.unread()) == [later]
    signed_in.post(reverse("inbox_reading"))
    assert unread(signed_in) == 0


def test_unread_only(signed_in, put, responder):
    mark_read(notice=put("Old news"), by=responder)
    put("Fresh news")
    page = signed_in.get("/inbox/?show=unread").content.decode()
    assert "Fresh news" in page
    assert "Old news" not in page


def test_pages_by_key(signed_in, put):
    for number in range(60):
        put(f"Notice number {number}.")
    page = signed_in.get("/inbox/")
    assert "number 59." in page.content.decode()
    assert "number 9." not in page.content.decode()
    put("Came in meanwhile")  # moves no line to another page
    older = signed_in.get(f"/inbox/?before={page.context['older']}").content.decode()
    assert "number 9." in older
    assert "number 10." not in older


@pytest.mark.parametrize("before", ["x", "-1", "99999999999999999999", "²"])
def test_an_odd_key_is_no_fault(signed_in, put, before):
    put("One")
    assert signed_in.get("/inbox/", {"before": before}).status_code == 200


def test_empty_says_what_belongs_here(signed_in):
    assert "Nothing yet" in signed_in.get("/inbox/").content.decode()


def test_is_nobody_elses(client, put, outsider):
    notice = put("Zephyrquartz")
    client.force_login(outsider)
    assert "Zephyrquartz" not in client.get("/inbox/").content.decode()
    assert client.get(reverse("notice", args=[notice.pk])).status_code == 404
    with pytest.raises(PermissionDenied):
        mark_read(notice=notice, by=outsider)
    mark_all_read(by=outsider)
    notice.refresh_from_db()
    assert notice.read_at is None


def test_what_left_the_reach_is_gone_and_not_counted(signed_in, put, incident):
    notice = put("Zephyrquartz")
    incident.is_private = True
    incident.save()
    assert "Zephyrquartz" not in signed_in.get("/inbox/").content.decode()
    assert "Zephyrquartz" not in signed_in.get("/inbox/news/?after=0").content.decode()
    assert unread(signed_in) == 0
    assert signed_in.get(reverse("notice", args=[notice.pk])).status_code == 404


def test_news_name_only_what_may_pop_up_and_is_newer(signed_in, put):
    first = put("Seen before", pops=True)
    put("Silent")
    last = put("Shown", text="In a word", pops=True)
    news = signed_in.get(f"/inbox/news/?after={first.pk}").json()
    assert news == {
        "unread": 3,
        "newest": last.pk,
        "notices": [{"id": last.pk, "title": "Shown", "text": "In a word"}],
    }


# -- the doorbell --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_rings_by_person_with_ids_only():
    people = range(1, PEOPLE_AT_ONCE * 2 + 10)
    with connection.cursor() as cursor:
        cursor.execute("LISTEN allclear")
    notify_people(people=people, what="inbox")
    connection.connection.poll()
    rings = [json.loads(n.payload) for n in connection.connection.notifies]
    with connection.cursor() as cursor:
        cursor.execute("UNLISTEN allclear")
    assert {r["what"] for r in rings} == {"inbox"}
    assert sorted(p for r in rings for p in r["people"]) == list(people)
    assert all(set(r) == {"people", "what"} for r in rings)


def test_a_ring_reaches_only_the_streams_of_the_named():
    listener = Listener()
    with (
        listener.subscription(7, person_topic(1)) as mine,
        listener.subscription(7, person_topic(2)) as theirs,
    ):
        listener._pass_on(json.dumps({"people": [1], "what": "inbox"}))
        assert (mine.qsize(), theirs.qsize()) == (1, 0)
        listener._pass_on(json.dumps({"incident": 7, "what": "head"}))
        assert (mine.qsize(), theirs.qsize()) == (2, 1)

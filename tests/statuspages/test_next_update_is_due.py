"""Once the time of the next update has passed, does any public answer still promise it?"""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django.utils.http import http_date

from incidents.workflow import declare_incident
from statuspages import static_copies
from statuspages.status_snapshot import read
from statuspages.tasks import write_stale_copies

AFTER = timedelta(minutes=31)
PROMISE, DUE = "Next update by", "The next update is due"


@pytest.fixture
def promised(shop, broken, tell):
    """An incident of which customers were promised the next update in 30 minutes."""
    tell(broken, "Some cards fail.", next_update_at=timezone.now() + timedelta(minutes=30))
    return broken


def addresses(shop, incident) -> list[str]:
    return ["/status/shop/", f"/status/shop/incidents/{shop.code('incident', incident.pk)}"]


def test_the_pages_say_that_it_is_due(client, shop, promised):
    for address in addresses(shop, promised):
        before = client.get(address)
        assert (PROMISE in before.text, DUE in before.text) == (True, False)
        with time_machine.travel(timezone.now() + AFTER):
            known = {"if-modified-since": before["Last-Modified"]}
            after = client.get(address, headers=known)
            assert after.status_code == 200, "the reader must not keep the promise"
            assert (PROMISE in after.text, DUE in after.text) == (False, True)


def test_the_page_is_as_new_as_the_moment_that_passed(shop, promised):
    [at] = [incident.promised_at for incident in read(shop).active]
    with time_machine.travel(at + timedelta(seconds=1)):
        assert http_date(read(shop).changed_at.timestamp()) >= http_date(at.timestamp())


def test_feeds_and_json_do_not_promise_it(client, shop, promised):
    with time_machine.travel(timezone.now() + AFTER):
        for address in ("history.atom", "history.rss", "api/v2/summary.json", "api/v2/incidents.json"):
            assert PROMISE not in client.get(f"/status/shop/{address}").text


def test_the_copy_says_it_too(shop, promised):
    write_stale_copies()
    home = static_copies.folder() / "shop"
    assert PROMISE in (home / "index.html").read_text()
    with time_machine.travel(timezone.now() + AFTER):
        write_stale_copies()
        assert DUE in (home / "index.html").read_text()


def test_the_copy_waits_no_longer_than_the_promise(shop, broken, tell):
    at = timezone.now() + timedelta(minutes=2)
    tell(broken, "Some cards fail.", next_update_at=at)
    write_stale_copies()
    shop.refresh_from_db()
    assert shop.copy_due_at <= at


def test_of_several_incidents_each_names_its_own(client, shop, promised, tell, commander, severity):
    other = declare_incident(by=commander, title="x", severity=severity(2))
    tell(other, "Search is slow.", title="Search", next_update_at=timezone.now() + timedelta(hours=2))
    text = client.get("/status/shop/").text
    head, *incidents = text.partition("</section>")[0].split("<article")
    assert PROMISE not in head
    assert [one.count(PROMISE) for one in incidents] == [1, 1]

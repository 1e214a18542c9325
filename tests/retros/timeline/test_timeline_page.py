"""Does the timeline work with plain links and forms, and keep what is private to itself?"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from retros.models import Participant, RetrospectiveStatus, TimelineEntry
from retros.workflow import add_entry, add_gap, add_recollection, seed_timeline


@pytest.fixture
def ask(client, commander, retrospective):
    client.force_login(commander)
    seed_timeline(retrospective=retrospective, by=commander)

    def get(name="retro_timeline", query="", args=()):
        return client.get(reverse(name, args=[retrospective.pk, *args]) + query)

    return get


def post(client, name, retrospective, *args, **data):
    return client.post(reverse(name, args=[retrospective.pk, *args]), data)


def local(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M:%S")


def test_rows_phases_times_and_the_picture(ask):
    text = ask().content.decode()
    for words in ("Impact began", "TTO (time to detection)", "5 min", "R − S", "1 h 10 min", "Possible gaps"):
        assert words in text
    assert text.count('<svg xmlns="http://www.w3.org/2000/svg" class="fig ') == 3


def test_a_row_far_outside_the_incident_is_questioned(ask, retrospective, commander, began):
    assert "Is the date right?" not in ask().content.decode()
    row = add_entry(
        retrospective=retrospective, by=commander, text="paged", occurred_at=began - timedelta(days=30)
    )
    text = ask().content.decode()
    assert text.count("Is the date right?") == 1
    assert "earlier than expected" in text
    TimelineEntry.objects.filter(pk=row.pk).update(phase="introduced")
    assert "Is the date right?" not in ask().content.decode(), "a fault may have been there for long"


def test_a_gap_and_recollections_are_rows_of_their_own(ask, retrospective, commander, responder, began):
    fact = add_entry(retrospective=retrospective, by=commander, text="paged", occurred_at=began)
    add_recollection(fact=fact, by=commander, text="two pages", actor=responder)
    add_gap(
        retrospective=retrospective,
        by=commander,
        text="no metrics",
        occurred_at=began,
        ended_at=began + timedelta(minutes=6),
    )
    text = ask().content.decode()
    assert "Information missing, 6 min" in text
    assert "Responder Example</b> remembers" in text


def test_the_slider_hides_what_was_not_known(ask, retrospective, commander, began):
    add_entry(
        retrospective=retrospective, by=commander, text="pool was full", occurred_at=began + timedelta(minutes=1),
        known_at=began + timedelta(minutes=30),
    )  # fmt: skip
    add_entry(
        retrospective=retrospective,
        by=commander,
        text="errors climb",
        occurred_at=began + timedelta(minutes=2),
    )

    def rows(minutes):
        return [row.text for row in ask(query=f"?known={minutes}").context["rows"]]

    assert "errors climb" in rows(10)
    assert "pool was full" not in rows(10)
    assert "pool was full" in rows(32)
    page = ask(query="?known=10").content.decode()
    assert "errors climb" in page
    assert "pool was full" not in page, "the picture does not show it either"


def test_the_picture_and_the_figures_hide_how_it_ended(ask):
    whole = ask()
    detected = dict(whole.context["slider"].stops)["detected"]
    then = ask(query=f"?known={detected}")
    assert "resolved" in str(whole.context["figure"]["wide"])
    for picture in (then.context["figure"]["wide"], then.context["figure"]["narrow"]):
        assert "detected" in str(picture)
        assert "resolved" not in str(picture)
        assert "MTTR" not in str(picture)
    assert "R − S" in whole.content.decode()
    assert "R − S" not in then.content.decode()
    assert "Hidden while you look at what was known earlier." in then.content.decode()


@pytest.mark.parametrize(
    "query", ["?known=x", "?known=99999999999", "?page=0", "?page=9999", "?zoom=3&part=-1", "?zoom=8&part=99"]
)
def test_odd_addresses_show_the_page(ask, query):
    assert ask(query=query).status_code == 200


def test_written_changed_removed_restored_without_a_script(ask, client, retrospective, began):
    response = post(
        client, "retro_entry_new", retrospective, occurred_at=local(began), text="looked at logs", kind="note"
    )
    assert response.url == reverse("retro_timeline", args=[retrospective.pk])
    row = TimelineEntry.objects.get(text="looked at logs")
    values = {"occurred_at": local(began), "kind": "decision", "version": 0}
    assert (
        post(client, "retro_entry", retrospective, row.pk, text="chose to wait", **values).status_code == 302
    )
    stale = post(client, "retro_entry", retrospective, row.pk, text="mine", **values)
    assert stale.status_code == 409
    assert b"chose to wait" in stale.content
    assert b"mine" in stale.content
    post(client, "retro_entry_removal", retrospective, row.pk)
    assert "Restore: chose to wait" in ask().content.decode()
    post(client, "retro_entry_restoration", retrospective, row.pk)
    assert "chose to wait" in [r.text for r in ask().context["rows"]]


def test_a_phase_and_the_milestone_of_the_incident(ask, client, retrospective, over, commander, began):
    row = add_entry(
        retrospective=retrospective, by=commander, text="back", occurred_at=began + timedelta(minutes=30)
    )
    post(client, "retro_phase", retrospective, row.pk, phase="mitigated", version=0)
    assert "Correct INC-" in ask().content.decode()
    post(client, "retro_milestone", retrospective, row.pk)
    over.refresh_from_db()
    assert over.mitigated_at == began + timedelta(minutes=30)
    assert "Correct INC-" not in ask().content.decode()


def test_a_found_gap_is_answered(ask, client, retrospective):
    key = ask().context["offered"][0].key
    post(client, "retro_gap_answer", retrospective, key=key, answer="keep")
    post(client, "retro_gap_answer", retrospective, key=ask().context["offered"][0].key, answer="dismiss")
    again = ask()
    assert not again.context["offered"]
    assert [row.gap for row in again.context["rows"] if row.gap] == ["missing"]


def test_dialogs_close_and_the_page_fetches_its_parts(ask, client, retrospective, began):
    address = reverse("retro_entry_new", args=[retrospective.pk])
    htmx = {"HX-Request": "true"}
    assert b"<html" not in client.get(address, headers=htmx).content
    response = client.post(address, {"occurred_at": local(began), "text": "x", "kind": "note"}, headers=htmx)
    assert (response.status_code, "account-changed" in response["HX-Trigger"]) == (204, True)
    for part in ("account", "measures"):
        found = client.get(
            reverse("retro_timeline", args=[retrospective.pk]), headers=htmx | {"HX-Target": part}
        )
        assert f'id="{part}"' in found.content.decode()
        assert b"<html" not in found.content


def test_readers_of_what_is_published_read_and_write_nothing(ask, client, retrospective, stakeholder):
    retrospective.status = RetrospectiveStatus.PUBLISHED
    retrospective.save()
    for person in (stakeholder, retrospective.owner):
        client.force_login(person)
        text = ask().content.decode()
        assert "Impact began" in text
        assert "Sync from" not in text
        assert "data-edit" not in text


def test_what_is_private_does_not_exist(
    client, private_retrospective, retrospective, outsider, stakeholder, commander
):
    add_entry(
        retrospective=private_retrospective, by=commander, text="Zephyrquartz", occurred_at=timezone.now()
    )
    row = TimelineEntry.objects.get(text="Zephyrquartz")
    names = ("retro_timeline", "retro_timeline_table", "retro_import", "retro_entry_new", "retro_impact")
    for person in (outsider, stakeholder):
        client.force_login(person)
        for name in names:
            assert client.get(reverse(name, args=[private_retrospective.pk])).status_code == 404
    client.force_login(outsider)
    # Its rows are not reached through another retrospective either.
    assert client.get(reverse("retro_entry", args=[retrospective.pk, row.pk])).status_code == 404
    assert post(client, "retro_entry_removal", retrospective, row.pk).status_code == 404


def test_a_participant_who_is_a_stakeholder_writes(client, retrospective, stakeholder, began):
    client.force_login(stakeholder)
    assert client.get(reverse("retro_timeline", args=[retrospective.pk])).status_code == 404
    Participant.objects.create(retrospective=retrospective, user=stakeholder)
    response = post(
        client, "retro_entry_new", retrospective, occurred_at=local(began), text="calls came in", kind="note"
    )
    assert response.status_code == 302
    assert TimelineEntry.objects.get(text="calls came in").added_by == stakeholder

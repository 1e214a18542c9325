"""Do the pages of trackers and tickets work in a browser, and are they free of faults?"""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from action_items.workflow import add_action_item
from tests.browser.conftest import NARROW
from tests.browser.test_settings_are_clean import EVERYWHERE, faults_of
from tests.browser.waiting import place_of, until
from trackers.face import Field
from trackers.models import Ticket, TicketConflict, Tracker, TrackerPerson, TrackerProject
from trackers.workflow import add_tracker, pause_tracker

pytestmark = pytest.mark.browser
LONG = "a-name-without-any-space-that-goes-on-and-on-for-a-long-while"
STATES = {
    "choices": [["1", "New"], ["2", LONG], ["5", "Closed"]],
    "means": {"1": "open", "2": "in_progress", "5": "done"},
    "sets": {"open": "1", "in_progress": "2", "done": "5", "wont_do": "5"},
}
PRIORITIES = {"choices": [["3", "High"]], "means": {"3": "P2"}, "sets": {"P2": "3"}}


@pytest.fixture
def synced(admin, responder):
    """An item with a conflict, a ticket that is in step but for that, and others in other states."""
    tracker = add_tracker(
        by=admin, kind="redmine", name=f"Backlog {LONG}"[:80], url=f"https://{LONG}.example", secret="t"
    )
    now = timezone.now()
    found = {"account": ["1", "Allclear Bot"], "projects": [["10", "Pay"], ["20", LONG]], "warning": LONG}
    Tracker.objects.filter(pk=tracker.pk).update(look_at=None, looked_at=now, answered_at=now, found=found)
    project = TrackerProject.objects.create(
        tracker=tracker, remote_id="10", key="PAY", name=LONG, looked_at=now, look_at=None,
        states=STATES, priorities=PRIORITIES, types=[["1", "Bug"]], type="1", extra={"cf_1": LONG},
    )  # fmt: skip
    TrackerPerson.objects.create(tracker=tracker, remote_id="2", name="Dana Example", user=responder)
    TrackerPerson.objects.create(tracker=tracker, remote_id="3", name=LONG)
    item = add_action_item(by=responder, title=f"Alert {LONG}", owner=responder)
    raw = {"title": item.title, "state": "1", "owner": "3", "due_on": "2027-01-09", "priority": "3"}
    said = {"raw": raw, "names": raw | {"state": "New", "owner": LONG, "priority": "High"}}
    common = {"tracker": tracker, "project": project, "remote": said, "next_at": None, "synced_at": now}
    ticket = Ticket.objects.create(
        item=item, key="PAY-1", remote_id="1", url=f"https://{LONG}.example/1", state="linked",
        agreed={name.value: "" for name in Field}, **common,
    )  # fmt: skip
    TicketConflict.objects.create(
        ticket=ticket, field="due_on", ours="2027-01-04", theirs="2027-01-09", ours_at=now, ours_by=responder,
        theirs_at=now, theirs_by=LONG, used_theirs=True,
    )  # fmt: skip
    troubles = [
        ("gone", "does not find it (404)"),
        ("forbidden", "does not allow this (403)"),
        ("refused", LONG),
        ("unreadable", "sent an answer that cannot be read"),
        ("another", "has OPS-9 in place of PAY-6 since its address was changed"),
        ("", ""),
    ]
    for number, (problem, words) in enumerate(troubles, 2):
        Ticket.objects.create(
            item=item, key=f"PAY-{number}", remote_id=str(number), is_synced=False, state="linked",
            url=f"https://{LONG}.example/{number}", problem=problem, problem_words=words,
            moved_from="" if problem else "OPS-1", **common,
        )  # fmt: skip
    return item


@EVERYWHERE
def test_the_pages_are_clean(open_as, axe, admin, synced, viewport):
    tracker, project = Tracker.objects.get(), TrackerProject.objects.get()
    ticket = Ticket.objects.get(key="PAY-1")
    paths = [
        reverse("trackers"),
        *(f"{reverse('tracker_new')}?kind={kind}" for kind in ("github", "gitlab", "redmine")),
        tracker.get_absolute_url(),
        reverse("tracker_edit", args=[tracker.pk]),
        reverse("tracker_people", args=[tracker.pk]),
        reverse("tracker_deletion", args=[tracker.pk]),
        reverse("tracker_project_new", args=[tracker.pk]),
        project.get_absolute_url(),
        reverse("tracker_project_deletion", args=[tracker.pk, project.pk]),
        synced.get_absolute_url(),
        reverse("ticket_new", args=[synced.pk]),
        reverse("ticket_link", args=[synced.pk]),
        reverse("ticket_unlinking", args=[synced.pk, ticket.pk]),
        f"{reverse('tickets_new')}?item={synced.pk}",
        reverse("action_list"),
        f"{reverse('action_list')}?tickets=conflict&state=",
        reverse("action_board"),
    ]
    page = open_as(admin, viewport=viewport)
    assert faults_of(page, axe, paths) == []


@EVERYWHERE
def test_another_server_is_asked_about(open_as, axe, admin, synced, viewport):
    """Whatever was typed is still there, and the page with its question is clean."""
    tracker = Tracker.objects.get()
    page = open_as(admin, viewport=viewport)
    page.goto(reverse("tracker_edit", args=[tracker.pk]))
    expect(page.get_by_label("It is the same tracker")).to_have_count(0)
    page.get_by_label("Address").fill("https://redmine.example")
    page.get_by_label("API access key").fill("typed")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("7 tickets are linked.").last).to_be_visible()
    expect(page.get_by_label("API access key")).to_have_value("typed")
    assert (axe(page), page.complaints) == ([], [])
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(width) <= 0
    page.get_by_label("It is the same tracker at a new address").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert Tracker.objects.values_list("url", "secret").get() == ("https://redmine.example", "typed")


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_another_ticket_of_the_same_id_is_confirmed(open_as, responder, synced, java_script_enabled):
    ticket = Ticket.objects.get(key="PAY-1")
    words = "has OPS-9 in place of PAY-1 since its address was changed"
    Ticket.objects.filter(pk=ticket.pk).update(problem="another", problem_words=words, is_key_unchecked=True)
    page = open_as(responder, java_script_enabled=java_script_enabled)
    page.goto(synced.get_absolute_url())
    page.get_by_role("button", name="Confirm same ticket").first.click()
    expect(page.get_by_text("in place of PAY-1")).to_have_count(0)
    ticket.refresh_from_db()
    assert (ticket.problem, ticket.is_key_unchecked) == ("", False)


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_a_conflict_is_settled(open_as, responder, synced, java_script_enabled):
    page = open_as(responder, java_script_enabled=java_script_enabled)
    page.goto(synced.get_absolute_url())
    expect(page.get_by_text("The due date changed on both sides.")).to_be_visible()
    expect(page.get_by_role("radio", name="Sat 9 Jan 2027")).to_be_checked()
    page.get_by_role("radio", name="Mon 4 Jan 2027").check()
    page.get_by_role("button", name="Use selected value").click()
    expect(page.get_by_text("The due date changed on both sides.")).to_have_count(0)
    assert TicketConflict.objects.get().settled_theirs is False
    synced.refresh_from_db()
    assert synced.due_on.isoformat() == "2027-01-04"


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_a_conflict_is_settled_in_the_list(open_as, responder, synced, java_script_enabled):
    page = open_as(responder, java_script_enabled=java_script_enabled)
    page.goto(reverse("action_list"))
    page.get_by_role("link", name="1 with ticket conflicts").first.click()
    page.get_by_role("button", name="Use Allclear’s").click()
    expect(page.get_by_text("Nothing found")).to_be_visible()
    assert TicketConflict.objects.get().settled_theirs is False
    expect(page).to_have_url(re.compile(r"\?tickets=conflict&state=$"))


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_a_ticket_is_asked_for(open_as, responder, synced, java_script_enabled):
    other = add_action_item(by=responder, title="Another one")
    page = open_as(responder, java_script_enabled=java_script_enabled)
    page.goto(other.get_absolute_url())
    page.get_by_role("link", name="Create ticket").click()
    page.get_by_role("button", name="Create ticket").click()
    expect(page.locator("#tickets").get_by_text("Being created").first).to_be_visible()
    until(page, lambda: other.tickets.count() == 1)


def test_several_at_once(open_as, responder, synced):
    for number in range(2):
        add_action_item(by=responder, title=f"Number {number}")
    page = open_as(responder)
    page.goto(reverse("action_list"))
    for number in range(2):
        page.get_by_label(f"Select Number {number}").check()
    page.get_by_role("button", name="Create tickets").click()
    page.get_by_role("dialog").get_by_role("button", name="Create tickets").click()
    expect(page.get_by_text("2 of 2 get a ticket.")).to_be_visible()
    until(page, lambda: Ticket.objects.filter(state="creating").count() == 2)


@pytest.mark.parametrize("width", [320, 360, 390])
def test_on_a_phone_a_row_shows_its_ticket_and_the_menu_has_all(open_as, axe, responder, synced, width):
    page = open_as(responder, viewport=NARROW | {"width": width})
    page.goto(reverse("action_list"))
    row = page.locator(f"[data-item='{synced.pk}']")
    expect(row.get_by_role("link", name="PAY-1")).to_be_visible()
    expect(row.locator(".muted", has_text="1 conflict")).to_be_visible()
    row.get_by_role("checkbox").check()
    bar = page.get_by_role("region", name="Change what is selected")
    bar.get_by_text("Change", exact=True).tap()
    for name in ("Owner", "Create tickets", "Clear"):
        box = place_of(bar.get_by_role("button", name=name))
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["height"] >= 44
    assert axe(page) == []
    bar.get_by_role("button", name="Create tickets").tap()
    expect(page.get_by_role("dialog").get_by_role("button", name="Create tickets")).to_be_visible()


def test_an_account_is_found_by_what_is_typed(open_as, admin, responder, synced):
    person = TrackerPerson.objects.get(name=LONG)
    page = open_as(admin)
    page.goto(reverse("tracker_people", args=[person.tracker_id]))
    field = page.locator(f"[name=person_{person.pk}]")
    field.press_sequentially("respo")
    expect(page.locator(f"#found option[value='{responder.email}']")).to_have_count(1)
    field.fill(responder.email)
    page.get_by_role("button", name="Save").click()
    until(page, lambda: TrackerPerson.objects.get(pk=person.pk).user == responder)
    assert page.complaints == []


def test_the_address_of_the_webhook_is_copied(open_as, admin):
    tracker = add_tracker(by=admin, kind="github", name="GitHub", secret="t")
    page = open_as(admin, permissions=["clipboard-read", "clipboard-write"])
    page.goto(tracker.get_absolute_url())
    page.get_by_role("button", name="Copy address of the webhook").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(f"/hooks/trackers/{tracker.pk}/")


def test_the_outsider_sees_no_buttons(open_as, stakeholder, synced):
    page = open_as(stakeholder)
    page.goto(synced.get_absolute_url())
    expect(page.get_by_text("The due date changed on both sides.")).to_be_visible()
    expect(page.get_by_role("button", name="Use selected value")).to_have_count(0)
    expect(page.get_by_role("button", name="Sync now")).to_have_count(0)
    expect(page.get_by_role("link", name="Create another ticket")).to_have_count(0)


def test_the_secret_of_the_webhook_is_shown_once(open_as, admin):
    tracker = add_tracker(by=admin, kind="github", name="GitHub", secret="t")
    pause_tracker(by=admin, tracker=tracker)
    page = open_as(admin)
    page.goto(tracker.get_absolute_url())
    page.get_by_role("button", name="Make a new secret").click()
    expect(page.get_by_text("Copy the secret now. It is shown once.")).to_be_visible()
    shown = page.get_by_label("Secret of the webhook").input_value()
    tracker.refresh_from_db()
    assert shown == tracker.hook_secret
    page.goto(tracker.get_absolute_url())
    expect(page.get_by_role("button", name="Make a new secret")).to_be_visible()
    expect(page.get_by_text("It is shown once")).to_have_count(0)


@EVERYWHERE
def test_the_pages_of_the_demo_are_clean(open_as, axe, server, demo, viewport):
    server.become_demo()
    tickets = [reverse("demo_ticket", args=[key]) for key in ("PAY-482", "PLT-225", "PLT-226")]
    items = [ticket.item.get_absolute_url() for ticket in Ticket.objects.select_related("item")]
    page = open_as(demo, viewport=viewport)
    paths = [reverse("demo_tickets"), *tickets, *items, Tracker.objects.get().get_absolute_url()]
    assert faults_of(page, axe, paths) == []


def test_a_visitor_of_the_demo_changes_a_ticket(open_as, server, demo):
    server.become_demo()
    page = open_as(demo)
    page.goto(reverse("demo_ticket", args=["PAY-491"]))
    page.get_by_label("State").select_option("In review")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("State: To do → In review")).to_be_visible()
    until(page, lambda: Ticket.objects.get(key="PAY-491").next_at <= timezone.now())
    page.get_by_role("button", name="Delete ticket").click()
    page.get_by_role("button", name="Restore ticket").click()
    expect(page.get_by_role("button", name="Delete ticket")).to_be_visible()

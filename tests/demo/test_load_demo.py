"""The demo is believable everywhere: every status, a clean audit trail, nobody who can sign in by password."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Installation, User
from audit.models import AuditEntry, first_broken_link
from demo.cast import CONFIGURATION
from demo.models import DemoTicket
from incidents.models import Incident, Service, Status
from incidents.workflow import declare_incident
from notifications.models import OutboxMessage
from retros.checks import unsettled
from retros.models import Retrospective, RetrospectiveStatus
from statuspages.models import Component
from timeline.models import TimelineEvent
from trackers.models import Ticket, TicketConflict, Tracker

pytestmark = pytest.mark.django_db


def load() -> str:
    out = StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue()


def test_is_believable_everywhere():
    """One load for all four questions: it takes seconds."""
    load()
    every_status_is_there_and_every_chain_holds()
    the_large_one_is_rich_and_the_forgotten_one_is_overdue()
    three_retrospectives_are_finished_examples()
    what_is_set_up_is_what_its_files_say()
    its_backlog_has_tickets_in_every_state()
    nobody_has_a_password()
    a_second_time_changes_nothing()


def every_status_is_there_and_every_chain_holds():
    assert set(Incident.objects.values_list("status", flat=True)) == set(Status.values)
    assert Incident.objects.suspected().count() == 2
    assert Incident.objects.filter(is_private=True).count() == 1
    assert Incident.objects.filter(is_drill=True).count() == 1
    assert Installation.get().name == "Fernhill"
    for incident in Incident.objects.all():
        assert first_broken_link(AuditEntry.objects.of(incident.chain)) is None
        assert incident.status_periods.filter(ended_at__isnull=True).get().status == incident.status
    call_command("verify_audit", stdout=StringIO())


def the_large_one_is_rich_and_the_forgotten_one_is_overdue():
    large = Incident.objects.get(status=Status.FIXING)
    assert (large.severity.rank, large.commander.name) == (1, "Ana Ruiz")
    assert large.timeline.count() >= 34
    assert large.hypotheses.count() == 4
    assert large.mitigations.count() == 3
    assert set(large.alerts.values_list("state", flat=True)) == {"firing", "acknowledged"}
    forgotten = Incident.objects.get(status=Status.INVESTIGATING)
    assert forgotten.commander is None
    assert forgotten.next_due.is_overdue
    assert not large.next_due.is_overdue


def three_retrospectives_are_finished_examples():
    published = Retrospective.objects.filter(status=RetrospectiveStatus.PUBLISHED)
    in_review = Retrospective.objects.get(status=RetrospectiveStatus.IN_REVIEW)
    assert published.count() == 2
    for one in (*published, in_review):
        assert not one.factors.without_evidence().exists(), one
        assert one.factors.filter(parent__isnull=False).exists(), one
        assert one.action_items.exclude(factor=None).exists(), one
        assert one.learning_groups.exists(), one
        assert one.entries.filter(phase="introduced").exists(), one
        assert one.impact_statements.count() == 4, one
        assert not one.waivers.exists(), one
        assert first_broken_link(AuditEntry.objects.of(one.chain)) is None
        assert all(entry.at <= timezone.now() for entry in AuditEntry.objects.of(one.chain))
    assert {check.name for check in unsettled(in_review)} == {"read", "outside"}
    assert published.order_by("-published_at").first().public_text


def a_second_time_changes_nothing():
    counted = [m.objects.count() for m in (Incident, TimelineEvent, AuditEntry, OutboxMessage, User)]
    assert load() == "The demo is loaded already.\n"
    assert [m.objects.count() for m in (Incident, TimelineEvent, AuditEntry, OutboxMessage, User)] == counted


def what_is_set_up_is_what_its_files_say():
    out = StringIO()
    call_command("apply", str(CONFIGURATION), "--prune", "--as", "ines@example.test", stdout=out)
    assert out.getvalue().strip() == "Nothing changes."
    assert Component.objects.filter(service=None).count() == 0
    assert Service.objects.get(slug="checkout").depends_on.count() == 3


def its_backlog_has_tickets_in_every_state():
    tracker = Tracker.objects.get()
    assert (tracker.kind, tracker.name, tracker.problem) == ("demo", "Fernhill backlog", "")
    assert set(tracker.projects.values_list("team__name", flat=True)) == {"Payments", "Platform"}
    assert list(tracker.people.filter(user=None).values_list("name", flat=True)) == ["Robin Vale"]
    tickets = Ticket.objects.select_related("item")
    assert tickets.count() == 11
    assert set(tickets.values_list("state", flat=True)) == {"linked"}
    assert list(tickets.exclude(problem="").values_list("key", "problem")) == [("PLT-225", "gone")]
    assert tickets.get(is_synced=False).item.tickets.count() == 2
    assert tickets.get(key="PLT-224").item.state == "done"
    conflict = TicketConflict.objects.get()
    assert (conflict.ticket.key, conflict.field, conflict.theirs_by) == ("PAY-482", "due_on", "Sam Okafor")
    assert conflict.ours != conflict.theirs == conflict.ticket.item.due_on.isoformat()
    assert DemoTicket.objects.there().count() > tickets.count()


def nobody_has_a_password():
    assert not any(one.has_usable_password() for one in User.objects.all())
    people = User.objects.filter(is_service=False)
    assert all(p.is_demo and not p.has_usable_password() for p in people)
    assert all(p.email.endswith("@example.test") for p in people)
    assert set(people.values_list("installation_role", flat=True)) == {
        "administrator",
        "responder",
        "stakeholder",
    }


def test_never_mixes_with_real_incidents(commander, severity):
    declare_incident(by=commander, title="Real", severity=severity(3))
    with pytest.raises(CommandError, match="incidents of its own"):
        load()
    assert Incident.objects.count() == 1

"""Can hundreds be invited at once, in a time that does not grow with every address?"""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Invitation, Team
from accounts.workflow import invite_people
from accounts.workflow.inviting import MOST_AT_ONCE
from audit.models import AuditEntry, first_broken_link
from notifications.models import Delivery


def addresses(number: int, start: int = 0) -> list[str]:
    return [f"person{n}@example.test" for n in range(start, start + number)]


def queries(run) -> int:
    with CaptureQueriesContext(connection) as seen:
        run()
    return len(seen)


def test_two_hundred_take_as_many_queries_as_two(admin):
    teams = [Team.objects.create(name="Payments", slug="payments")]

    def invite(emails):
        return lambda: invite_people(by=admin, emails=emails, installation_role="responder", teams=teams)

    few = queries(invite(addresses(2)))
    assert queries(invite(addresses(MOST_AT_ONCE, start=10))) == few
    assert Invitation.objects.count() == Delivery.objects.count() == MOST_AT_ONCE + 2
    assert {next(iter(i.teams.all())) for i in Invitation.objects.all()} == set(teams)


def test_each_has_its_own_audit_entry_in_an_unbroken_chain(admin):
    invite_people(by=admin, emails=addresses(30), installation_role="responder")
    invite_people(by=admin, emails=["last@example.test"], installation_role="responder")
    entries = list(AuditEntry.objects.of("installation"))
    assert [e.subject for e in entries[-31:]] == [*addresses(30), "last@example.test"]
    assert first_broken_link(entries) is None


def test_more_than_that_are_refused_with_the_numbers(client, admin):
    client.force_login(admin)
    typed = {"emails": "\n".join(addresses(MOST_AT_ONCE + 1)), "installation_role": "responder"}
    page = client.post(reverse("invitation_new"), typed).content.decode()
    assert "These are 201 addresses. Invite at most 200 at a time" in page
    assert not Invitation.objects.exists()
    with pytest.raises(ValidationError, match="at most 200"):
        invite_people(by=admin, emails=addresses(MOST_AT_ONCE + 1), installation_role="responder")


def test_one_address_in_two_spellings_is_invited_once(admin, responder):
    emails = ["Kim@example.test", "kim@example.test", responder.email.upper()]
    invited, refused = invite_people(by=admin, emails=emails, installation_role="responder")
    assert [invitation.email for invitation, _link in invited] == ["Kim@example.test"]
    assert [reason for _email, reason in refused] == ["Another account already has this e-mail address."]

"""Who is reminded of what is due: with each step more people, and never somebody who cannot see the incident."""

from collections.abc import Iterable
from typing import Any

from accounts.models import Installation
from incidents.models import Incident, Role, Step
from incidents.permissions import can_respond


def who_speaks(incident: Incident) -> list[int]:
    """Ids of those who owe the next word now: communications lead and commander, or whoever is there."""
    return [person.pk for person in listeners(incident, Step.DUE)[0]]


def listeners(incident: Incident, step: Step) -> tuple[list[Any], list[str]]:
    """Who is reminded that an update is due, and the duty contact's address: each step adds to the one before."""
    holders, others = _there(incident)
    commanders, leads = holders.get(Role.COMMANDER, []), holders.get(Role.COMMUNICATIONS_LEAD, [])
    people = leads or commanders or [person for held in holders.values() for person in held] or others
    if step >= Step.DUE:
        people = people + commanders
    if step >= Step.LATE:
        people = people + holders.get(Role.DEPUTY, [])
    return _with_duty(incident, people) if step >= Step.VERY_LATE or not people else (_once(people), [])


def helpers(incident: Incident, step: Step) -> tuple[list[Any], list[str]]:
    """Who is reminded that nobody commands: those on the incident and who reported it, then the duty contact."""
    holders, others = _there(incident)
    people = [person for held in holders.values() for person in held] + others
    reporter = incident.reported_by
    if reporter and can_respond(reporter, incident):
        people.append(reporter)
    return _with_duty(incident, people) if step >= Step.LATE or not people else (_once(people), [])


def _there(incident: Incident) -> tuple[dict[str, list[Any]], list[Any]]:
    """Responders who can reach the incident: holders by role, and whoever else has joined and not left."""
    holders: dict[str, list[Any]] = {}
    on_it = incident.participations.filter(access_revoked_at__isnull=True).select_related("user")
    reach = {participation.user_id for participation in on_it}
    for assignment in incident.role_assignments.running().select_related("role", "user"):
        person = assignment.user
        may_see = not incident.is_private or person.sees_private_incidents or person.pk in reach
        if person.is_responder and may_see:
            holders.setdefault(assignment.role.slug, []).append(person)
    return holders, [p.user for p in on_it if p.left_at is None and p.user.is_responder]


def _with_duty(incident: Incident, people: list[Any]) -> tuple[list[Any], list[str]]:
    """And the installation's duty contact; an address without an account gets nothing of a private incident."""
    installation = Installation.get()
    on_duty = installation.duty_person
    if on_duty and can_respond(on_duty, incident):
        people = [*people, on_duty]
    return _once(people), [
        installation.duty_mail
    ] if installation.duty_mail and not incident.is_private else []


def _once(people: Iterable[Any]) -> list[Any]:
    return list({person.pk: person for person in people}.values())

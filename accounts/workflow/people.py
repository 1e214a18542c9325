"""Who may do what in the installation, and which team they belong to."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from accounts.models import InstallationRole, Team, User
from accounts.sessions import end_sessions
from accounts.workflow.common import (
    audit,
    differences,
    hold_administrators,
    require_administrator,
    require_another_administrator,
)
from notifications.workflow import withdraw_of


@transaction.atomic
def change_person(
    *, by: User, person: User, installation_role: str, sees_private_incidents: bool, teams: Iterable[Team]
) -> User:
    """What the installation lets somebody do. The last administrator stays one."""
    require_administrator(by)
    hold_administrators()
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.is_administrator and installation_role != InstallationRole.ADMINISTRATOR:
        require_another_administrator(person)
    changes = differences(
        person, {"installation_role": installation_role, "sees_private_incidents": sees_private_incidents}
    )
    for field, (_old, new) in changes.items():
        setattr(person, field, new)
    person.save(update_fields=["installation_role", "sees_private_incidents"])
    before, after = set(person.teams.all()), set(teams)
    if before != after:
        person.teams.set(after)
        changes["teams"] = [sorted(map(str, before)), sorted(map(str, after))]
    if changes:
        audit("person.changed", person, by, **changes)
    return person


@transaction.atomic
def deactivate_person(*, by: User, person: User) -> None:
    """Shut somebody out at once, also from what is on its way to them; what they wrote stays theirs."""
    require_administrator(by)
    hold_administrators()
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.is_administrator:
        require_another_administrator(person)
    if person.is_active:
        person.is_active = False
        person.save(update_fields=["is_active"])
        end_sessions(person)
        withdraw_of(person=person)
        audit("person.deactivated", person, by)


@transaction.atomic
def activate_person(*, by: User, person: User) -> None:
    require_administrator(by)
    person = User.objects.select_for_update().get(pk=person.pk)
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
        audit("person.activated", person, by)


@transaction.atomic
def add_team(*, by: User, name: str, slug: str = "") -> Team:
    """Known by `slug`, or by one made of the name."""
    require_administrator(by)
    team = Team(name=name, slug=slug or _free_slug(name))
    team.full_clean()
    team.save()
    audit("team.added", team, by)
    return team


@transaction.atomic
def rename_team(*, by: User, team: Team, name: str) -> Team:
    require_administrator(by)
    team = Team.objects.select_for_update().get(pk=team.pk)
    changes = differences(team, {"name": name})
    if changes:
        team.name = name
        team.full_clean()
        team.save(update_fields=["name"])
        audit("team.renamed", team, by, **changes)
    return team


@transaction.atomic
def delete_team(*, by: User, team: Team) -> None:
    """Only an empty one: a service must not lose its owner unnoticed."""
    require_administrator(by)
    team = Team.objects.select_for_update().get(pk=team.pk)
    services = list(team.services.values_list("name", flat=True)[:3])
    if services:
        raise ValidationError(f"{team} owns {', '.join(services)}. Give them to another team first.")
    if team.members.active().exists():
        raise ValidationError(f"{team} still has members. Move them to another team first.")
    audit("team.deleted", team, by)
    team.delete()


@transaction.atomic
def add_team_members(*, by: User, team: Team, people: Iterable[User]) -> None:
    """Whoever is a member already stays one."""
    require_administrator(by)
    members = set(team.members.values_list("pk", flat=True))
    for person in people:
        if person.pk in members:
            continue
        person.teams.add(team)
        audit("person.changed", person, by, teams=[None, str(team)])


@transaction.atomic
def remove_team_member(*, by: User, team: Team, person: User) -> None:
    require_administrator(by)
    if person.teams.filter(pk=team.pk).exists():
        person.teams.remove(team)
        audit("person.changed", person, by, teams=[str(team), None])


def _free_slug(name: str) -> str:
    base = slugify(name)[:90] or "team"
    taken = set(Team.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(
        slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken
    )

"""Who may do what to automations."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from accounts.models import User
from automations.models import Automation, AutomationRun, MayRun
from incidents.models import Incident
from incidents.permissions import can_respond


def can_set_up_automations(user: User) -> bool:
    return bool(user.is_active and user.is_administrator)


def require_setting_up(by: User) -> None:
    if not can_set_up_automations(by):
        raise PermissionDenied("Only administrators can change automations.")


def can_run(user: User, automation: Automation, incident: Incident) -> bool:
    """Whether they are a responder of the incident, and one of those whom the automation names.

    An administrator is no exception: whoever may change who runs it is seen doing so.
    """
    if not _responds(user, incident):
        return False
    if automation.may_run == MayRun.COMMANDER:
        return incident.commander == user
    if automation.may_run == MayRun.NAMED:
        teams = {team.pk for team in automation.teams.all()}
        return user in automation.people.all() or bool(teams.intersection(_teams_of(user)))
    return True


def _responds(user: User, incident: Incident) -> bool:
    """Asked for once, however many automations and runs are shown."""
    key = f"responds:{user.pk}"
    if key not in incident.answers:
        incident.answers[key] = can_respond(user, incident)
    return bool(incident.answers[key])


def _teams_of(user: User) -> list[int]:
    """Asked for once."""
    if not hasattr(user, "team_ids"):
        user.team_ids = list(user.teams.values_list("pk", flat=True))  # type: ignore[attr-defined]
    return user.team_ids  # type: ignore[attr-defined]


def can_confirm(user: User, run: AutomationRun) -> bool:
    """Somebody else who may run it. Where only the commander may, any other responder: there is one commander."""
    if run.automation is None or user.pk == run.pressed_by_id:
        return False
    if run.automation.may_run == MayRun.COMMANDER:
        return _responds(user, run.incident)
    return can_run(user, run.automation, run.incident)


def asked_to_confirm(automation: Automation, incident: Incident, by: User) -> list[int]:
    """Who is notified that `by` waits for a confirmation: those who are named, else those who work on the incident."""
    if automation.may_run == MayRun.NAMED:
        named = Q(pk__in=automation.people.all()) | Q(teams__in=automation.teams.all())
        found = User.objects.responders().filter(named)
    else:
        here = incident.participations.filter(left_at=None).values("user")
        found = User.objects.responders().filter(pk__in=here)
    return sorted(set(found.exclude(pk=by.pk).values_list("pk", flat=True)))


def can_refuse(user: User, run: AutomationRun) -> bool:
    """Who may confirm it; whoever asked may withdraw it."""
    return _responds(user, run.incident) and (user.pk == run.pressed_by_id or can_confirm(user, run))

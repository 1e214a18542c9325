"""What apps above this one answer for the pages of an incident, by the dotted paths in settings.INCIDENT_HOOKS."""

from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.db.models import OuterRef
from django.utils.module_loading import import_string

from accounts.models import User
from incidents.models import Incident


def _ask(hook: str, *arguments: Any) -> Any:
    return import_string(settings.INCIDENT_HOOKS[hook])(*arguments)


def recipient_counts(incident: Incident) -> SimpleNamespace:
    """How many people and places an update to each audience reaches, by the audience's name."""
    return _ask("recipient_counts", incident)


def recipients(incident: Incident, audiences: list[str]) -> dict[str, Any]:
    """`counts` of all audiences, and `leaving`: the ways (icon, label, detail) an update to these is sent."""
    return _ask("recipients", incident, audiences)


def public_pages(incident: Incident) -> list[Any]:
    """The published status pages that show the incident, asked for once: each with `pk`, `name` and `language`."""
    if "public_pages" not in incident.answers:
        incident.answers["public_pages"] = _ask("public_pages", incident)
    return incident.answers["public_pages"]


def component_pages(incident: Incident) -> dict[int, list[str]]:
    """By the primary key of each affected service the names of the published status pages with a component for it."""
    return _ask("component_pages", incident)


def alerts(incident: Incident) -> Any:
    """The newest alerts attached to it (`shown`), those that fire first, and whether there are more (`are_more`)."""
    return _ask("alerts", incident)


def signals(incident: Incident) -> Any:
    """The last values of signals of its services (`shown`, `more`), and what hypotheses and mitigations expect of them
    (`of_hypotheses`, `of_mitigations`, by primary key). Whoever asks looks at them: they are refreshed for a while."""
    return _ask("signals", incident)


def has_signals(incident: OuterRef) -> Any:
    """An expression: whether a service that the incident affects has signals; its primary key is `incident`."""
    return _ask("has_signals", incident)


def signal_checks(incident: Incident) -> Any:
    """How far each recovery check is that a signal answers (`by_check`, by primary key), and whether there are signals
    that could answer others (`can_run`)."""
    return _ask("signal_checks", incident)


def automations(user: User, incident: Incident) -> Any:
    """Automations of its services that `user` may run (`offered`), and the newest runs (`runs`)."""
    return _ask("automations", user, incident)


def has_automations(incident: OuterRef) -> Any:
    """An expression: whether a service that the incident affects has automations, or some were run on it."""
    return _ask("has_automations", incident)


def is_followed(user: User, incident: OuterRef) -> Any:
    """An expression: whether `user` follows the incident whose primary key `incident` stands for."""
    return _ask("is_followed", user, incident)


def followed_services(user: User) -> set[int]:
    """The primary keys of the services that `user` follows."""
    return _ask("followed_services", user)

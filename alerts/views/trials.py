"""The trial of a route, for its page."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from alerts.models import Route
from alerts.route_forms import RouteForm, TrialForm
from alerts.workflow import try_alert_route
from alerts.workflow.trying import Opened, Trial
from core.text import in_words
from figures.route_trial import Frame, Tried, route_trial
from incidents.models import Severity

MOST_LISTED = 20


def trial_context(by: User, form: RouteForm, days: TrialForm, route: Route | None) -> dict[str, Any]:
    """`trial` and its picture, or `fault` where the form is not complete."""
    days.is_valid()
    if not form.is_valid():
        return {"fault": "Complete the form, then try it."}
    chosen = days.cleaned_data.get("days") or 7
    try:
        trial = try_alert_route(by=by, days=chosen, instead_of=route, **form.said)
    except ValidationError as refusal:
        return {"fault": " ".join(refusal.messages)}
    names = dict(Severity.objects.values_list("pk", "name"))
    return {
        "trial": trial,
        "tried_days": chosen,
        "figure": _figure(trial, names),
        "opened": [_listed(one, names) for one in trial.opened[:MOST_LISTED]],
        "more_opened": max(0, len(trial.opened) - MOST_LISTED),
        "attached": trial.attached_to[:MOST_LISTED],
        "unmatched": trial.unmatched[:5],
    }


def _word(one: Opened, names: dict[int, str]) -> str:
    word = "declared" if one.is_declared else "suspected"
    return f"{word} {names[one.severity]}" if one.severity in names else word


def _listed(one: Opened, names: dict[int, str]) -> dict[str, Any]:
    """An incident in words, and how it compares with one that people declared."""
    if not one.declared_by_hand:
        compared = ""
    elif one.after.total_seconds() >= 0:
        compared = f"was declared by hand {in_words(one.after)} later."
    else:
        compared = f"was declared by hand {in_words(-one.after)} earlier."
    return {"one": one, "word": _word(one, names), "compared": compared}


def _figure(trial: Trial, names: dict[int, str]) -> Any:
    frames = [
        Frame(one.at, one.times, f"{one.alerts} · {_word(one, names)}", one.is_declared)
        for one in trial.opened
    ]
    title = (
        f"Alerts by hour and day. Matched: {trial.matched}. Suspected incidents: {trial.suspected}. "
        f"Declared: {trial.declared}. Recorded only: {trial.recorded}."
    )
    attached = [one.at for one in trial.attached_to]
    zone = timezone.get_current_timezone()
    return route_trial(Tried(title, trial.since, trial.until, zone, frames, trial.recorded_at, attached))

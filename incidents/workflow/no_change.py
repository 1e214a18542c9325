"""“Nothing has changed”, in one tap: to everybody who waits for the next word, in the words of the templates."""

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from incidents.models import Audience, Incident, MessageTemplate, Stage, StatusUpdate
from incidents.models.cadence import policy_minutes, waiting_for_more
from incidents.workflow.communicating import post_status_update
from incidents.workflow.wording import in_language_of

NO_CHANGE_MINUTES = 30  # where the policy has no interval


@transaction.atomic
def post_no_change(
    *, incident: Incident, by: User, minutes: int | None = None, form_token: UUID | None = None
) -> StatusUpdate:
    """Post to every audience that had an update and is due the next that nothing has changed; the next in `minutes`.

    Without `minutes` the next one comes when the policy wants it.

    What is unknown and what people can do still holds, as each of them read it last.
    """
    updates = list(incident.status_updates.posted().newest_first())
    if not updates or not incident.is_active:
        raise ValidationError("Post a first update before you use “No change”.")
    audiences = waiting_for_more(incident) or updates[0].audiences
    minutes = minutes or policy_minutes(incident, audiences) or NO_CHANGE_MINUTES
    last_to = {a: next((u for u in updates if a in u.audiences), updates[0]) for a in audiences}
    last = next((u for a, u in last_to.items() if a not in u.wordings), updates[0])
    templates = {t.audience: t.words for t in MessageTemplate.objects.filter(stage=Stage.NO_CHANGE)}
    if public := templates.get(Audience.PUBLIC):
        templates[Audience.PUBLIC] = {word: in_language_of(incident, text) for word, text in public.items()}
    base = templates.get(Audience.STAKEHOLDERS, {})
    return post_status_update(
        incident=incident,
        by=by,
        audiences=audiences,
        known=base.get("known") or "Nothing has changed since the last update.",
        unknown=last.unknown,
        no_open_unknowns=not last.unknown,
        doing=base.get("doing") or last.doing,
        workaround=last.workaround,
        wordings={
            audience: templates.get(audience, {})
            | {k: v for k, v in update.wordings[audience].items() if k not in ("known", "doing")}
            for audience, update in last_to.items()
            if audience in update.wordings
        },
        next_update_at=context.now() + timedelta(minutes=minutes),
        form_token=form_token,
    )

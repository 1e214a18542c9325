"""What an update starts from, and what each audience would read of it as typed so far."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from incidents.forms.updating import OWN_WORDS, StatusUpdateForm, words_of
from incidents.models import (
    WORDS,
    Audience,
    Incident,
    MessageTemplate,
    Stage,
    Status,
    StatusUpdate,
)
from incidents.models.cadence import asking_now
from incidents.workflow.wording import Variables, fill


@dataclass(frozen=True)
class Preview:
    audience: str
    label: str
    title: str
    status: str
    parts: list[tuple[str, str]]
    next_update_at: datetime | None
    note: str


def previews(form: StatusUpdateForm) -> list[Preview]:
    """One preview per chosen audience, from what the form holds right now."""
    incident = form.incident
    base = Variables(incident, Audience.STAKEHOLDERS)
    update = StatusUpdate(
        incident=incident,
        next_update_at=_next(form),
        wordings=form.typed_wordings(),
        public_title=form.typed("public_title"),
        **{word: fill(form.typed(word), base) for word in WORDS},
    )
    return [_preview(incident, update, audience) for audience in form.chosen]


def preview_of(update: StatusUpdate) -> list[Preview]:
    """One preview per audience of an update that is stored."""
    return [_preview(update.incident, update, audience) for audience in update.audiences]


def _preview(incident: Incident, update: StatusUpdate, audience: str) -> Preview:
    is_public = audience == Audience.PUBLIC
    values = Variables(incident, audience, update)
    if is_public and not update.wordings.get(audience, {}).get("known"):
        said: list[tuple[str, str]] = []
    else:
        said = [(label, fill(text, values)) for label, text in update.text_for(audience).parts]
    internal, wording = incident.get_status_display(), incident.public_status
    note = ""
    if is_public:
        note = "The public reads only these words: no severity, no names, no hypotheses."
        if wording != internal:
            note += f" The public wording of “{internal.lower()}” is “{wording.lower()}”."
    return Preview(
        audience,
        str(Audience(audience).label),
        (update.public_title or "No public title yet") if is_public else incident.title,
        wording if is_public else internal,
        said,
        update.next_update_at,
        note,
    )


def _next(form: StatusUpdateForm) -> datetime | None:
    if "next_minutes" not in form.fields:
        return None
    moment = getattr(form, "cleaned_data", {}).get("next_update_at")
    minutes = next((m for m, _, is_chosen in form.minutes if is_chosen), None)
    if moment or not re.fullmatch(r"[0-9]{1,4}", str(minutes or "")):
        return moment
    return timezone.now() + timedelta(minutes=int(str(minutes)))


def fitting_stage(incident: Incident, last: StatusUpdate | None) -> Stage:
    """What the next update is most likely about."""
    if incident.status in (Status.RESOLVED, Status.CLOSED):
        return Stage.RESOLVED
    if last is None:
        return Stage.DECLARED
    if incident.status == Status.MITIGATED:
        return Stage.MONITORING if last.status == Status.MITIGATED else Stage.MITIGATED
    return Stage.SCOPE


def from_template(incident: Incident, stage: str, last: StatusUpdate | None, asked: str = "") -> dict:
    """The form's first words: the stage's templates, filled in, and what still holds from the last update.

    It goes to whom the last one went to, to the audience `asked` for, and to those who wait too long already.
    """
    templates = {t.audience: t for t in MessageTemplate.objects.filter(stage=stage)}
    before = last.audiences if last else [] if asked in Audience.values else [Audience.STAKEHOLDERS]
    initial: dict = {"audiences": [*before, asked, *asking_now(incident)]}
    base = templates.get(Audience.STAKEHOLDERS)
    values = Variables(incident, Audience.STAKEHOLDERS)
    initial |= {word: fill(text, values) for word, text in base.words.items()} if base else {}
    for audience, names in OWN_WORDS.items():
        if template := templates.get(audience):
            own = Variables(incident, audience)
            initial |= {f"{audience}_{name}": fill(getattr(template, name), own) for name in names}
    initial["public_title"] = incident.public_title
    if last and incident.is_active:
        initial |= {word: text for word in ("unknown", "workaround", "ask") if (text := getattr(last, word))}
        if said := last.wordings.get(Audience.PUBLIC, {}).get("workaround"):
            initial["public_workaround"] = said
    return initial


def from_update(update: StatusUpdate) -> dict:
    """The form's first words where an update is corrected, or written again after it came back."""
    initial: dict = {
        "audiences": update.audiences,
        "public_title": update.public_title or update.incident.public_title,
    }
    initial |= {word: getattr(update, word) for word in WORDS}
    for audience in OWN_WORDS:
        initial |= words_of(update, audience)
    return initial

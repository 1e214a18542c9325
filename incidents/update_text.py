"""What an update starts from, and what each audience would read of it as typed so far."""

import re
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from incidents.forms.stepping import AudienceTexts, in_minutes
from incidents.forms.updating import StatusUpdateForm, states_of, words_of
from incidents.models import (
    WORDS,
    Audience,
    Incident,
    MessageTemplate,
    Stage,
    Status,
    StatusUpdate,
    UpdateState,
)
from incidents.models.cadence import asking_now
from incidents.models.communication import REOPENED, UNNAMED
from incidents.update_hints import Hint, hints
from incidents.workflow.announcing import words_of_texts
from incidents.workflow.wording import OWN_WORDS, VARIABLE, Variables, fill, in_language_of

SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Preview:
    audience: str
    label: str
    title: str
    mark: str  # one of Status
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
        status=incident.status,
        next_update_at=_next(form),
        wordings=form.typed_wordings(),
        public_title=form.typed("public_title"),
        **{word: fill(form.typed(word), base) for word in WORDS},
    )
    return [_preview(incident, update, audience) for audience in form.chosen]


def previews_of_texts(form: AudienceTexts, incident: Incident, status: Status) -> list[Preview]:
    """One preview per ticked audience of a form that moves the incident on to `status`."""
    after = _as_if(incident, status)
    texts = form.typed_texts
    words = words_of_texts(after, texts)
    words["known"] = texts.get(Audience.STAKEHOLDERS, words["known"])
    update = StatusUpdate(incident=after, status=status, next_update_at=form.typed_next_update_at, **words)
    return [_preview(after, update, audience) for audience in texts]


def hints_of_texts(form: AudienceTexts, incident: Incident) -> dict[str, list[Hint]]:
    """What could be said better, by audience of the form, in the texts as typed so far."""
    texts = form.typed_texts
    found: dict[str, list[Hint]] = {row.audience: [] for row in form.audience_rows}
    fields = {"public_known" if audience == Audience.PUBLIC else audience: audience for audience in texts}
    for hint in hints(incident, {field: texts[audience] for field, audience in fields.items()}):
        found[fields[hint.field]].append(hint)
    return found


def _as_if(incident: Incident, status: Status) -> Incident:
    """The incident as it is right after the step to `status`; nothing is stored."""
    after = copy(incident)
    after.status = status
    if status == Status.RESOLVED:
        after.resolved_at = timezone.now()
    elif after.is_active:
        after.resolved_at = None
    return after


def preview_of(update: StatusUpdate) -> list[Preview]:
    """One preview per audience of an update that is stored."""
    return [_preview(update.incident, update, audience) for audience in update.audiences]


def _preview(incident: Incident, update: StatusUpdate, audience: str) -> Preview:
    is_public = audience == Audience.PUBLIC
    values = Variables(incident, audience, update)
    if update.pk is None and (names := values.names_left_open(update.wordings.get(audience, {}))):
        update.names_by_page = names
    if is_public and not update.wordings.get(audience, {}).get("known"):
        said: list[tuple[str, str]] = []
    else:
        said = [(label, fill(text, values)) for label, text in update.text_for(audience).parts]
    internal, wording = update.get_status_display(), update.public_status
    note = ""
    if is_public:
        note = "The public reads only these words: no severity, no names, no hypotheses."
        if wording != internal:
            note += f" The public wording of “{internal.lower()}” is “{wording.lower()}”."
    return Preview(
        audience,
        str(Audience(audience).label),
        (update.public_title or "No public title yet") if is_public else incident.title,
        update.status,
        wording if is_public else internal,
        said,
        update.next_update_at,
        note,
    )


def _next(form: StatusUpdateForm) -> datetime | None:
    if "next_minutes" not in form.fields:
        return None
    moment = getattr(form, "cleaned_data", {}).get("next_update_at")
    return moment or in_minutes(next((m for m, _, is_chosen in form.minutes if is_chosen), None))


def fitting_stage(incident: Incident, last: StatusUpdate | None) -> Stage:
    """What the next update is most likely about."""
    if incident.status in (Status.RESOLVED, Status.CLOSED):
        return Stage.RESOLVED
    if last is None:
        return Stage.DECLARED
    if incident.status == Status.MITIGATED:
        return Stage.MONITORING if last.status == Status.MITIGATED else Stage.MITIGATED
    return Stage.SCOPE


def continues(incident: Incident, last: StatusUpdate | None) -> bool:
    """Whether the next update goes on from the last one: nothing that needs other words has happened since."""
    return (
        last is not None
        and incident.is_active
        and last.status in _SAME_WORDS.get(Status(incident.status), ())
    )


_SAME_WORDS = {
    Status.INVESTIGATING: (Status.INVESTIGATING, Status.FIXING),
    Status.FIXING: (Status.INVESTIGATING, Status.FIXING),
    Status.MITIGATED: (Status.MITIGATED,),
}


def _waiting(incident: Incident, before: list[str], asked: str) -> list[str]:
    """The audiences of before, the one `asked` for, those who wait or ask, and those whose update is due first."""
    schedules = incident.update_schedules.all() if incident.is_active else []
    due = {str(s.audience): s.due_at for s in schedules if s.due_at}
    first = min(due.values(), default=None)
    soonest = [audience for audience, at in due.items() if first and at - first < timedelta(minutes=1)]
    waiting = [*before, asked, *asking_now(incident), *soonest]
    return [a for a in Audience.values if a in waiting]


def from_last(incident: Incident, last: StatusUpdate, asked: str = "") -> dict:
    """The form's first words: those of the last update, to be changed where something is new."""
    return from_update(last) | {"audiences": _waiting(incident, last.audiences, asked)}


def texts_for(incident: Incident, stage: str, audiences: list[str]) -> dict[str, str]:
    """The first words of a short update to each of the audiences, from the stage's templates."""
    templates = {t.audience: t for t in MessageTemplate.objects.filter(stage=stage)}
    team = templates.get(Audience.STAKEHOLDERS)
    known = fill(team.known, Variables(incident, Audience.STAKEHOLDERS)) if team else ""
    update = StatusUpdate(incident=incident, known=known, public_title=incident.public_title)
    texts = {a: "" if a == Audience.PUBLIC else known for a in audiences}
    for audience in set(texts) & set(templates):
        words = _spoken(incident, audience, templates[audience].known)
        texts[audience] = fill(words, Variables(incident, audience, update))
    return {audience: _without_gaps(text) for audience, text in texts.items()}


def texts_of_reopening(incident: Incident, audiences: list[str]) -> dict[str, str]:
    """The first words of a short update to each of the audiences: the problem is back."""
    return {audience: _spoken(incident, audience, REOPENED) for audience in audiences}


def _spoken(incident: Incident, audience: str, text: str) -> str:
    """Allclear's own words to the public are in the language of the incident's pages."""
    return in_language_of(incident, text) if audience == Audience.PUBLIC else text


def _without_gaps(text: str) -> str:
    """The text without sentences that hold a variable for which there is no value yet."""
    lines = [SENTENCE_END.split(line) for line in text.split("\n")]
    return "\n".join(" ".join(s for s in line if not _has_gap(s)) for line in lines).strip()


def _has_gap(sentence: str) -> bool:
    """The names of components are no gap: where pages differ, each fills in its own."""
    return any(match[1] != "components" for match in VARIABLE.finditer(sentence))


def from_template(incident: Incident, stage: str, last: StatusUpdate | None, asked: str = "") -> dict:
    """The form's first words: the stage's templates, filled in, and what still holds from the last update.

    It goes to whom the last one went to, to the audience `asked` for, and to those who wait for it.
    """
    templates = {t.audience: t for t in MessageTemplate.objects.filter(stage=stage)}
    before = last.audiences if last else [] if asked in Audience.values else [str(Audience.STAKEHOLDERS)]
    initial: dict = {"audiences": _waiting(incident, before, asked)}
    base = templates.get(Audience.STAKEHOLDERS)
    values = Variables(incident, Audience.STAKEHOLDERS)
    initial |= {word: fill(text, values) for word, text in base.words.items()} if base else {}
    for audience, names in OWN_WORDS.items():
        if template := templates.get(audience):
            own = Variables(incident, audience)
            initial |= {
                f"{audience}_{name}": fill(_spoken(incident, audience, getattr(template, name)), own)
                for name in names
            }
    initial["public_title"] = incident.public_title or in_language_of(incident, UNNAMED)
    if last and incident.is_active:
        initial |= {word: text for word in ("unknown", "workaround", "ask") if (text := getattr(last, word))}
        if said := last.wordings.get(Audience.PUBLIC, {}).get("workaround"):
            initial["public_workaround"] = said
    return initial


def from_update(update: StatusUpdate) -> dict:
    """The form's first words where an update is corrected, or written again after it came back."""
    initial: dict = {
        "audiences": update.audiences,
        "public_title": update.public_title
        or update.incident.public_title
        or in_language_of(update.incident, UNNAMED),
    }
    initial |= {word: getattr(update, word) for word in WORDS}
    for audience in OWN_WORDS:
        initial |= words_of(update, audience)
    if update.state in (UpdateState.WITHDRAWN, UpdateState.RETURNED):
        initial |= states_of(update)
    return initial


def received(incident: Incident) -> dict[str, dict]:
    """By audience how many updates it received and when the last was posted."""
    found: dict[str, dict] = {}
    for update in incident.status_updates.posted().order_by("posted_at"):
        for audience in update.audiences:
            count = found.get(audience, {"n": 0})["n"]
            found[audience] = {"n": count + 1, "last": update.posted_at}
    return found

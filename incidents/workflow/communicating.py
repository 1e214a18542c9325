"""Step 4: status updates, in words per audience; what they rest on, what they correct, when they leave."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from audit import context
from core.text import one_line
from events.status_updates import StatusUpdateAwaiting, StatusUpdatePosted
from incidents.models import (
    WORDS,
    Audience,
    DoneWhen,
    Incident,
    Role,
    Service,
    Status,
    StatusUpdate,
    UpdateState,
)
from incidents.workflow.impact import set_impacts
from incidents.workflow.schedules import reschedule
from incidents.workflow.ticking import tick_tasks
from incidents.workflow.transitions import FormUsed, announce, audit, check_moment, lock
from incidents.workflow.wording import Variables, fill, is_filled_from
from timeline.models import Evidence, Kind
from timeline.workflow import record_event

TIME_TO_UNDO = timedelta(seconds=10)


def post_status_update(
    *,
    incident: Incident,
    by: User,
    audiences: list[str],
    known: str = "",
    unknown: str = "",
    no_open_unknowns: bool = False,
    doing: str = "",
    workaround: str = "",
    ask: str = "",
    wordings: dict[str, dict[str, str]] | None = None,
    public_title: str = "",
    evidence: Iterable[Evidence] = (),
    impacts: Mapping[Service, str | None] | None = None,
    next_update_at: datetime | None = None,
    corrects: StatusUpdate | None = None,
    correction_reason: str = "",
    form_token: UUID | None = None,
    published_at: datetime | None = None,
    status: str | None = None,
) -> StatusUpdate:
    """Post a structured update. Until resolved it says what is unknown and when the next one comes.

    `wordings` holds, by audience, other words than the team's own; the public reads only such words, under
    `public_title`, which pages use once the update is sent. It is sent `TIME_TO_UNDO` later, or, where the severity
    asks for it and `by` is neither commander nor deputy, once one of them has approved it. `impacts` sets how
    services are affected, at once.

    A published update is never edited: name it in `corrects`, with a reason, and both are shown.
    The same `form_token` again returns the update it made the first time.

    `published_at` takes over an update that went out elsewhere: it is kept as it was said then, so what it left
    out is not asked for; `status` is what it announced, where that is not the incident's own.
    """
    update = StatusUpdate(
        audiences=list(dict.fromkeys(audiences)),
        known=known.strip(),
        unknown=unknown.strip(),
        doing=doing.strip(),
        workaround=workaround.strip(),
        ask=ask.strip(),
        wordings=_own_words(wordings or {}, audiences),
        public_title=one_line(public_title) if Audience.PUBLIC in audiences else "",
        author=by,
        corrects=corrects,
        correction_reason=correction_reason.strip(),
        form_token=form_token,
    )
    if update.audiences == [Audience.PUBLIC] and not update.known:
        update.known = update.wordings.get(Audience.PUBLIC, {}).get("known", "")
    typed = update.known
    try:
        with transaction.atomic():
            incident = lock(incident, by=by)
            update.impacts_set = set_impacts(incident=incident, impacts=impacts or {}, by=by)
            _place(update, incident, status=status, next_update_at=next_update_at, published_at=published_at)
            _check(update, no_open_unknowns=no_open_unknowns)
            _fill(update)
            update.save(force_insert=True)
            if evidence := list(evidence):
                update.evidence.set(e for e in evidence if e.incident_id == incident.pk)
            if update.state == UpdateState.AWAITING:
                ask_for_approval(update)
            else:
                publish(update, by=by)
    except (ValidationError, IntegrityError):
        if form_token and (first := StatusUpdate.objects.filter(form_token=form_token).first()):
            return _same(first, incident, by, typed)
        raise
    return update


def publish(update: StatusUpdate, *, by: User) -> None:
    """In the caller's transaction: on the timeline now, to its audiences when it can no longer be taken back."""
    incident = update.incident
    record_event(
        incident=incident,
        kind=Kind.UPDATE,
        text=update.known,
        by=update.author,
        occurred_at=update.posted_at,
        status_update=update,
        notifies=False,
    )
    tick_tasks(incident, DoneWhen.UPDATE)
    askers = reschedule(incident, posted=update)
    audit(
        incident,
        "status_update.posted",
        by,
        update=update.pk,
        audiences=update.audiences,
        corrects=update.corrects_id,
    )
    announce(
        incident,
        StatusUpdatePosted(update=update.pk, audiences=update.audiences, by=update.author_id, askers=askers),
        due_at=update.leaves_at,
    )


def ask_for_approval(update: StatusUpdate) -> None:
    incident = update.incident
    record_event(
        incident=incident, kind=Kind.FACT, text="wrote an update that waits for approval", by=update.author
    )
    audit(incident, "status_update.written", update.author, update=update.pk, audiences=update.audiences)
    announce(
        incident,
        StatusUpdateAwaiting(
            update=update.pk, by=update.author_id, recipients=[person.pk for person in approvers(incident)]
        ),
    )


def approvers(incident: Incident, update: StatusUpdate | None = None) -> list[User]:
    """Who can approve an update where the severity requires it: the commander and the deputy.

    With `update`, only those who held the role when it was written: nobody can take a role to approve what is
    waiting.
    """
    held = incident.role_assignments.running().filter(role__slug__in=Role.APPROVERS)
    if update is not None:
        held = held.filter(started_at__lte=update.posted_at)
    return [assignment.user for assignment in held.select_related("user")]


def _own_words(wordings: dict[str, dict[str, str]], audiences: list[str]) -> dict[str, dict[str, str]]:
    """Per chosen audience the words somebody wrote for it; where the main part is empty there are none."""
    kept = {}
    for audience in audiences:
        words = {k: v.strip() for k, v in wordings.get(audience, {}).items() if k in WORDS and v.strip()}
        if words.get("known"):
            kept[audience] = words
    return kept


def _place(
    update: StatusUpdate,
    incident: Incident,
    *,
    status: str | None,
    next_update_at: datetime | None,
    published_at: datetime | None,
) -> None:
    """What the update takes from the incident and the moment."""
    if incident.is_final or incident.status == Status.TRIAGE:
        raise ValidationError(
            f"{incident.reference} is {incident.get_status_display().lower()}. Declare it first."
        )
    update.incident, update.severity = incident, incident.severity
    update.status = status or incident.status
    if Audience.PUBLIC in update.audiences and not update.public_title:
        update.public_title = incident.public_title
    update.next_update_at = next_update_at if incident.is_active else None
    update.posted_at = check_moment(published_at, "published_at")
    update.leaves_at = published_at or update.posted_at + TIME_TO_UNDO
    if incident.severity.approves_updates and published_at is None:
        may_approve = approvers(incident)
        if may_approve and update.author not in may_approve:
            update.state = UpdateState.AWAITING


def _fill(update: StatusUpdate) -> None:
    values = Variables(update.incident, Audience.STAKEHOLDERS)
    for word in WORDS:
        setattr(update, word, fill(getattr(update, word), values))
    for audience, words in update.wordings.items():
        values = Variables(update.incident, audience, update)
        if names := values.names_left_open(words):
            update.names_by_page = names
        update.wordings[audience] = {word: fill(text, values) for word, text in words.items()}


def _check(update: StatusUpdate, *, no_open_unknowns: bool) -> None:
    """Raise ValidationError by field where something is missing."""
    errors = _missing_from(update)
    if Audience.PUBLIC in update.audiences and not update.public_title:
        errors["public_title"] = "Write a public title."
    if update.leaves_at != update.posted_at:
        errors |= _missing_from_news(update, no_open_unknowns=no_open_unknowns)
    if errors:
        raise ValidationError(errors)


def _missing_from(update: StatusUpdate) -> dict[str, str]:
    """What no update can be without, by field."""
    errors = {}
    if not update.audiences or set(update.audiences) - set(Audience.values):
        errors["audiences"] = "Choose who gets this."
    if update.incident.is_private and Audience.PUBLIC in update.audiences:
        errors["audiences"] = "A private incident has no public updates."
    elif Audience.PUBLIC in update.audiences and Audience.PUBLIC not in update.wordings:
        errors["public_known"] = (
            "Write a public message. The public reads nothing that was written for the team."
        )
    if not update.known and "public_known" not in errors:
        errors["known"] = "Say what is known, even if it is only that you are looking."
    if wrong := update.corrects:
        if wrong.incident_id != update.incident_id or StatusUpdate.objects.filter(corrects=wrong).exists():
            errors["corrects"] = "This update belongs to another incident or is corrected already."
        if not update.correction_reason:
            errors["correction_reason"] = "Say what was wrong."
    return errors


def _missing_from_news(update: StatusUpdate, *, no_open_unknowns: bool) -> dict[str, str]:
    """What an update on an active incident must say: the unknowns, and when the next one comes."""
    errors = {}
    if update.incident.is_active and not update.unknown and not no_open_unknowns:
        errors["unknown"] = "Say what is still unknown, or tick “no open unknowns”."
    if update.incident.is_active and update.next_update_at is None:
        errors["next_update_at"] = "Say when the next update comes."
    if update.next_update_at and update.next_update_at <= context.now():
        errors["next_update_at"] = "The next update is in the past."
    return errors


def _same(first: StatusUpdate, incident: Incident, by: User, typed: str) -> StatusUpdate:
    """What this form made before, if it is the same submission again; FormUsed where it is another."""
    if first.incident_id != incident.pk or first.author_id != by.pk or not is_filled_from(typed, first.known):
        raise FormUsed("published an update")
    return first

"""The update that goes with a change of status: one text per audience, posted in the same transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import User
from incidents.hooks import public_pages
from incidents.models import Audience, Incident, StatusUpdate
from incidents.models.communication import SENTENCES, UNNAMED, is_announced, word_for
from incidents.workflow.communicating import post_status_update
from incidents.workflow.wording import in_language_of
from timeline.models import Kind
from timeline.workflow import record_event


def audiences_informed(incident: Incident) -> list[str]:
    """The audiences that received an update of the incident, or in which somebody asks for one.

    Responders are not among them: they see the incident itself.
    """
    found: set[str] = set(incident.update_requests.unanswered().values_list("audience", flat=True))
    for audiences in incident.status_updates.posted().values_list("audiences", flat=True):
        found |= set(audiences)
    found -= {Audience.RESPONDERS}
    if incident.is_private:
        found -= {Audience.PUBLIC}
    return [str(audience) for audience in Audience if audience in found]


def require_final_updates(incident: Incident, texts: Mapping[str, str], unsent: Mapping[str, str]) -> None:
    """Raise ValidationError where an audience that received updates gets neither a text nor a reason."""
    informed = audiences_informed(incident)
    missing = [
        Audience(a).label.lower() for a in informed if not texts.get(a, "").strip() and a not in unsent
    ]
    if missing:
        names = " and ".join(filter(None, [", ".join(missing[:-1]), missing[-1]]))
        raise ValidationError(
            f"You can't resolve {incident.reference} yet: {names} received updates. "
            "Write a final update or give a reason for each."
        )


def post_texts(
    *,
    incident: Incident,
    by: User,
    texts: Mapping[str, str],
    next_update_at: datetime | None = None,
    unknown: str = "",
) -> StatusUpdate | None:
    """Post one update with a text for each audience; None where there is no text.

    While the incident is active, what stakeholders were last told is still unknown is told them again, unless
    `unknown` says it anew.
    """
    texts = {audience: text.strip() for audience, text in texts.items() if text.strip()}
    if not texts:
        return None
    words = words_of_texts(incident, texts, unknown=unknown)
    return post_status_update(
        incident=incident,
        by=by,
        audiences=list(texts),
        no_open_unknowns=not words["unknown"],
        next_update_at=next_update_at,
        **words,
    )


def words_of_texts(incident: Incident, texts: Mapping[str, str], *, unknown: str = "") -> dict[str, Any]:
    """The words of the one update that is made of a text for each audience, as `post_status_update` takes them."""
    last = incident.status_updates.posted().for_audience(Audience.STAKEHOLDERS).newest_first().first()
    inside = [text for audience, text in texts.items() if audience != Audience.PUBLIC]
    if not unknown:
        unknown = last.unknown if last and incident.is_active else ""
    return {
        "known": texts.get(Audience.STAKEHOLDERS) or next(iter(inside), ""),
        "unknown": unknown,
        "wordings": {a: {"known": text} for a, text in texts.items() if a != Audience.STAKEHOLDERS},
        "public_title": incident.public_title or in_language_of(incident, UNNAMED),
    }


def note_sentence(incident: Incident, *, before: str, update: StatusUpdate | None) -> None:
    """Put the sentence on the timeline that status pages show where a change of status comes without public words.

    Nothing where pages show nothing of the incident, or where `update` has words for the public.
    """
    word = word_for(incident.status)
    if (update and Audience.PUBLIC in update.audiences) or not is_announced(word, word_for(before)):
        return
    is_shown = incident.status_updates.posted().for_audience(Audience.PUBLIC).exists()
    if is_shown and incident.source not in Incident.OF_THE_PAST and public_pages(incident):
        record_event(
            incident=incident,
            kind=Kind.UPDATE,
            text=in_language_of(incident, SENTENCES[word]),
            by=None,
            notifies=False,
            data={"audiences": [Audience.PUBLIC]},
        )

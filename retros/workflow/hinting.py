"""Hints of the language helper that were looked at and left; and the words this installation adds."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from audit.workflow import INSTALLATION, record_audit
from retros.models import HintDismissal, HintWord, Retrospective
from retros.workflow.common import audit, lock, require_administrator


@transaction.atomic
def leave_hint(
    *, retrospective: Retrospective, by: User, place: str, rule: str, found: str, reason: str = ""
) -> HintDismissal:
    """Show it no more in this place; a second time keeps the first."""
    retrospective = lock(retrospective, by=by)
    if not (rule and found):
        raise ValidationError("Choose a hint.")
    dismissal, is_new = HintDismissal.objects.get_or_create(
        retrospective=retrospective,
        place=place[:60],
        rule=rule[:60],
        found=found[:300],
        defaults={"reason": reason[:300], "by": by, "at": context.now()},
    )
    if is_new:
        audit(retrospective, "hint.left", by, place=place, rule=rule, reason=reason[:300])
    return dismissal


@transaction.atomic
def add_hint_word(*, by: User, words: str, ask: str) -> HintWord:
    require_administrator(by)
    words = " ".join(words.split())
    if not words or not ask.strip():
        raise ValidationError("Both are needed: what to look for, and what to ask instead.")
    if HintWord.objects.filter(words__iexact=words).exists():
        raise ValidationError({"words": "It is in the list already."})
    word = HintWord.objects.create(words=words, ask=ask.strip(), created_at=context.now())
    record_audit(
        chain=INSTALLATION, action="hint_word.added", subject=words, by=by, changes={"ask": ["", word.ask]}
    )
    return word


@transaction.atomic
def remove_hint_word(*, by: User, word: HintWord) -> None:
    require_administrator(by)
    record_audit(chain=INSTALLATION, action="hint_word.removed", subject=word.words, by=by)
    word.delete()

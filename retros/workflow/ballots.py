"""Casting an anonymous ballot, so that nothing that is stored leads from it to a person."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from core.notify import notify_topic
from retros.ballots import SHOWN_FROM
from retros.models import Ballot, ClosedQuestion, Question, Retrospective, VotedToken
from retros.workflow.common import audit, lock, lock_to_facilitate
from retros.workflow.session import participant_ids

LOWEST, HIGHEST = 1, 5


@transaction.atomic
def cast_ballot(*, retrospective: Retrospective, question: str, score: int, by: User) -> None:
    """One answer from 1 to 5; a second of the same person is refused. Leaves no event, audit row or message.

    The question closes with the answer of the last person who takes part. Until then open pages are not
    notified, so that nobody can see when a single answer came.

    Every ballot of the question is written anew, in an order drawn by lot, with a new id and the same day: which
    of them came last cannot be read from the rows, their places or their transaction.
    """
    retrospective = lock(retrospective, by=by)
    if question not in Question.values:
        raise ValidationError("There is no such question.")
    if not LOWEST <= score <= HIGHEST:
        raise ValidationError({"score": f"Choose a number from {LOWEST} to {HIGHEST}."})
    if question == Question.SAFETY_END and retrospective.session_ended_at is None:
        raise ValidationError("This question opens when the session has ended.")
    if _is_closed(retrospective, question):
        raise ValidationError("This question is closed, so it takes no more answers.")
    token = voted_token(retrospective, question, by)
    tokens = set(_tokens(retrospective, question).values_list("token", flat=True))
    if token in tokens:
        raise ValidationError(
            "You have answered this already. An answer cannot be found again to be changed."
        )
    scores = [*_ballots(retrospective, question).values_list("score", flat=True), score]
    _ballots(retrospective, question).delete()
    _tokens(retrospective, question).delete()
    secrets.SystemRandom().shuffle(scores)
    today = timezone.now().date()
    Ballot.objects.bulk_create(
        Ballot(retrospective=retrospective, question=question, score=each, cast_on=today) for each in scores
    )
    VotedToken.objects.bulk_create(
        VotedToken(retrospective=retrospective, question=question, token=each)
        for each in sorted({*tokens, token})
    )
    everybody = {_token(retrospective, question, pk) for pk in participant_ids(retrospective)}
    if len(everybody) >= SHOWN_FROM and everybody <= {*tokens, token}:
        _close(retrospective, question)


@transaction.atomic
def close_question(*, retrospective: Retrospective, question: str, by: User) -> None:
    """Take no more answers and show those given, where there are four or more."""
    retrospective = lock_to_facilitate(retrospective, by=by)
    if question not in Question.values:
        raise ValidationError("There is no such question.")
    if not _is_closed(retrospective, question):
        _close(retrospective, question)
        audit(retrospective, "question.closed", by, question=question)


def _close(retrospective: Retrospective, question: str) -> None:
    ClosedQuestion.objects.create(retrospective=retrospective, question=question)
    notify_topic(topic=retrospective.chain, what="ballots")


def _is_closed(retrospective: Retrospective, question: str) -> bool:
    return ClosedQuestion.objects.filter(retrospective=retrospective, question=question).exists()


def has_answered(retrospective: Retrospective, question: str, person: Any) -> bool:
    token = voted_token(retrospective, question, person)
    return bool(_tokens(retrospective, question).filter(token=token).exists())


def voted_token(retrospective: Retrospective, question: str, person: Any) -> str:
    """A hash under this installation's key: without the key it names nobody."""
    return _token(retrospective, question, person.pk)


def _token(retrospective: Retrospective, question: str, person_id: int) -> str:
    value = f"{person_id}|{retrospective.pk}|{question}"
    return salted_hmac("retros.voted", value, algorithm="sha256").hexdigest()


def _ballots(retrospective: Retrospective, question: str) -> Any:
    return Ballot.objects.filter(retrospective=retrospective, question=question)


def _tokens(retrospective: Retrospective, question: str) -> Any:
    return VotedToken.objects.filter(retrospective=retrospective, question=question)

"""Anonymous questions: safety before and after the session, and how people are.

Nothing here leads from an answer to a person. An answer is a PUT: only what a POST answered is kept for its
Idempotency-Key, with who sent it and when. A second answer is refused by the verb itself.
"""

from typing import Any

from rest_framework import serializers

from api.fields import body
from api.operations.retrospectives.common import RETROSPECTIVE
from api.registry import Call, item, verb
from retros import workflow
from retros.ballots import closed_questions, histograms
from retros.models import Question
from retros.permissions import takes_part
from retros.workflow.ballots import HIGHEST, LOWEST

QUESTIONS = f"{RETROSPECTIVE}/questions"


class AnonymousAnswersShape(serializers.Serializer):
    """What the answers say together."""

    counts = serializers.ListField(child=serializers.IntegerField(), help_text="How often 1, 2, 3, 4 and 5.")
    total = serializers.IntegerField()
    median = serializers.FloatField()


class AnonymousQuestion(serializers.Serializer):
    """`answers` is null while it is open, and where fewer than four have answered."""

    question = serializers.ChoiceField(choices=Question.choices)
    is_closed = serializers.BooleanField()
    has_answered = serializers.BooleanField(help_text="Whether the caller has.")
    answers = AnonymousAnswersShape(allow_null=True)


def _questions(call: Call) -> list[dict[str, Any]]:
    """The questions about safety are told to who writes in it, as on their page."""
    retrospective = call["retrospective"]
    shown, closed = histograms(retrospective), closed_questions(retrospective)
    on_it = call.user.is_responder or takes_part(call.user, retrospective)
    return [
        {
            "question": str(question),
            "is_closed": question in closed,
            "has_answered": workflow.has_answered(retrospective, question, call.user),
            "answers": shown.get(question),
        }
        for question in (Question if on_it else [Question.PULSE])
        if question != Question.SAFETY_END or retrospective.session_ended_at or question in closed
    ]


item(
    QUESTIONS,
    AnonymousQuestion,
    _questions,
    name="list_anonymous_questions",
    summary="Anonymous questions, with results once they are closed.",
    many=True,
)
verb(
    "PUT",
    f"{QUESTIONS}/{{question}}/answer",
    workflow.cast_ballot,
    name="answer_anonymous_question",
    body=body("AnswerBody", score=serializers.IntegerField(min_value=LOWEST, max_value=HIGHEST)),
    summary="Answer an anonymous question from 1 to 5, once.",
)
verb(
    "POST",
    f"{QUESTIONS}/{{question}}/closure",
    workflow.close_question,
    name="close_anonymous_question",
    summary="Close an anonymous question. Answers are shown where there are four or more.",
)

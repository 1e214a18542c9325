"""Three of Fernhill's retrospectives, held and written: two published, one in review."""

from datetime import timedelta
from typing import Any

from action_items.workflow import change_action_item
from demo.cast import Stage
from demo.told_retrospectives import ALL, Told
from retros.models import Retrospective
from retros.workflow import (
    add_contributing_factor,
    add_entry,
    add_gap,
    add_learning,
    add_learning_group,
    add_participants,
    add_recollection,
    answer_review,
    ask_reviewer,
    cast_ballot,
    change_contributing_factor,
    close_voting,
    end_session,
    frame_retrospective,
    give_dot,
    keep_version,
    mark_changed_how_i_work,
    mark_phase,
    open_section,
    publish_retrospective,
    reveal_learnings,
    run_clock,
    save_text,
    schedule_session,
    seed_timeline,
    star_entries,
    start_review,
    start_session,
    write_impact,
    write_public_text,
)

DAY = 24 * 60
PARTS = 4  # of the agenda, after the first


def tell_retrospectives(stage: Stage) -> None:
    """Called last: their action items and incidents are there, and what they say is published as it stands."""
    for told in ALL:
        _Teller(stage, told).tell()


class _Teller:
    """One retrospective on its way; `minutes` below count back from now, as everywhere in the demo."""

    def __init__(self, stage: Stage, told: Told) -> None:
        self.stage, self.told = stage, told
        self.retrospective = Retrospective.objects.select_related("owner", "incident").get(
            title__contains=told.incident_words
        )
        self.owner: Any = self.retrospective.owner
        self.people = {key: stage.people[key] for key in (*told.participants, told.facilitator)}
        self.session = told.held * DAY

    def tell(self) -> None:
        with self.stage.at(self.session + 2 * DAY):
            self._invite()
            self._write_rows()
        with self.stage.at(self.session):
            start_session(retrospective=self._fresh(), by=self.stage.people[self.told.facilitator])
            self._answer_safety()
        self._hold()
        with self.stage.at(self.session - 65):
            end_session(retrospective=self._fresh(), by=self.stage.people[self.told.facilitator])
        with self.stage.at(self.told.review * DAY + 180):
            self._write()
        self._review()

    def _fresh(self) -> Retrospective:
        return Retrospective.objects.get(pk=self.retrospective.pk)

    @property
    def _of_it(self) -> dict[str, Any]:
        return {"retrospective": self._fresh(), "by": self.owner}

    def _invite(self) -> None:
        told = self.told
        frame_retrospective(
            **self._of_it,
            scope=told.scope,
            objectives=told.objectives,
            facilitator=self.stage.people[told.facilitator],
        )
        add_participants(**self._of_it, people=[self.stage.people[key] for key in told.participants])
        at = self.stage.ago(self.session)
        schedule_session(**self._of_it, scheduled_at=at, minutes=60, place="Room Beech and video")

    def _write_rows(self) -> None:
        told, began = self.told, self.retrospective.incident.impact_started_at  # type: ignore[union-attr]
        assert began is not None
        seed_timeline(**self._of_it)
        for minute, who, kind, text in told.rows:
            at = began + timedelta(minutes=minute)
            add_entry(**self._of_it, text=text, occurred_at=at, kind=kind, actor=self.stage.people[who])
        mark_phase(entry=self._row(told.introduced), by=self.owner, phase="introduced")
        if told.gap:
            start, end = (began + timedelta(minutes=minute) for minute in told.gap[:2])
            add_gap(**self._of_it, text=told.gap[2], occurred_at=start, ended_at=end)
        if told.recollection:
            word, who, text = told.recollection
            add_recollection(fact=self._row(word), by=self.stage.people[who], text=text)
        star_entries(**self._of_it, entries=[self._row(word) for word in told.starred])

    def _row(self, words: str) -> Any:
        rows = self.retrospective.entries.standing().filter(beside=None, text__contains=words)
        return rows.select_related("retrospective").in_order()[0]

    def _answer_safety(self) -> None:
        for person, score in zip(self.people.values(), self.told.safety, strict=True):
            cast_ballot(retrospective=self._fresh(), question="safety_start", score=score, by=person)

    def _hold(self) -> None:
        facilitator = self.stage.people[self.told.facilitator]
        for part in range(PARTS):
            with self.stage.at(self.session - 12 * (part + 1)):
                run_clock(retrospective=self._fresh(), by=facilitator, do="next")
        with self.stage.at(self.session - 30):
            self._name_causes()
        with self.stage.at(self.session - 45):
            self._note_learnings()

    def _name_causes(self) -> None:
        known: dict[str, Any] = {}
        for cause in self.told.causes:
            factor = add_contributing_factor(
                **self._of_it,
                text=cause.text,
                parent=known.get(cause.under),
                question=cause.question,
                category=cause.category,
                level=cause.level,
                explanation=cause.explanation,
            )
            known[cause.text] = change_contributing_factor(
                factor=factor,
                by=self.owner,
                evidence_text=cause.evidence,
                entries=[self._row(cause.row)] if cause.row else [],
                is_confirmed=True,
            )
            for words in cause.actions:
                item = self.retrospective.action_items.get(title__contains=words)
                if item.factor_id is None:
                    change_action_item(item=item, by=self.owner, factor=known[cause.text])

    def _note_learnings(self) -> None:
        facilitator = self.stage.people[self.told.facilitator]
        noted = {
            text: add_learning(retrospective=self._fresh(), by=self.stage.people[who], kind=kind, text=text)
            for who, kind, text, _dots in self.told.learnings
        }
        reveal_learnings(retrospective=self._fresh(), by=facilitator)
        name, words = self.told.group
        grouped = [one for text, one in noted.items() if any(word in text for word in words)]
        add_learning_group(retrospective=self._fresh(), by=facilitator, name=name, learnings=grouped)
        voters = list(self.people.values())
        for _who, _kind, text, dots in self.told.learnings:
            for number in range(dots):
                give_dot(learning=noted[text], by=voters[number % len(voters)])
            voters = voters[1:] + voters[:1]
        close_voting(retrospective=self._fresh(), by=facilitator)

    def _write(self) -> None:
        told = self.told
        for dimension, text in told.impact.items():
            numbers = [
                dict(zip(("name", "value", "unit"), row, strict=True))
                for row in told.numbers.get(dimension, [])
            ]
            debt = told.debt if dimension == "technical" else ""
            write_impact(**self._of_it, dimension=dimension, text=text, numbers=numbers, debt=debt)
        for section, text in told.narrative.items():
            document = open_section(**self._of_it, section=section)
            document = save_text(document=document, text=text, by=self.owner, version=None)
            keep_version(document=document, by=self.owner)
        if told.public_text:
            write_public_text(**self._of_it, public_text=told.public_text)

    def _review(self) -> None:
        told = self.told
        reviewer = self.stage.people[told.reviewer]
        with self.stage.at(told.review * DAY):
            reason = "Everybody who took part has read the text."
            start_review(**self._of_it, reason=reason)
            review = ask_reviewer(**self._of_it, reviewer=reviewer)
        if told.published is None:
            return
        with self.stage.at(told.published * DAY + 90):
            answer_review(review=review, by=reviewer, verdict="approved", note=told.review_note)
        with self.stage.at(told.published * DAY):
            publish_retrospective(**self._of_it, note="First version")
        for number, key in enumerate(told.marks):
            with self.stage.at(told.published * DAY - 60 * (number + 1)):
                mark_changed_how_i_work(retrospective=self._fresh(), by=self.stage.people[key], is_so=True)

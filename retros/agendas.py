"""The agendas a session can have: by what it looks back on and by its length."""

from dataclasses import dataclass

from retros.models import Retrospective


@dataclass(frozen=True)
class Part:
    """`section` is where it is worked on, `question` is shown large while it is presented."""

    name: str
    minutes: int
    section: str
    question: str


OPENING = ("Opening", "safety", "How safe do you feel to say everything that matters here?")
CLOSE = ("Close", "actions", "What do we take away, and who does what next?")
SCOPE = ("Scope and impact", "impact", "Who was affected, and how?")
TIMELINE = ("Timeline", "timeline", "What happened, and what did each of us know at the time?")
SURPRISES = (
    "Surprises, helped, hindered, factors",
    "learnings",
    "What surprised, helped or hindered us?",
)
LAST = ("Last action items", "actions", "What became of the action items from last time?")
LEARNINGS = ("Learnings", "learnings", "What did we learn?")
GROUPS = ("Group and vote", "learnings", "Which learnings belong together, and which matter most?")
ITEMS = ("Action items", "actions", "What will we change, and who does it by when?")
END = ("Close", "actions", "Is every action item clear?")

Plan = tuple[tuple[tuple[str, str, str], int], ...]
OF_INCIDENTS: dict[int, Plan] = {
    60: ((OPENING, 5), (SCOPE, 5), (TIMELINE, 35), (SURPRISES, 10), (CLOSE, 5)),
    30: ((OPENING, 3), (TIMELINE, 15), (SURPRISES, 9), (CLOSE, 3)),
}
WITHOUT_INCIDENTS: dict[int, Plan] = {
    60: ((OPENING, 5), (LAST, 5), (LEARNINGS, 15), (GROUPS, 15), (ITEMS, 15), (END, 5)),
    30: ((OPENING, 2), (LAST, 3), (LEARNINGS, 8), (GROUPS, 7), (ITEMS, 8), (END, 2)),
}
LENGTHS = tuple(OF_INCIDENTS)


def agenda_for(retrospective: Retrospective, minutes: int) -> list[Part]:
    """The agenda of that length; of another one, the agenda that comes nearest."""
    plans = OF_INCIDENTS if retrospective.has_incidents else WITHOUT_INCIDENTS
    plan = plans.get(minutes) or plans[60 if minutes >= 45 else 30]
    return [Part(name, length, section, question) for (name, section, question), length in plan]

"""What an honest update avoids: hints while it is written, with the reason and a better word. They never block."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from core.lexemes import lexemes
from incidents.models import ChecklistKind, CheckState, HypothesisState, Incident
from incidents.models.response import ServiceImpact
from incidents.workflow.wording import VARIABLE

PROMISE = re.compile(
    r"\b(?:(?:will|should|shall) be (?:fixed|resolved|solved|back|restored|up|repaired|working|available)"
    r"(?: again)? (?:by|in|within|at|before|until|today|tonight|tomorrow|soon|shortly)"
    r"|(?:fix(?:ed)?|resolved|back|restored) (?:by|within) (?=\w*\d|\w+ (?:minutes?|hours?)|tonight|tomorrow|noon)"
    r"|\bETA\b(?! unknown))[^.;\n]{0,30}",
    re.IGNORECASE,
)
CAUSE = re.compile(
    r"\b(?:caused by|root cause (?:is|was)|the cause (?:is|was)(?! not| still| un)|because of|due to|triggered by)\b",
    re.IGNORECASE,
)
NEVER = re.compile(
    r"\b(?:never (?:happen )?again|(?:will not|won['’]t|cannot|can['’]t) happen again)\b", re.IGNORECASE
)
OUTAGE = re.compile(r"\boutages?\b", re.IGNORECASE)
HOST = re.compile(
    r"(?<![\w-])(?:\d{1,3}(?:\.\d{1,3}){3}"  # an IPv4 address
    r"|[a-z][a-z0-9]*(?:-[a-z0-9]+)*-?\d{1,4}(?:\.[a-z0-9-]+)+"  # web-03.example.internal
    r"|(?:[a-z0-9]+-){2,}[a-z0-9]*\d+"  # prod-db-02
    r"|[a-z]{2,}\d*-\d{1,4}"  # node-7
    r"|[\w-]+\.(?:internal|local|lan|corp|svc|intra)\b(?:\.[\w-]+)*)",
    re.IGNORECASE,
)
CLAIM = re.compile(
    r"\b(?:no (?:\w{1,20} )?(?:data|orders?|payments?|messages?) (?:was|were|has been|have been|is|are) \w{2,20}"
    r"|no data loss|nothing (?:was|has been) \w{2,20}"
    r"|(?:was|were|are|is) not (?:charged|affected|lost|exposed|damaged)"
    r"|(?:was|were|are|is)n['’]t (?:charged|affected|lost|exposed|damaged))\b",
    re.IGNORECASE,
)
DATA = re.compile(r"\b(?:data|lost|loss|corrupt\w{0,10}|damaged)\b", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]{5,40}")
COMMON = {"check", "everyth", "noth", "whether", "could", "would"}
"""Lexemes that a claim and a task share by chance."""
ADDRESS = re.compile(r"https?://\S+|(?<!\S)[^\s@]+@\S+")
LONGEST = 4000  # characters of one field that are looked at; forms accept less
VENDOR = re.compile(
    r"\b(?:AWS|Amazon|Azure|Microsoft|Google(?: Cloud)?|GCP|Cloudflare|Fastly|Akamai|Stripe|PayPal|Adyen|Twilio"
    r"|Okta|GitHub|our (?:hosting |cloud |payment |network |e-?mail )?(?:provider|vendor|supplier|partner))\b"
    r"[^.;\n]{0,60}?\b(?:fault|to blame|failed|failing|broke|broken|caused|let us down|mistake|is down|was down"
    r"|went down|screwed)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Hint:
    field: str
    rule: str
    found: str
    why: str
    better: str = ""  # what could stand there instead
    goes_to: str = ""  # a part of the incident's pages that shows more: "resolution" or "incident"

    @property
    def key(self) -> str:
        """Under which it is dismissed: the same words in the same field do not come back."""
        return f"{self.field}:{self.rule}:{self.found.lower()}"


class Facts:
    """What hints need to know of an incident, looked up only when a text gives reason to."""

    def __init__(self, incident: Incident):
        self.incident = incident

    @cached_property
    def has_supported_cause(self) -> bool:
        return self.incident.hypotheses.filter(state=HypothesisState.SUPPORTED).exists()

    @cached_property
    def is_anything_down(self) -> bool:
        return self.incident.affected_services.running().filter(impact=ServiceImpact.MAJOR_OUTAGE).exists()

    @cached_property
    def open_data_check(self) -> str:
        """The words of the recovery check that asks about data, while it hasn't passed."""
        checks = self.incident.recovery_checks.filter(kind=ChecklistKind.DATA_LOSS)
        unsure = checks.exclude(state=CheckState.PASSED).first()
        return unsure.title if unsure else ""

    @cached_property
    def open_tasks(self) -> list[str]:
        """The titles of tasks that people added and that are not done."""
        added = self.incident.tasks.filter(done_at=None, template=None)
        return list(added.values_list("title", flat=True))

    @cached_property
    def people(self) -> list[str]:
        """First, last and full names of everybody on the incident, three letters or more."""
        names = self.incident.participations.values_list("user__name", flat=True).distinct()
        parts = {part for name in names for part in (name, *name.split()) if len(part) > 2}
        return sorted(parts, key=len, reverse=True)


def hints(incident: Incident, texts: dict[str, str], dismissed: Iterable[str] = ()) -> list[Hint]:
    """At most one hint of a kind per field; `texts` by the form's field, public ones begin with `public_`."""
    facts, gone = Facts(incident), set(dismissed)
    found = [hint for field, text in texts.items() if text for hint in _in(facts, field, text[:LONGEST])]
    return [hint for hint in found if hint.key not in gone]


def _in(facts: Facts, field: str, text: str) -> Iterator[Hint]:
    if match := PROMISE.search(text):
        yield Hint(
            field,
            "promise",
            match[0].strip(),
            "a time that cannot be kept costs more trust than none. Say when the next update comes instead.",
        )
    if (match := CAUSE.search(text)) and not facts.has_supported_cause:
        yield Hint(
            field,
            "cause",
            match[0],
            "no hypothesis is supported yet. Say what is seen, and that the cause is being looked for.",
        )
    if match := CLAIM.search(text):
        yield from _without_evidence(facts, field, text, match)
    if match := NEVER.search(text):
        yield Hint(field, "never", match[0], "nobody can promise that. Say what will be looked at, and when.")
    if (match := OUTAGE.search(text)) and not facts.is_anything_down:
        better = "issue" if match[0].lower() == "outage" else "issues"
        yield Hint(field, "outage", match[0], "nothing is fully down.", better)
    if match := VENDOR.search(text):
        yield Hint(
            field,
            "vendor",
            match[0],
            "people chose us, not whom we buy from. Say what is affected, and what you do about it.",
        )
    if match := VARIABLE.search(text):
        yield Hint(
            field, "variable", match[0], "this variable has no value yet. It is sent as it is written here."
        )
    if field.startswith("public_"):
        yield from _in_public(facts, field, text)


def _without_evidence(facts: Facts, field: str, text: str, match: re.Match[str]) -> Iterator[Hint]:
    """Says what harm there was not: a hint where a check or a task that asks for just that is still open."""
    claim = text[max(0, match.start() - 60) : match.end()].rpartition(". ")[2]
    if DATA.search(match[0]) and (check := facts.open_data_check):
        why = f"there is no evidence yet. The check “{check}” has not passed."
        yield Hint(field, "claim", match[0], why, goes_to="resolution")
        return
    if not facts.open_tasks:
        return
    known = lexemes(word for words in (claim, *facts.open_tasks) for word in WORD.findall(words))
    for title in facts.open_tasks:
        if _telling(claim, known) & _telling(title, known):
            why = f"there is no evidence yet. The task “{title}” is open."
            yield Hint(field, "claim", match[0], why, goes_to="incident")
            return


def _telling(text: str, known: dict[str, str]) -> set[str]:
    """The lexemes of its longer words."""
    return {known[word] for word in map(str.lower, WORD.findall(text)) if word in known} - COMMON


def _in_public(facts: Facts, field: str, text: str) -> Iterator[Hint]:
    bare = ADDRESS.sub(" ", text)
    if match := HOST.search(bare):
        yield Hint(
            field, "host", match[0], "the name of a machine doesn't help the public and can help attackers."
        )
    for name in facts.people:
        if match := re.search(rf"\b{re.escape(name)}\b", bare):
            yield Hint(field, "person", match[0], "don't name a person in a public update.", "our team")
            return

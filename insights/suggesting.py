"""Which times an incident of the past lacks and its status updates suggest; pure functions, no database.

A wrong suggestion is worse than none: a sentence that speaks of a part, of the future or of doubt suggests nothing,
and an update that says the problem goes on takes an earlier suggestion back. Every pattern has bounded repetition
only, and of each text no more than `LONGEST_TEXT` characters are read.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.text import shorten
from incidents.models import Status

LONGEST_TEXT = 2000  # characters read of one update
LONGEST_QUOTE = 160
OVER = (Status.RESOLVED, Status.CLOSED)


@dataclass(frozen=True)
class Said:
    """One status update as it was posted, with the status that held then."""

    at: datetime
    status: str
    text: str


@dataclass(frozen=True)
class Suggestion:
    """A milestone, the time it probably has, and the words of the update that say so."""

    milestone: str
    at: datetime
    words: str


SENTENCE_END = re.compile(r"[.!?;][\s)]|\n")
AND = re.compile(r",? and |,? so ")
SUMMARY = re.compile(r"^(on (january|february|march|april|may|june|july|august|september|october|november|december"
                     r"|\d{4}-\d\d)|between |from |(?:user )?impact lasted )", re.I)  # fmt: skip

# A part, the future, a doubt or something still being done: such a sentence proves nothing.
DOUBT = re.compile(
    r"\b(?:almost|nearly|nearing|wait|rolling|ensuring|ensure|validations?|identified an? \w+|confirming that|will (?!continue (?:to |with )?(?:monitor|watch|observ))|would|should|may|might|could|expect|expected|hope|"
    r"anticipat\w{1,5}|working (?:on|to|towards?|with)|work (?:on|to|towards?)|once|until|unless|in progress|progressing|underway|"
    r"rolling out|rollout|being|deploying|applying|implementing|preparing|attempting|trying|testing|verifying|"
    r"validating|potential|potentially|possible|partial|partially|some|most|many|several|few|majority|mostly|largely|"
    r"subset|signs|beginning|starting|started|begun|gradual|gradually|slowly|slower|not|no longer sure|"
    r"n't|isn't|hasn't|haven't|didn't|without|unable|but|however|although|except|all other|other than|only|"
    r"previous|prior|still|workaround|identified a fix|believe|think|appears?|seems?|"
    r"likely|towards?|"
    r"investigating|investigate|continuing to see|recurred|recurrence|reduc\w{1,4}|"
    r"improving|improvements?|pending|awaiting|waiting|next|shortly|soon|minutes|hours?|percent|regions?|status to|"
    r"rolled back the (?:fix|mitigation)|eta)\b|%|\?",
    re.I,
)
FIX = r"(?:fix|hotfix|mitigations?|remediation|patch|rollback|revert|change|configuration change)"
DONE = (
    r"(?:applied|deployed|implemented|rolled out|shipped|completed|put in place|performed|released|finished)"
)
IN_PLACE = re.compile(
    rf"\b(?:have|has|'ve|’ve|we|and|was|were|been) (?:now |since |also |successfully |fully )?{DONE} [^.]{{0,40}}?\b{FIX}\b|"
    rf"\b{FIX} [^.]{{0,50}}?\b(?:has|have|was|were|is|are) (?:now |since |also |successfully |fully )?(?:been )?"
    rf"(?:now |successfully |fully )?(?:{DONE}|in place|effective|live|complete)\b|"
    rf"\b{FIX} (?:has|have) taken effect\b|"
    r"\b(?:have|has|'ve|’ve|was|were|been|is|are) (?:now |since |also |successfully |fully )?"
    r"(?:been )?(?:now |successfully |fully )?(?:mitigated|reverted|rolled back|remediated|fixed)\b",
    re.I,
)
RECOVERED = re.compile(
    r"\b(?:see|seeing|seen|observed|observing|observe|confirmed|have|confirming) (?:a |now )?(?:full |complete )?recovery\b|"
    r"\b(?:recovery is complete|fully recovered|(?:has|have) (?:now |since |all |fully |completely )?recovered|"
    r"fully restored|(?:has|have) (?:now |since |all )?been (?:now |fully |completely )?(?:restored|resolved)|"
    r"(?:is|are) (?:now |fully |all ){0,2}(?:resolved|recovered|restored|healthy|operational|back to normal)|"
    r"(?:returned|back|recovered|stabili[sz]ed) to normal|healthy state|"
    r"we (?:have|'ve|’ve) (?:now |fully )?(?:restored|resolved))\b",
    re.I,
)
MONITORING = re.compile(
    r"\b(?:fix|mitigation|recovered|mitigated|recovery|reverted|resolved)\b[^.]{0,80}\bmonitor", re.I
)
NORMAL = re.compile(r"^(.{1,200}?) (?:is|are) (?:now )?operating normally$", re.I)
ALL_NORMAL = re.compile(r"\b(?:we|all (?:impacted |affected )?(?:services|systems)|the system|everything)\b[^.]{0,40}"
                        r"\b(?:is|are)\b[^.]{0,20}\b(?:operating normally|operational|healthy)$", re.I)  # fmt: skip

# The problem goes on: what was suggested before is taken back.
SETBACK = re.compile(
    r"\b(?:did not|didn't|hasn't|has not|have not|not (?:yet )?(?:fully )?)\s?(?:resolve|resolved|mitigated|fix|work)|"
    r"\bonce again\b|\bagain seeing\b|\brecurr|\breoccurr|\bregress|\breturned to (?:degraded|red)|"
    r"\b(?:are|is|we're|we’re) (?:now |currently |still |once more |again |actively )?(?:experiencing|investigating|seeing (?:issues|an? (?:increase|elevated)|errors|failures|degrad|delays|elevated|timeouts))|"
    r"\bcontinu\w{1,3} to (?:investigate|experience|work (?:on|to)|see (?:issues|errors|failures|degrad|delays|elevated|intermittent|timeouts|impact)|mitigate)|"
    r"\bstill (?:actively )?(?:investigating|experiencing|working|seeing|applying)|"
    r"\b(?:further|additional|another|more|new|different|second) (?:mitigation|fix|issue|problem)|"
    r"\b(?:working|work) (?:on|towards?) (?:a |an |the )?(?:mitigat|fix|resol|restor)|"
    r"\b(?:applying|deploying|developing|preparing) (?:a |the |additional |further )?(?:mitigation|fix)|"
    r"\bworking to (?:mitigate|resolve|restore|fix)|\b(?:still not|not yet)\b|\bwork (?:is )?in progress\b|\bcontinued to apply\b|"
    r"\buntil (?:the |a )?(?:mitigation|fix)\b|\bremains? (?:elevated|degraded|high)\b|\bstill (?:elevated|high|degraded|delayed|impacted|failing)\b",
    re.I,
)
DEGRADED = re.compile(
    r"^(.{1,200}?) (?:is|are) (?:now )?experiencing (?:degraded|a (?:partial|major) outage)", re.I
)
TIME_OF_DAY = re.compile(r"\b(\d{1,2}):(\d\d)\b")
SPAN = re.compile(
    r"\b(?:between|from)\b.{0,60}?\b\d{1,2}:\d\d(?: ?UTC)?,? ?(?:and|to|until|through|-|–) ?.{0,40}?\b(\d{1,2}):(\d\d) ?UTC",
    re.I,
)
IMPACT = re.compile(
    r"degrad|experienc|unavailab|\bdown\b|unable|fail|delay|error|impact|outage|disrupt|tim(?:ing|ed) out|timeouts|"
    r"could not|couldn't|cannot|latency|slow|inaccessib|prevent",
    re.I,
)
HALF_DAY = re.compile(r"\d ?[ap]\.?m\b|\b(?:again|resum)", re.I)
KNOWN = re.compile(
    r"\b(?:investigat|aware of|reports of|identified|experiencing|degraded|outage|seeing (?:issues|errors|failures))",
    re.I,
)


def sentences(text: str) -> list[str]:
    """The sentences of the part that is read, with single spaces and without their end."""
    found = SENTENCE_END.split(text[:LONGEST_TEXT])
    return [one for part in found if (one := " ".join(part.split()).rstrip(".!"))]


def words_of_mitigation(text: str) -> str:
    """The first sentence that says that a fix is in place or that it has recovered; "" where none does."""
    if SUMMARY.search(text.lstrip()):  # a report written afterwards, about other times
        return ""
    for sentence in sentences(text):
        is_settled = not DOUBT.search(sentence)
        if is_settled and any(pattern.search(sentence) for pattern in (RECOVERED, MONITORING, ALL_NORMAL)):
            return sentence
        first = AND.split(sentence, maxsplit=1)[0]  # “a fix is deployed and jobs should start soon”
        if any(IN_PLACE.search(part) and not DOUBT.search(part) for part in (sentence, first)):
            return sentence
    return ""


def suggested_mitigation(updates: Iterable[Said], services: Iterable[str] = ()) -> Suggestion | None:
    """When a fix was in place, by the first update that says so and that no later one takes back."""
    affected = {name.casefold() for name in services}
    degraded = set(affected)
    found: Suggestion | None = None
    for said in _before_the_end(updates):
        told = sentences(said.text)
        is_back = False
        for sentence in told:
            if match := DEGRADED.match(sentence):
                degraded |= _named(match[1], affected)
                is_back = True
            elif match := NORMAL.match(sentence):
                degraded -= _named(match[1], affected)
        is_quiet = not is_back and not any(SETBACK.search(sentence) for sentence in told)
        words = words_of_mitigation(said.text)
        if not words and affected and not degraded:
            words = next((sentence for sentence in told if NORMAL.match(sentence)), "")
        if said.status == Status.MITIGATED and not words:
            words = told[0] if told else "Monitoring"
        if not is_quiet:
            found = None
        elif words and found is None:
            found = Suggestion("mitigated_at", said.at, shorten(words, LONGEST_QUOTE))
    return found


def stated_end(updates: Iterable[Said], began: datetime, resolved: datetime) -> Suggestion | None:
    """When the impact ended by the report posted at the end, as in “between 16:31 UTC and 18:08 UTC it was degraded”.

    None where the sentence names more than one span, or the report a later time within the incident.
    """
    for said in updates:
        if said.status not in OVER and not SUMMARY.search(said.text.lstrip()):
            continue
        for sentence in sentences(said.text):
            match = SPAN.search(sentence)
            if not match or not SUMMARY.search(sentence) or not IMPACT.search(sentence):
                continue
            if len(TIME_OF_DAY.findall(sentence)) != 2 or HALF_DAY.search(sentence):
                continue
            end = _latest(match[1], match[2], until=resolved)
            others = TIME_OF_DAY.findall(said.text[:LONGEST_TEXT])
            later = (_latest(hour, minute, until=resolved) for hour, minute in others)
            if end is None or any(moment and moment > end for moment in later):
                return None
            return Suggestion("mitigated_at", end, shorten(sentence, LONGEST_QUOTE))
    return None


def _latest(hours: str, minutes: str, *, until: datetime) -> datetime | None:
    """The last time it was this time of the day (UTC) before `until`."""
    hour, minute = int(hours), int(minutes)
    if hour > 23 or minute > 59:
        return None
    moment = until.astimezone(UTC).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return moment if moment <= until else moment - timedelta(days=1)


def suggested_detection(updates: Iterable[Said], began: datetime | None) -> Suggestion | None:
    """When the problem was known, by the first update; None where the impact begins with that update.

    Then the start itself is the time of the post, and a time to detect of zero would be made up.
    """
    for said in updates:
        if began is None or said.at <= began:
            return None
        told = sentences(said.text)
        words = next((sentence for sentence in told if KNOWN.search(sentence)), "")
        if words and said.status not in OVER:
            return Suggestion("detected_at", said.at, shorten(words, LONGEST_QUOTE))
        return None
    return None


def _before_the_end(updates: Iterable[Said]) -> Sequence[Said]:
    return [said for said in updates if said.status not in OVER and not SUMMARY.search(said.text.lstrip())]


def _named(text: str, services: set[str]) -> set[str]:
    """Those of the services that a list such as “Actions, Pages and Issues” names."""
    names = {name.strip().casefold() for name in re.split(r",| and ", text)}
    return names & services


def suggestions(
    updates: Sequence[Said],
    services: Iterable[str],
    *,
    began: datetime,
    resolved: datetime,
    detected: datetime | None,
    mitigated: datetime | None,
    asked: Iterable[str],
) -> list[Suggestion]:
    """For the milestones `asked` for, in order: impact start < detected ≤ mitigated ≤ resolved. Known times stay.

    A time at the impact start itself is never suggested: there the start is only the time of the first post, and a
    length of zero would be made up.
    """
    found: list[Suggestion] = []
    values = {"detected_at": detected, "mitigated_at": mitigated}
    asked = {name for name in asked if values[name] is None}
    known = suggested_detection(updates, began) if "detected_at" in asked else None
    if known and known.at <= (mitigated or resolved):
        found.append(known)
        detected = known.at
    if "mitigated_at" in asked:
        said = (suggested_mitigation(updates, services), stated_end(updates, began, resolved))
        fits = [one for one in said if one and began < one.at <= resolved and one.at >= (detected or began)]
        if fits:  # the report knows the end better than the time at which somebody posted it
            found.append(min(fits, key=lambda one: one.at))
    return found

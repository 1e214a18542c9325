"""Hints on the wording of narrative text: what looks for somebody to blame, why that hides what could be learned,
and a better question. They never block."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

OWN = "own_words"


@dataclass(frozen=True)
class Hint:
    """`found` is text[start:end]; `begin` is a first half-sentence somebody may go on writing from."""

    rule: str
    start: int
    end: int
    found: str
    reason: str
    ask: str
    begin: str = ""


@dataclass(frozen=True)
class Rule:
    name: str
    patterns: tuple[str, ...]
    reason: str
    ask: str
    begin: str = ""


ROLES = (
    "team|on-?call|engineer|developer|operator|responder|commander|reviewer|author|administrator|admin|manager|"
    "deployer|person|people|colleague|shift|department|sre|dba|vendor|lead|intern|contractor|approver|owner|"
    "facilitator|technician|staff|maintainer"
)
SAID = r"(?:had|has|have|also|then|again|both|all|still|repeatedly|initially|simply|on duty|on call|on shift)"
NOTICED = r"(?:notic|realis|realiz|recognis|recogniz|spot)"
BY_PEOPLE = (
    rf"(?:{NOTICED}e?|see the|communicate|escalate|inform|tell|mention|consider|appreciate|anticipate|foresee|"
    "understand|ask|question|think|consult|double-check|document|coordinate|appreciate|heed|plan|prepare|test|"
    r"review|raise|follow (?:the|our|any|up|standard|established|agreed|\w+ procedure)|take (?:care|account))"
)
PERFECT = (
    r"been|seen|known|caught|done|gone|taken|told|thought|made|found|read|run|kept|left|built|put|set|held|written|"
    r"given|got|gotten|had|paid|spoken|said|understood|begun|broken|chosen|drawn|driven|fallen|felt|foreseen|"
    r"forgotten|grown|heard|led|lost|meant|met|sent|shown|shut|spent|stood|cut|let|hit|brought|bought|woken|undone|"
    r"come|become|overridden|rerun|stuck|sought|withdrawn"
)
# Also adjectives: “should have automated tests” asks for something, “should have automated this” looks back.
BOTH = "automated|shared|limited|dedicated|signed|scheduled|combined|increased|reduced|replicated|detailed|encrypted"
AFTER = r"(?=\W*(?:$|[.,;:!?)]|(?:the|this|that|it|them|a|an|our|his|her|their|us|him|all|to|before|when)\b))"
NOT_PERFECT = (
    "need|speed|feed|seed|red|bed|shed|weed|indeed|embed|tailored|nested|advanced|unlimited|fixed-size"
)
PROCEDURE = (
    r"(?:\w+ ){0,4}?(?:procedure|process|runbook|polic(?:y|ies)|checklist|guideline|protocol|rule|instruction|"
    r"playbook|convention|freeze|standard|step)s?"
)
SIGNAL = (
    r"(?:alert|alarm|warning|page|signal|message|sign|advice|concern|graph|notification|symptom|clue|recommendation|"
    r"dashboard|hint|e-?mail)"
)

RULES = (
    Rule(
        "human_error",
        (
            r"\b(?:human|operator|user|pilot|manual|engineer|operational) error\b(?!s? (?:rate|page|message|count|code))",
            r"\bma(?:de|kes?|king) (?:an?|the|another|this|that|several|some|such a)? ?(?:\w+ ){0,2}?(?:mistake|error)s?\b",
            r"\bmistakenly\b|\bby mistake\b|\bmistakes were made\b|\b(?:his|her|their|my|our|your|'s) mistakes?\b",
            r"\b(?:screw|mess)ed (?:it |this |that |things )?up\b|\bblunder(?:s|ed)?\b|\bfat[- ]finger(?:ed|ing)?\b",
        ),
        "names an error and stops where the learning starts.",
        "What did they do, expecting what, because of which signal? What did the tool allow?",
        "They expected … because …, and the tool allowed …",
    ),
    Rule(
        "character",
        (
            r"\b(?:careless|reckless|thoughtless)(?:ly|ness)?\b|\bnegligen(?:t|tly|ce)\b|\bcomplacen(?:t|tly|cy)\b",
            r"\bslopp(?:y|ily|iness)\b|\bincompeten(?:t|ce)\b|\birresponsibl[ey]\b|\bunprofessional(?:ly)?\b",
            r"\blaz(?:y|iness)\b(?![- ](?:load|init|eval|import|migrat|delet|fetch|connect|propert|creat|expir|free|writ))",
            r"\b(?:inattentive|clueless|foolish(?:ly)?|stupid(?:ly|ity)?|idiot(?:ic)?)\b",
            r"(?:\bnot|n't|\bnever|\bnobody|\bno one) (?:even |be )?bother(?:ed)?\b",
        ),
        "judges a person, and says nothing about the work.",
        "How were workload and checks, and how did the risk look at that time? What did the safe path cost?",
        "At that time the load was …, and the risk looked …",
    ),
    Rule(
        "blame",
        (
            r"\bfaults? of\b(?! (?:the )?(?:disk|hardware|network|switch|memory))|\bat fault\b",
            r"\b(?:his|her|their|my|our|your|\w+'s) (?:own )?fault\b|\bto blame\b|\bblam(?:ed?|ing) (?:on|the|him|her|them|us|\w+ for)\b",
            r"\bguilty\b|\bculprits?\b|\b(?:broke|broken|breaking) (?:prod|production|the build|the site|everything)\b",
            r"\bcaused by (?:PEOPLE|him|her|them|an? (?:[\w-]+ ){0,2}?(?:ROLES|human))\b",
            r"\bresponsible for (?:the|this|that) (?:\w+ ){0,2}?(?:outage|incident|failure|breakage|bug|downtime|mess|loss)\b",
        ),
        "points at a person, although several conditions had to come together.",
        "Which conditions contributed? “After change X, service Y did Z.”",
        "After the change …, the service …, because …",
    ),
    Rule(
        "hindsight_knowing",
        (
            rf"\b(?:should|must|ought to|could) (?:surely |really )?have (?:\w+ )?(?:known|{NOTICED}ed|guessed|suspected|expected)\b",
            r"\b(?:easily|readily|trivially) (?:be |have been |been )?(?:avoid|prevent|caught|stopp|avert|spotted|fixed)\w*",
            r"\b(?:entirely|totally|completely|perfectly|easily) (?:avoid|prevent)able\b",
        ),
        "is what one knows afterwards.",
        "Who had which information when? At what cost?",
        "At … they could see …, and not yet …",
    ),
    Rule(
        "prevented",
        (
            r"\bwould(?: not|n't)? (?:\w+ly )?have (?:\w+ly |been )?(?:prevent|caught|catch|avoid|stopp|avert|detect|spotted|"
            r"found|noticed|saved|happened|spared)\w*",
        ),
        "describes something that was not there.",
        "Can it become an action item, as a claim that can be tested?",
        "What was there: …",
    ),
    Rule(
        "counterfactual",
        (
            r"\b(?:should|ought to)(?: not|n't)?(?: \w+ly| just| at least| never)? ?'?(?:have|'ve|of)(?: \w+ly| never| also| first| "
            rf"at least| already| just| instead)? (?:(?!(?:{NOT_PERFECT})\b)(?:(?:{BOTH})\b{AFTER}|(?!(?:{BOTH})\b)\w{{2,}}ed\b)|(?:{PERFECT})\b)",
            r"\bcould(?: easily| also| just| at least)? have(?: \w+ly| also| just| at least| already| first)? "
            r"(?!been (?:\w+ ){0,2}worse|led to|affected|caused|resulted|meant|cost|happened|lasted|hit|lost|exposed|corrupted|"
            rf"spread)(?:(?!(?:{NOT_PERFECT})\b)(?:(?:{BOTH})\b{AFTER}|(?!(?:{BOTH})\b)\w{{2,}}ed\b)|(?:{PERFECT})\b)",
        ),
        "describes a world that did not exist.",
        "At that time, what was visible? Which options were considered?",
        "At that time … was visible, and the options were …",
    ),
    Rule(
        "if_only",
        (
            r"\bif only (?:he|she|they|we|I|you|some(?:one|body)|any(?:one|body)|PEOPLE)\b",
            r"\bif only (?:[\w-]+ ){1,5}?(?:had|hadn't|were|would|could)\b",
            r"\bhad (?:he|she|they|we|I|you|some(?:one|body)|any(?:one|body)|PEOPLE) (?:just|only|simply|bothered)\b",
            r"\bhad (?:he|she|they|we|I|you|some(?:one|body)|any(?:one|body)|PEOPLE) (?:not )?\w+[^.?!\n]{0,80}? would\b",
        ),
        "wishes the past were another.",
        "What made the chosen path sensible?",
        "They chose … because …",
    ),
    Rule(
        "not_done",
        (
            rf"\b(?:PEOPLE|I|we|he|she|they|you|nobody|no one|every(?:one|body)|some(?:one|body)) (?:{SAID} )?fail(?:ed|s)? to\b(?: \w+)?",
            rf"\bfail(?:ed|ing) to {BY_PEOPLE}\w*|\bfailures? to {BY_PEOPLE}\w*|\b(?:his|her|their|our|'s) failure to \w+",
            r"\b(?:neglected|forgot|forgotten|omitted) to\b(?: \w+)?|\bforgot about\b",
        ),
        "says what was not done.",
        "What was done instead? Did anything prompt it, or did the step rely on memory?",
        "They did …, and nothing prompted …",
    ),
    Rule(
        "not_seen",
        (
            r"(?<!customers )(?<!users )(?<!clients )(?<!visitors )\b(?:did not|didn't|never|hadn't|had not|nobody|no[- ]one) (?:even |had |\w+ly )?"
            rf"(?:{NOTICED}\w*|pay attention|paid attention)\b",
            rf"\b(?:miss|ignor|overlook|disregard|dismiss)ed (?:the |an? |all |every |several |these |this |our |both |repeated |\w+ )?(?:\w+ ){{0,2}}?{SIGNAL}s?\b(?! header)",
            rf"\b{SIGNAL}s? (?:was|were|had been|got|went|been) (?:\w+ly |just )?(?:missed|ignored|overlooked|dismissed|unheeded)\b",
            r"\b(?:PEOPLE|I|we|he|she|they|you|every(?:one|body)) (?:had |\w+ly )?(?:ignored|overlooked|disregarded)\b",
            r"\b(?:was|were|been) overlooked\b|(?:\bnot|n't) paying attention\b|\bturned a blind eye\b",
        ),
        "says what was not seen.",
        "What was being watched instead, and what did it show? Was the alert one of many?",
        "They were watching …, which showed …",
    ),
    Rule(
        "obvious",
        (
            r"(?<!not )\bobvious(?:ly)?\b",
            r"(?:^|(?<=[.!?] )|(?<=\b(?:was|has|had|did|are|she|you) )|(?<=\b(?:were|they|been) )|(?<=\b(?:is|he|we|it) ))"
            r"clearly\b(?! (?:mark|label|name|document|describ|defin|separat|writ|stat|word|show|list|structur|say|visible in the legend|legible|communicat|enough))",
            r"(?<!more )(?<!as )(?<!put )(?<!explain )\bsimply\b(?! put)|\b(?:just|only) (?:had|needed|have|has) to\b|\ball (?:they|he|she|we|you) had to do\b",
            r"\bof course,? (?:the|this|it|they|he|she|we|nobody)\b|\bcommon sense\b",
        ),
        "is clear only from here.",
        "What was the evidence at that time? What were the actual steps?",
        "What they had in front of them was …",
    ),
    Rule(
        "judged",
        (
            r"\binadequate(?:ly)?\b",
            r"\binsufficient(?:ly)?\b(?! (?:\w+ )?(?:memory|permission|disk|space|fund|privilege|capacity|quota|credit|storage|scope|stock|right|entropy|bandwidth|replica|buffer|balance|cpu|data\b))",
            r"\b(?:poor|bad|lousy|terrible|weak) (?:\w+ )?(?:judge?ment|communication|decisions?|choices?|planning|coordination|leadership|"
            r"discipline|attention|handover|testing|preparation|execution|work|management|call)\b",
            r"\bsubstandard\b|\bnot good enough\b|\bwrong (?:call|decision|judge?ment)\b",
        ),
        "compares with something it does not name.",
        "Compared with what? It covered A and B, and not C.",
        "It covered …, and not …",
    ),
    Rule(
        "violation",
        (
            rf"\bviolat(?:ed|es|ing|ion of) {PROCEDURE}\b|(?:\bnot|n't|\bnever|\bwithout) follow(?:ed|ing|s)? {PROCEDURE}\b",
            rf"\b(?:against|in breach of|breach of|breached|broke|breaking|disregard(?:ed|ing)?|flout(?:ed|ing)|circumvented|bypassed) (?:the |our |company |agreed ){{1,2}}{PROCEDURE}\b",
            rf"\bnon-?complian(?:ce|t) with {PROCEDURE}|\b(?:ignored|skipped) (?:the |our ){PROCEDURE}\b",
        ),
        "compares the work with a written procedure.",
        "The procedure said X. How is it usually done, how common is that, and why is it reasonable?",
        "The procedure says …, but usually … because …",
    ),
    Rule(
        "root_cause",
        (
            r"(?<!no )(?<!not )\b(?:the|its|our|true|real|sole|one) (?:\w+ )?root cause\b(?! (?:analys|is unknown|field|template))[^.?!\n]{0,60}?(?:\b(?:was|is|were|turned out|lies|lay)\b|:)",
            r"\b(?:the )?(?:sole|single|one|only) (?:cause|reason) (?:of|for|was|is)\b|^root cause:",
        ),
        "picks one of several that had to come together.",
        "Which factors combined?",
        "These factors combined: …",
    ),
    Rule(
        "interrogation",
        (
            r"\bwhy (?:on earth )?did(?: not|n't)? (?:you|he|she|they|nobody|no[- ]one|any(?:one|body)|PEOPLE)\b|\bwhy didn't we\b",
            r"\bwhy (?:was|were)(?: not|n't) (?:you|he|she|they|any(?:one|body)|PEOPLE)\b|\bhow could (?:you|he|she|they|anyone) (?:have )?\w+",
            r"(?:^|(?<=[.!?:,] )|(?<=find out )|(?<=know )|(?<=asked ))who (?:the hell )?(?:broke|approved|caused|merged|wrote|signed off|allowed|let|pushed|touched|"
            r"changed|is responsible|was responsible|is to blame|did this|messed|deployed|thought it)\b(?=[^.!\n]*(?:\?|$|\.))(?![^.?\n]*,)",
        ),
        "asks a person to justify themselves.",
        "How did that make sense? What would lead any responder here?",
        "What would lead anybody here: …",
    ),
    Rule(
        "lack",
        (
            r"\b(?:lack(?:s|ed|ing)?(?: of)?|absence of|want of|no|too little) (?:\w+ )?(?:attention|care|discipline|diligence|vigilance|rigou?r|"
            r"awareness|foresight|competence|effort|common sense|focus|due diligence|attentiveness|responsibility)\b(?! (?:of the|for) (?:service|module))",
            r"\b(?:lost|loss of|losing) situational awareness\b",
        ),
        "says what a person did not have, and not what their attention was on.",
        "What were the competing demands? What did the displays show?",
        "At the same time they were asked to …",
    ),
    Rule(
        "never_again",
        (
            r"\bnever (?:be allowed to |ever )?(?:happens? |occurs? )?again\b",
            r"(?:\bnot|n't|\bcannot|\bnever) (?:ever )?(?:be repeated|happen again|occur again|be allowed to happen)\b",
        ),
        "promises what nobody can.",
        "How likely should it be, and detected within what time?",
        "We would detect it within …",
    ),
)

LONGEST = 50_000  # characters of a text that are checked

# What is not the writer's own wording. Blanked at the same length, so that positions stay.
_NOT_READ = re.compile(
    r"^(?:```|~~~).*?(?:^(?:```|~~~)|\Z)|^ {0,3}>[^\n]*$|`{1,10}[^`\n]{1,400}`{1,10}|"
    r"!?\[[^\]\n]{0,400}\]\([^)\n]{0,2000}\)|https?://\S+|“[^”\n]{1,400}”|\"[^\"\n]{1,400}\"",
    re.MULTILINE | re.DOTALL,
)


def hints(text: str, own_words: Iterable[tuple[str, str]] = (), *, names: Iterable[str] = ()) -> list[Hint]:
    """In order, none overlapping. `own_words` are (words, what to ask); `names` of people tell that somebody, not
    something, is meant. Code, quotations and links are skipped, and what stands beyond `LONGEST` characters."""
    text = text[:LONGEST]
    read = _NOT_READ.sub(lambda match: re.sub(r"[^\n]", "\x00", match[0]), text).replace("’", "'")
    found = [
        Hint(rule.name, *match.span(), text[match.start() : match.end()], rule.reason, rule.ask, rule.begin)
        for rule, pattern in _compiled(_named(names))
        for match in pattern.finditer(read)
    ]
    for words, ask in own_words:
        pattern = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
        found += [
            Hint(
                OWN,
                *m.span(),
                text[m.start() : m.end()],
                "is on your organisation's list of words to reconsider.",
                ask,
            )
            for m in pattern.finditer(read)
        ]
    found.sort(key=lambda hint: (hint.start, -hint.end))
    alone: list[Hint] = []
    for hint in found:
        if not alone or hint.start >= alone[-1].end:
            alone.append(hint)
    return alone


def _named(names: Iterable[str]) -> tuple[str, ...]:
    """Whole and first names, the longer first, so that the whole one is found."""
    said = {
        part for name in names if name.strip() for part in (name.strip(), name.split()[0]) if len(part) > 1
    }
    return tuple(sorted(said, key=lambda name: (-len(name), name)))


@lru_cache(maxsize=64)
def _compiled(names: tuple[str, ...]) -> list[tuple[Rule, re.Pattern[str]]]:
    roles = rf"(?:the|our|an?|this|that|another|both|two|several) (?:[\w-]+ ){{0,3}}?(?:{ROLES})s?"
    people = "(?:" + "|".join([roles, *map(re.escape, names)]) + ")"
    return [
        (
            rule,
            re.compile(
                "|".join(f"(?:{p})" for p in rule.patterns).replace("PEOPLE", people).replace("ROLES", ROLES),
                re.IGNORECASE | re.MULTILINE,
            ),
        )
        for rule in RULES
    ]

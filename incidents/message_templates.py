"""The words updates start from in a new installation: plain, honest about what is not known, without blame."""

from django.utils.translation import gettext_noop

from incidents.models import Audience, Stage

TEAM, PUBLIC, EXECUTIVES, RESPONDERS = (
    Audience.STAKEHOLDERS,
    Audience.PUBLIC,
    Audience.EXECUTIVES,
    Audience.RESPONDERS,
)
_IMPACT = "{{ known }}\n\nCustomer impact: {{ impact.summary }}."
_WHERE = "{{ known }}\n\nWe work in {{ channel }}. {{ commander }} commands."

MESSAGES: dict[tuple[str, str], dict[str, str]] = {
    (Stage.DECLARED, TEAM): {
        "known": "We see a problem with {{ components }}. Customer impact: {{ impact.summary }}.",
        "unknown": "The cause, and whether more is affected.",
        "doing": "A team is together and is looking into it.",
    },
    (Stage.DECLARED, PUBLIC): {
        "known": gettext_noop("We see a problem with {{ components }} and are looking into it. We do not know the cause yet.")
    },
    (Stage.DECLARED, EXECUTIVES): {"known": "{{ severity }}: {{ known }}\n\n{{ commander }} commands the response."},
    (Stage.DECLARED, RESPONDERS): {"known": _WHERE},
    (Stage.SCOPE, TEAM): {
        "known": "Affected: {{ components }}. Customer impact: {{ impact.summary }}. It has lasted {{ duration }}.",
        "unknown": "The cause.",
    },
    (Stage.SCOPE, PUBLIC): {
        "known": gettext_noop("We know what is affected and are working on it: {{ components }}.")
    },
    (Stage.SCOPE, EXECUTIVES): {"known": "{{ severity }}: {{ known }}"},
    (Stage.NO_CHANGE, TEAM): {"known": "Nothing has changed since the last update. The work continues."},
    (Stage.NO_CHANGE, PUBLIC): {"known": gettext_noop("Nothing has changed since our last update. We are still working on it.")},
    (Stage.NO_CHANGE, EXECUTIVES): {"known": "{{ known }} It has lasted {{ duration }}."},
    (Stage.NO_CHANGE, RESPONDERS): {"known": _WHERE},
    (Stage.MITIGATED, TEAM): {
        "known": "The impact has stopped or is contained. It lasted {{ duration }}.",
        "unknown": "Whether it holds.",
        "doing": "We are watching the recovery.",
    },
    (Stage.MITIGATED, PUBLIC): {
        "known": gettext_noop("What we did is working, and {{ components }} should behave normally again. We are watching it closely.")
    },
    (Stage.MITIGATED, EXECUTIVES): {"known": _IMPACT},
    (Stage.MONITORING, TEAM): {
        "known": "It still holds. We are checking that everything works as before.",
        "doing": "We are watching the recovery.",
    },
    (Stage.MONITORING, PUBLIC): {"known": gettext_noop("Everything still works as it should. We keep watching before we call it over.")},
    (Stage.RESOLVED, TEAM): {
        "known": "The incident is resolved. It lasted {{ duration }}.",
        "doing": "We will look back together at what happened and what to improve.",
    },
    (Stage.RESOLVED, PUBLIC): {
        "known": gettext_noop("This is resolved, and everything should work as before. We are sorry for the trouble.")
    },
    (Stage.RESOLVED, EXECUTIVES): {
        "known": "{{ known }}\n\nCustomer impact: {{ impact.summary }}. Cost between {{ cost.low }} and {{ cost.high }}."
    },
    (Stage.RESOLVED, RESPONDERS): {"known": "{{ known }}\n\nThank you. Please write down what you remember while it is fresh."},
    (Stage.RETROSPECTIVE, TEAM): {
        "known": "The retrospective of {{ incident.reference }} is published: what happened, what helped, what we improve."
    },
    (Stage.RETROSPECTIVE, PUBLIC): {
        "known": gettext_noop("We have looked back at what happened, and this is what we learned and what we are improving:")
    },
    (Stage.CORRECTION, TEAM): {"known": "What we wrote before was not right. Correct is: "},
    (Stage.CORRECTION, PUBLIC): {"known": gettext_noop("What we wrote before was not right. Correct is: ")},
    (Stage.MAINTENANCE, TEAM): {
        "known": "Planned work on {{ components }} is under way.",
        "doing": "We go through the plan and check each step.",
    },
    (Stage.MAINTENANCE, PUBLIC): {"known": gettext_noop("Planned work on {{ components }} is under way. You may notice short interruptions.")},
    (Stage.SECURITY, TEAM): {
        "known": "We are looking into something that concerns security. Please do not pass this on.",
        "unknown": "Whether anybody saw or changed what they should not.",
        "doing": "A small team is securing traces and closing what may be open.",
        "ask": "Do not change or delete anything on the systems concerned. Report what looks odd to the team only.",
    },
    (Stage.SECURITY, PUBLIC): {
        "known": gettext_noop("We are looking into a matter of security. We will contact the people affected directly.")
    },
    (Stage.THIRD_PARTY, TEAM): {
        "known": "A service we rely on has trouble, and {{ components }} with it. Customer impact: {{ impact.summary }}.",
        "unknown": "When it will be back.",
        "doing": "We are in contact with them and are making do without it where we can.",
    },
    (Stage.THIRD_PARTY, PUBLIC): {
        "known": gettext_noop("A service we rely on has trouble, which affects {{ components }}. We are working around it where we can.")
    },
    (Stage.FALSE_ALARM, TEAM): {
        "known": "This was a false alarm: what we saw had a harmless explanation, and nobody was affected.",
        "doing": "We look at how to tell the two apart next time.",
    },
    (Stage.FALSE_ALARM, PUBLIC): {"known": gettext_noop("This was a false alarm, and nothing was affected.")},
}  # fmt: skip

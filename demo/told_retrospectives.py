"""What Fernhill's people wrote in three of their retrospectives: the words alone, `retrospectives.py` enters them."""

from dataclasses import dataclass, field


@dataclass
class Cause:
    """`under` is the text of the factor it is behind, `row` a word of the timeline row that speaks for it."""

    text: str
    category: str
    level: str = "systemic"
    under: str = ""
    question: str = ""
    explanation: str = ""
    evidence: str = ""
    row: str = ""
    actions: tuple[str, ...] = ()


@dataclass
class Told:
    """Days count back from today, minutes of `rows` from the beginning of the impact."""

    incident_words: str  # in the title of the incident it is about
    facilitator: str
    participants: tuple[str, ...]
    scope: str
    objectives: str
    held: float
    review: float
    published: float | None
    reviewer: str
    review_note: str
    rows: list[tuple[int, str, str, str]]  # minute, who, kind, text
    impact: dict[str, str]
    numbers: dict[str, list[tuple[str, str, str]]]
    debt: str
    causes: list[Cause]
    learnings: list[tuple[str, str, str, int]]  # who, kind, text, dots
    group: tuple[str, tuple[str, ...]]
    narrative: dict[str, str]
    introduced: str = ""
    gap: tuple[int, int, str] | None = None
    recollection: tuple[str, str, str] | None = None  # beside a word of a row: who, what
    public_text: str = ""
    marks: tuple[str, ...] = ()
    safety: tuple[int, ...] = (5, 4, 4, 5, 4, 5)
    starred: tuple[str, ...] = field(default=())


POOL = Told(
    incident_words="Pool exhausted",
    facilitator="ines",
    participants=("ana", "sam", "lee", "mira", "nora"),
    scope="From the deployment of payments-api v222 to the end of the recovery checks. Not part of it: the card"
    " provider's own outage, which they look into themselves.",
    objectives="Why could one slow partner stop every payment? What told us, and what could have told us sooner?",
    held=20, review=18, published=15, reviewer="tom",
    review_note="I can follow it without knowing payments. I added a question about who may stop the release train.",
    rows=[
        (-34, "sam", "change", "Deployed payments-api v222 with the second attempt for card payments"),
        (-9, "mira", "note", "First shop chat asks why card payments take a minute"),
        (2, "sam", "alert", "Alert: checkout errors above 20%"),
        (9, "lee", "note", "Alert on pool saturation is muted since the load test seven weeks ago"),
        (12, "sam", "note", "All 40 connections are in use on every instance"),
        (22, "ana", "decision", "We roll back now and look for the cause afterwards"),
        (41, "lee", "note", "v221 runs on all instances, errors fall"),
    ],
    introduced="v222", gap=(-9, 2, "Eleven minutes between the first chat and the alert. Nobody who could act knew."),
    recollection=("muted", "sam", "I thought the mute had ended with the load test. The page does not show mutes."),
    starred=("muted", "We roll back now"),
    impact={
        "customers": "Card payments failed or took longer than a minute for 41 minutes. Paying by invoice worked"
        " throughout. About 1,900 customers saw an error, and 1,240 of them came back the same day.",
        "business": "Orders fell by 61% in that time. Two partners asked for an explanation and got one within a day.",
        "technical": "No data was lost or charged twice. We rolled back and now run without the second attempt.",
        "team": "Two people were travelling when it began. Nobody was alone with it, and whoever was on"
        " call next was relieved by an hour.",
    },
    numbers={
        "customers": [("Failed payments", "1,900", ""), ("Came back the same day", "65", "%")],
        "business": [("Orders compared with the week before", "−61", "%")],
    },
    debt="Payments have no second attempt until the client releases its connection first.",
    causes=[
        Cause(
            "A slow call to the card provider keeps its database connection", "Code", "proximate",
            explanation="The connection is taken before the call and given back after it. With answers in 200 ms"
            " nobody could see a difference. With answers in 30 s, 40 customers hold all 40 connections.",
            row="All 40 connections", evidence="Connections held per call, dashboard “payments, database”",
            actions=("Release a connection",),
        ),
        Cause(
            "The second attempt doubles the time a connection is held", "Code",
            under="A slow call to the card provider keeps its database connection",
            question="How did the change make it worse?", row="v222",
            explanation="v222 was reviewed for correct charging. The review looked at amounts, not at how long"
            " something is held.",
        ),
        Cause(
            "Tests use a card provider that always answers at once", "Platform",
            under="The second attempt doubles the time a connection is held",
            question="Why did no test show it?",
            evidence="tests/fakes/card_provider.py answers in 0 ms", actions=("Contract test",),
        ),
        Cause(
            "Mutes have no end date and are not shown on the dashboard", "Process",
            explanation="The alert on pool saturation was muted for a load test seven weeks earlier. Whoever mutes"
            " has to remember to end it, and nothing reminds them.",
            row="muted", actions=("Alert on pool saturation", "Show the pool"),
        ),
        Cause(
            "The provider's contact stands in one person's notes", "People",
            explanation="It took 14 minutes to reach them, and Mira happened to know the number.",
            evidence="Fourteen minutes in the incident's chat", actions=("Page the provider",),
        ),
        Cause(
            "The shop chat has no way to report to the people on call", "Process",
            evidence="Chat message nine minutes before the impact began", row="First shop chat",
        ),
    ],
    learnings=[
        ("sam", "helped", "We decided to roll back before we knew the cause", 3),
        ("lee", "helped", "The old version was still there and could be started in two minutes", 1),
        ("ana", "hindered", "The alert that would have told us was muted for seven weeks", 4),
        ("mira", "hindered", "Customers told the shop chat before any alert told us", 2),
        ("nora", "surprised", "One slow partner stops every payment, invoices excepted", 1),
        ("sam", "invalidated", "We assumed that 40 connections are plenty, as we use six on a usual day", 2),
        ("lee", "lucky", "Mira had the provider's number in her notes", 1),
    ],
    group=("What told us, and when", ("muted for seven weeks", "shop chat before")),
    narrative={
        "summary": "Card payments stopped for 41 minutes. The card provider answered slowly, and"
        " each waiting payment kept a database connection until none was left. A change made shortly before, a"
        " second attempt for card payments, doubled the waiting time. We rolled it back. Nothing was charged twice.",
        "what_happened": "Version 222 of payments-api went live 34 minutes before the impact. For half an hour all"
        " was well, because the provider answered fast. Then its answers slowed to 30 seconds. Each payment held its"
        " connection for both attempts, and within three minutes all 40 connections were in use on every instance."
        "\n\nThe alert on pool saturation was muted since a load test seven weeks earlier. The first sign was a customer in"
        " the shop chat, nine minutes before the errors on checkout rang. We looked at a burst of bots first and set"
        " that aside when the numbers did not show it. At minute 22 we decided to roll back without knowing the cause.",
        "response": "Ana took command within four minutes, Sam and Lee worked on the two most likely causes side by"
        " side, and Mira kept the shop informed every 20 minutes. Reaching the provider took 14 minutes.",
        "outlook": "Two things stay with us. Deciding to roll back early costs little when rolling back is easy. And"
        " an alert that is muted without an end is an alert we do not have.",
    },
    public_text="For 41 minutes card payments failed. A partner answered slowly and a change of ours"
    " made us sensitive to that. We took the change back. Nobody was charged twice. We are changing how we handle slow"
    " partners and have already improved our alerts.",
    marks=("tom", "jonas", "priya", "nora"),
)  # fmt: skip

SIGN_IN = Told(
    incident_words="signed out",
    facilitator="jonas",
    participants=("lee", "sam", "ana", "priya"),
    scope="From the first ticket to the moment both servers were back in rotation.",
    objectives="Why did it take an hour from the first ticket until somebody looked at a clock?",
    held=148, review=145, published=141, reviewer="tom",
    review_note="Clear. I did not know that sessions depend on the clock, and now I do.",
    rows=[
        (-95, "lee", "change", "Two servers were replaced and started from last year's image"),
        (12, "priya", "note", "Ticket: I have to sign in again after every page"),
        (52, "sam", "note", "Both servers are four minutes behind the others"),
    ],
    introduced="replaced", starred=("four minutes",),
    recollection=("Ticket", "priya", "There were two more tickets the evening before. We took them for old browsers."),
    impact={
        "customers": "About one customer in eleven was signed out at random while shopping, some of them several times.",
        "business": "Baskets were kept, so few orders were lost. Support answered 41 tickets.",
        "technical": "No data was at risk: sessions ended too early, never too late.",
        "team": "Calm. Three people had time to look at it together.",
    },
    numbers={"customers": [("Customers affected", "7,560", "")], "business": [("Tickets", "41", "")]},
    debt="",
    causes=[
        Cause(
            "Two servers are four minutes behind", "Platform", "proximate", row="four minutes",
            explanation="A session is valid from its time of signing in. For a server that is behind, that time is"
            " in the future, and it asks the customer to sign in again.",
        ),
        Cause(
            "The image of last year starts without a time service", "Platform", row="replaced",
            under="Two servers are four minutes behind", question="How did they come to be behind?",
            actions=("Check every server",),
        ),
        Cause(
            "No check compares the clocks of servers", "Platform", under="Two servers are four minutes behind",
            question="Why did nothing tell us?", evidence="List of checks, none of them is about time",
            actions=("Check every server",),
        ),
        Cause(
            "Taking a server out is known by heart, not written down", "People",
            evidence="The runbook page “Servers” ends after “Adding one”", actions=("Say in the runbook",),
        ),
    ],
    learnings=[
        ("priya", "helped", "Nine tickets with the same words made the pattern easy to see", 2),
        ("sam", "surprised", "A clock that is four minutes behind signs people out", 3),
        ("lee", "hindered", "The graphs show averages of six servers, so two odd ones disappear in them", 2),
        ("ana", "lucky", "Only two of six servers had been replaced by then", 1),
    ],
    group=("Odd ones disappear", ("averages of six", "Only two of six")),
    narrative={
        "summary": "For an hour customers were signed out at random. Two servers that had been replaced the same day"
        " were four minutes behind, and for them every new session began in the future.",
        "what_happened": "Two of six servers were replaced and started from an image of last year, which has no time"
        " service. Sessions are checked against the server's own clock. Support saw nine tickets with nearly the same"
        " words within half an hour. Sam compared what the six servers answered, found two that differ, and looked at"
        " their clocks.",
        "response": "Once we knew which servers it was, taking them out of rotation took three minutes. Finding out how"
        " to do that took eleven.",
        "outlook": "We look at single servers, not only at averages, when a problem is random for customers.",
    },
    marks=("mira", "tom"), safety=(5, 5, 4, 4, 5),
)  # fmt: skip

LABELS = Told(
    incident_words="Label printer",
    facilitator="priya",
    participants=("tom", "ana", "sam", "lee"),
    scope="The warehouse, from the first label that did not come to the end of the backlog.",
    objectives="Why can one address stop everything? What do people at the packing desks need to see?",
    held=5, review=0.4, published=None, reviewer="ana", review_note="",
    rows=[
        (-3, "tom", "change", "Addresses from the new marketplace come in, with emoji in names"),
        (6, "tom", "note", "All four printers wait, the queue shows one label as “printing”"),
        (21, "sam", "note", "The label has an address line of 300 characters"),
    ],
    introduced="marketplace",
    impact={
        "customers": "49 parcels left a day later than promised.",
        "business": "The carrier came twice that day, which cost 180 €.",
        "technical": "The queue has no place yet for labels that cannot be printed.",
        "team": "The early shift packed without labels for 20 minutes and sorted everything by hand afterwards.",
    },
    numbers={"customers": [("Parcels a day late", "49", "")], "business": [("Second collection", "180", "€")]},
    debt="The malformed label was deleted by hand. Its order is printed from the office.",
    causes=[
        Cause(
            "A label that cannot be printed stays first in the queue", "Code", "proximate", row="All four printers",
            explanation="The queue waits for each label to be printed before it takes the next one. There is no"
            " “give up after”.", actions=("Skip malformed labels",),
        ),
        Cause(
            "Addresses are checked for missing fields, not for length", "Data", row="300 characters",
            under="A label that cannot be printed stays first in the queue",
            question="How could such an address come in?",
        ),
        Cause(
            "The packing desks see “waiting”, not why", "Process",
            evidence="Photo of the screen at desk 2",
        ),
    ],
    learnings=[
        ("tom", "helped", "The early shift numbered the parcels by hand at once, so nothing was mixed up", 3),
        ("ana", "hindered", "From the desks nobody can see which label the queue waits for", 2),
        ("sam", "surprised", "Names with emoji print well, it was the length", 1),
        ("lee", "invalidated", "We assumed that the marketplace checks its addresses as we do", 2),
    ],
    group=("What the desks need to see", ("which label", "numbered the parcels")),
    narrative={
        "summary": "One address of 300 characters stopped all label printers in the warehouse for 27 minutes. 49 parcels"
        " left a day late.",
        "what_happened": "The first orders of the new marketplace came in. One of them has an address line"
        " of 300 characters, which the printers refuse. The queue keeps such a label in first place and tries again. At"
        " the desks all that could be seen was “waiting”.",
        "response": "Tom called the office after six minutes. Sam found the label by comparing the queue with the"
        " printer's log, and deleted it by hand.",
    },
    safety=(4, 5, 4, 3, 4),
)  # fmt: skip

ALL = (SIGN_IN, POOL, LABELS)

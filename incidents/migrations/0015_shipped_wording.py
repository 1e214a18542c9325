from django.db import migrations

WORDS = ("known", "unknown", "doing", "workaround", "ask")
MESSAGES = [
    # stage, audience, the words as earlier versions shipped them, as they are shipped now
    ("declared", "responders", [
        {"known": "{{ known }}\n\nWe work in {{ channel }}; {{ commander }} commands."},
    ], {"known": "{{ known }}\n\nWe work in {{ channel }}. {{ commander }} commands."}),
    ("declared", "stakeholders", [
        {"known": "We see a problem with {{ components }}. What people notice: {{ impact.summary }}.", "unknown": "The cause, and whether more is affected.", "doing": "A team is together and is looking into it."},
    ], {"known": "We see a problem with {{ components }}. Customer impact: {{ impact.summary }}.", "unknown": "The cause, and whether more is affected.", "doing": "A team is together and is looking into it."}),
    ("false_alarm", "public", [
        {"known": "This was a false alarm; nothing was affected."},
    ], {"known": "This was a false alarm, and nothing was affected."}),
    ("mitigated", "executives", [
        {"known": "{{ known }}\n\nIt has lasted {{ duration }}. Customer impact: {{ impact.summary }}. "},
        {"known": "{{ known }}\n\nIt has lasted {{ duration }}. What people notice: {{ impact.summary }}. "},
    ], {"known": "{{ known }}\n\nCustomer impact: {{ impact.summary }}."}),
    ("no_change", "responders", [
        {"known": "{{ known }}\n\nWe work in {{ channel }}; {{ commander }} commands."},
    ], {"known": "{{ known }}\n\nWe work in {{ channel }}. {{ commander }} commands."}),
    ("no_change", "stakeholders", [
        {"known": "Nothing has changed since the last update; the work goes on."},
    ], {"known": "Nothing has changed since the last update. The work continues."}),
    ("resolved", "executives", [
        {"known": "{{ known }}\n\nCustomer impactd: {{ impact.summary }}. Cost between {{ cost.low }} and {{ cost.high }}."},
        {"known": "{{ known }}\n\nWhat people noticed: {{ impact.summary }}. Cost between {{ cost.low }} and {{ cost.high }}."},
    ], {"known": "{{ known }}\n\nCustomer impact: {{ impact.summary }}. Cost between {{ cost.low }} and {{ cost.high }}."}),
    ("resolved", "public", [
        {"known": "This is resolved. We have checked that everything works again. We are sorry for the trouble."},
        {"known": "This is resolved: we have checked that everything works again. We are sorry for the trouble."},
    ], {"known": "This is resolved, and everything should work as before. We are sorry for the trouble."}),
    ("resolved", "stakeholders", [
        {"known": "It is over: the recovery is verified. It lasted {{ duration }}.", "doing": "We will look back together at what happened and what to improve."},
        {"known": "The incident is resolved and the recovery is verified. It lasted {{ duration }}.", "doing": "We will look back together at what happened and what to improve."},
    ], {"known": "The incident is resolved. It lasted {{ duration }}.", "doing": "We will look back together at what happened and what to improve."}),
    ("scope", "executives", [
        {"known": "{{ known }}\n\nIt has lasted {{ duration }}. Customer impact: {{ impact.summary }}. "},
        {"known": "{{ known }}\n\nIt has lasted {{ duration }}. What people notice: {{ impact.summary }}. "},
    ], {"known": "{{ severity }}: {{ known }}"}),
    ("scope", "public", [
        {"known": "{{ components }} are not working as they should. We know what is affected and are working on it."},
    ], {"known": "We know what is affected and are working on it: {{ components }}."}),
    ("scope", "stakeholders", [
        {"known": "Affected: {{ components }}. What people notice: {{ impact.summary }}. It has lasted {{ duration }}.", "unknown": "The cause."},
        {"known": "{{ components }}: {{ impact.summary }}. It has lasted {{ duration }}.", "unknown": "The cause."},
    ], {"known": "Affected: {{ components }}. Customer impact: {{ impact.summary }}. It has lasted {{ duration }}.", "unknown": "The cause."}),
    ("security", "public", [
        {"known": "We are looking into a matter of security. We will tell whoever is affected directly."},
    ], {"known": "We are looking into a matter of security. We will contact the people affected directly."}),
    ("third_party", "public", [
        {"known": "{{ components }} are affected by trouble at a service we rely on. We are working around it where we can."},
    ], {"known": "A service we rely on has trouble, which affects {{ components }}. We are working around it where we can."}),
    ("third_party", "stakeholders", [
        {"known": "A service we rely on has trouble, and {{ components }} with it. What people notice: {{ impact.summary }}.", "unknown": "When it will be back.", "doing": "We are in contact with them and are making do without it where we can."},
    ], {"known": "A service we rely on has trouble, and {{ components }} with it. Customer impact: {{ impact.summary }}.", "unknown": "When it will be back.", "doing": "We are in contact with them and are making do without it where we can."}),
]
BRIEFS = [
    ("commander", "You decide and delegate; you do not debug. Name who does what by when. Mitigate before you look for the cause. Say the severity and the next step out loud. Hand over before you are tired.", "You decide and delegate. You do not debug. Name who does what by when. Mitigate before you look for the cause. Say the severity and the next step out loud. Hand over before you are tired."),
    ("communications_lead", "You keep everybody outside informed, on time: what we know, what we do not know, what we are doing, when the next word comes. An update without news is still an update.", "You keep everybody outside informed, on time: what we know, what we do not know, what we are doing, when the next update comes. An update without news is still an update."),
]
CRITERIA = ("Annoying; no customer is stopped.", "Annoying, but no customer is blocked.")


def settle_shipped_words(apps, schema_editor):
    """What an earlier version shipped and nobody has edited reads as it is shipped now; all else stays.

    Only the words as shipped are translated for status pages in other languages.
    """
    templates = apps.get_model("incidents", "MessageTemplate").objects
    for stage, audience, earlier, now in MESSAGES:
        for words in earlier:
            unedited = {word: words.get(word, "") for word in WORDS}
            shipped = {word: now.get(word, "") for word in WORDS}
            templates.filter(stage=stage, audience=audience, **unedited).update(**shipped)
    for slug, before, now in BRIEFS:
        apps.get_model("incidents", "Role").objects.filter(slug=slug, brief=before).update(brief=now)
    before, now = CRITERIA
    apps.get_model("incidents", "Severity").objects.filter(criteria=before).update(criteria=now)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0014_newest_updates")]
    operations = [migrations.RunPython(settle_shipped_words, migrations.RunPython.noop, elidable=True)]

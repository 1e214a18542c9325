"""Does what an earlier version shipped, and nobody has edited, read as it is shipped today?"""

from importlib import import_module

import pytest
from django.apps import apps

from incidents.catalogue import ROLES, SEVERITIES
from incidents.message_templates import MESSAGES
from incidents.models import WORDS, MessageTemplate, Role, Severity

wording = import_module("incidents.migrations.0015_shipped_wording")
EARLIER = [(stage, audience, words) for stage, audience, before, _ in wording.MESSAGES for words in before]


def stored(stage, audience) -> dict[str, str]:
    words = MessageTemplate.objects.get(stage=stage, audience=audience).words
    return {word: text for word, text in words.items() if text}


def store(stage, audience, words) -> None:
    everything = {word: words.get(word, "") for word in WORDS}
    MessageTemplate.objects.filter(stage=stage, audience=audience).update(**everything)


@pytest.mark.django_db
@pytest.mark.parametrize(("stage", "audience", "words"), EARLIER)
def test_a_template_nobody_edited(stage, audience, words):
    store(stage, audience, words)
    wording.settle_shipped_words(apps, None)
    assert stored(stage, audience) == MESSAGES[stage, audience]


@pytest.mark.django_db
@pytest.mark.parametrize(("stage", "audience", "words"), EARLIER)
def test_one_that_somebody_edited_stays(stage, audience, words):
    edited = words | {"ask": "Call the desk."}
    store(stage, audience, edited)
    wording.settle_shipped_words(apps, None)
    assert stored(stage, audience) == edited


@pytest.mark.django_db
def test_briefs_and_criteria():
    for slug, before, _ in wording.BRIEFS:
        Role.objects.filter(slug=slug).update(brief=before)
    Role.objects.filter(slug="scribe").update(brief="Write it down.")
    Severity.objects.filter(rank=4).update(criteria=wording.CRITERIA[0])
    Severity.objects.filter(rank=5).update(criteria="Only a blemish.")
    wording.settle_shipped_words(apps, None)
    briefs = dict(Role.objects.values_list("slug", "brief"))
    assert {slug: briefs[slug] for slug, *_ in wording.BRIEFS} == {
        slug: ROLES[slug][2] for slug, *_ in wording.BRIEFS
    }
    assert briefs["scribe"] == "Write it down."
    assert Severity.objects.get(rank=4).criteria == SEVERITIES[4][0]
    assert Severity.objects.get(rank=5).criteria == "Only a blemish."

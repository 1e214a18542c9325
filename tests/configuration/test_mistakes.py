"""Does a mistake name file, line and field, with all others, and change nothing?"""

import pytest
from django.core.management.base import CommandError

from audit.models import AuditEntry
from incidents.models import Service
from notifications.models import Channel

FIRST = """services:
  - name: Shop
  - name: Mail
    tier: 9
  - name: Gateway
    depends_on:
      - shop
      - nowhere
  - name: Shop
  - tier: 1
  - name: Cart
    depends_on: [mail]
    colour: red
    description: [1]
"""
SECOND = """severities:
  - name: SEV2
    cadences:
      public:
        first_minutes: soon
widgets: []
channels:
  - name: Chat
    url: https://hooks.example/s3cret
roles: commander
checklists:
  - {title: Call, role: nobody}
  - {title: [Call]}
"""


def test_all_are_told_at_once_with_their_lines(written, apply):
    entries = AuditEntry.objects.count()
    with pytest.raises(CommandError) as refusal:
        apply(written(a=FIRST, b=SECOND))
    lines = str(refusal.value).splitlines()
    assert lines[0] == "Nothing was changed."
    assert [line.split(" ")[0] for line in lines[1:]] == [
        "a.yaml:4:",
        "a.yaml:8:",
        "a.yaml:9:",
        "a.yaml:10:",
        "a.yaml:13:",
        "a.yaml:14:",
        "b.yaml:5:",
        "b.yaml:6:",
        "b.yaml:9:",
        "b.yaml:10:",
        "b.yaml:12:",
        "b.yaml:13:",
    ], "\n".join(lines)
    assert "depends_on.1: There is no “nowhere” here" in lines[2]
    assert "colour: There is no such field. There are depends_on, description, " in "\n".join(lines)
    assert "also at a.yaml:2" in lines[3]
    assert "cadences.public.first_minutes: A valid integer is required." in lines[7]
    assert "s3cret" not in str(refusal.value)
    assert not Service.objects.exists()
    assert not Channel.objects.exists()
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("services: &a [{name: &b x}]\nroles: *a", "a.yaml:2: Aliases"),
        ("services:\n  - name: A\n    name: B", "a.yaml:3: “name” is here twice"),
        ("services: [", "a.yaml:1: This is not YAML"),
        ("services: !!python/name:os.system", "a.yaml:1: Tags (!name) are not read"),
        ("services: [{name: !!timestamp x}]", "a.yaml:1: Tags (!name) are not read"),
        ("services: [{name: !!bool x}]", "a.yaml:1: Tags (!name) are not read"),
        ("services: [{name: !!binary aGk=}]", "a.yaml:1: Tags (!name) are not read"),
        (f"severities:\n  - rank: {'1:' * 5000}1.5", "a.yaml:2: This value cannot be read"),
        (f"severities:\n  - rank: 0x{'f' * 20_000}", "a.yaml:2: This number is too large"),
        (r'teams: [{name: "a\ud83d"}]', "a.yaml:1: This text holds half of a character"),
        (r'teams: [{"a\ud83d": 1}]', "a.yaml:1: This text holds half of a character"),
        ("services:\n  - {name: 2026-13-45}", "a.yaml:2: This value cannot be read"),
        ("services: " + "[" * 50 + "]" * 50, "a.yaml:1: This is nested too deeply"),
        ("- services", "a.yaml:1: Begin with the name of a kind"),
        ("a: \x01", "This is not YAML"),
        ("#" * 1_000_001, "larger than 1 MB"),
        ("services: [{name: 7}]", "a.yaml:1: name: Write a text"),
        ("teams: [{slug: 'no slug', name: X}]", "a.yaml:1: slug:"),
        ("severities: [{name: SEV1, when_unsure: true}, {name: SEV2, when_unsure: true}]", "This is kept as"),
        ("channels: [{name: C, url: '${env:NO_SUCH_NAME}'}]", "url: The environment has no NO_SUCH_NAME"),
        ("channels: [{name: C, url: '${file:none.txt}'}]", "url: The file none.txt cannot be read"),
        ("message_templates: [{audience: public, stage: x}]", "“x” is not one of"),
    ],
)
def test_what_is_not_read(content, sentence, written, apply):
    with pytest.raises(CommandError) as refusal:
        apply(written(a=content))
    assert sentence in str(refusal.value)


def test_a_follower_of_a_mistake_is_no_second_one(written, apply):
    with pytest.raises(CommandError) as refusal:
        apply(written(a="services:\n  - {name: Mail, tier: 9}\n  - {name: Cart, depends_on: [mail]}"))
    assert len(str(refusal.value).splitlines()) == 2

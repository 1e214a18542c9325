"""What can administrators set up, what is refused, and does the secret stay where it was entered for?"""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from audit.models import AuditEntry
from automations.filling import FillingError, filled, read_inputs, read_template
from automations.models import MOST_AUTOMATIONS, Automation, Preset
from automations.presets import STARTS
from automations.workflow import add_automation, change_automation, remove_automation
from incidents.models import Service

WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_only_administrators(add, commander, service):
    automation = add()
    with pytest.raises(PermissionDenied):
        add_automation(by=commander, service=service, name="B", url="https://ci.example")
    with pytest.raises(PermissionDenied):
        change_automation(by=commander, automation=automation, name="B")
    with pytest.raises(PermissionDenied):
        remove_automation(by=commander, automation=automation)


@pytest.mark.parametrize("preset", Preset.values)
def test_each_preset_can_be_saved(add, preset):
    begins = {name: value for name, value in vars(STARTS[preset]).items() if name not in ("about", "steps")}
    begins["url"] = begins["url"] or "https://ci.example.org/run"
    made = add(name=preset, preset=preset, secret=WHSEC, user_name="bot", **begins)
    assert (made.preset, made.sign_in) == (preset, begins["sign_in"])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"url": "ftp://ci.example"}, "url"),
        ({"url": "https://ada:pw@ci.example"}, "url"),
        ({"url": "https://ci.example/{{ severity }}"}, "url"),
        ({"template": "{"}, "template"),
        ({"template": '{"a": NaN}'}, "template"),
        ({"template": '{"a": 1e999}'}, "template"),
        ({"template": '{"a": 1, "a": 2}'}, "template"),
        ({"template": '{"{{ severity }}": 1}'}, "template"),
        ({"template": '{"a": "{{ secrets }}"}'}, "template"),
        ({"template": '{"a": "{{ input.ref }}"}'}, "template"),
        ({"template": '{"a": "{% if 1 %}{{"}'}, "template"),
        ({"template": '{"a": "{{ incident.title }}"}'}, "template"),
        ({"template": '{"a": "\\ud800"}'}, "template"),
        ({"template": "[" * 60 + "]" * 60}, "template"),
        ({"template": "[" * 3900}, "template"),
        ({"template": "[1]", "content": "form"}, "template"),
        ({"template": '{"a": {"b": 1}}', "content": "form"}, "template"),
        ({"template": '{"a": "{{ secret }}"}', "content": "query", "secret": "t0ken"}, "template"),
        ({"template": '{"a": "{{ secret }}"}'}, "secret"),
        ({"headers": "X-Token: {{ secret }}"}, "secret"),
        ({"headers": "Host: other"}, "headers"),
        ({"headers": "X-Note: {{ severity }}"}, "headers"),
        ({"headers": "no header"}, "headers"),
        ({"headers": "A: b\nA: c"}, "headers"),
        ({"headers": "Authorization: x", "sign_in": "bearer", "secret": "t0ken"}, "headers"),
        ({"sign_in": "bearer"}, "secret"),
        ({"sign_in": "bearer", "secret": "a\nb"}, "secret"),
        ({"sign_in": "bearer", "secret": "tökén"}, "secret"),
        ({"sign_in": "basic", "secret": "pw"}, "user_name"),
        ({"sign_in": "signature", "secret": "plain"}, "secret"),
        ({"sign_in": "signature", "secret": "whsec_c2hvcnQ="}, "secret"),
        ({"inputs": "region"}, "inputs"),
        ({"inputs": "Region | Region | a"}, "inputs"),
        ({"inputs": "ref | Ref | /(a+)+/"}, "inputs"),
        ({"inputs": "ref | Ref | /a*a*a*a*a*/"}, "inputs"),
        ({"inputs": "ref | Ref | /[z-a]/"}, "inputs"),
        ({"inputs": "a | A | x\na | B | y"}, "inputs"),
        ({"may_run": "named"}, "teams"),
        ({"may_run": "everybody"}, "may_run"),
        ({"reversed_by": "Nothing like it"}, "reversed_by"),
        ({"reversed_by": "Nothing\0"}, "reversed_by"),
    ],
)
def test_what_is_refused(add, said, field):
    with pytest.raises(ValidationError) as refusal:
        add(**said)
    assert field in refusal.value.message_dict
    assert not Automation.objects.exists()


def test_a_name_is_taken_once_per_service_and_there_are_few(add):
    add()
    with pytest.raises(ValidationError):
        add()
    for n in range(MOST_AUTOMATIONS - 1):
        add(name=f"A{n}")
    with pytest.raises(ValidationError, match="already"):
        add(name="One more")


def test_a_reversal_is_of_the_same_service(add, admin):
    other = Service.objects.create(name="Search", slug="search")
    add_automation(by=admin, service=other, name="Switch on", url="https://ci.example")
    with pytest.raises(ValidationError, match="no other"):
        add(reversed_by="Switch on")


def test_a_secret_goes_only_to_the_address_it_was_entered_for(add, admin):
    automation = add(sign_in="bearer", secret="s3cret")
    with pytest.raises(ValidationError, match="again"):
        change_automation(by=admin, automation=automation, url="https://evil.example")
    changed = change_automation(by=admin, automation=automation, name="Other")
    assert (changed.secret, changed.changed_at) == ("s3cret", automation.changed_at)
    changed = change_automation(by=admin, automation=automation, url="https://ci2.example", secret="n3w")
    assert changed.changed_at > automation.changed_at
    assert change_automation(by=admin, automation=changed, sign_in="none").secret == ""


def test_no_page_and_no_audit_entry_has_the_secret(client, add, admin):
    automation = add(sign_in="bearer", secret="s3cret-token")
    change_automation(by=admin, automation=automation, secret="s3cret-token-2")
    client.force_login(admin)
    for address in (reverse("automations"), automation.get_absolute_url()):
        assert "s3cret" not in client.get(address).content.decode()
    for entry in AuditEntry.objects.filter(action__startswith="automation."):
        assert "s3cret" not in str(entry.changes)


def test_a_form_keeps_the_secret_and_changes_the_rest(client, add, admin):
    automation = add(sign_in="bearer", secret="s3cret-token")
    client.force_login(admin)
    page = client.get(automation.get_absolute_url())
    said = {
        name: field.value() for name in page.context["form"].fields if (field := page.context["form"][name])
    }
    said = {name: value for name, value in said.items() if value not in (None, False)} | {"name": "Renamed"}
    answer = client.post(automation.get_absolute_url(), said)
    assert answer.status_code == 302, answer.context["form"].errors
    automation.refresh_from_db()
    assert (automation.name, automation.secret) == ("Renamed", "s3cret-token")


def test_a_placeholder_is_replaced_once():
    template = {"a": "{{ x }}-{{x}}", "b": ["{{ x }}", 1, None]}
    assert filled(template, {"x": "{{ y }}"}) == {"a": "{{ y }}-{{ y }}", "b": ["{{ y }}", 1, None]}


def test_patterns_and_choices_of_inputs():
    region, ref = read_inputs(
        "region | Region | eu-1, us-1\n\nref | Git ref | /v[0-9]{1,3}(|)/".replace("(|)", "\\|?")
    )
    assert region.choices == ("eu-1", "us-1")
    assert [ref.allows(text) for text in ("v12", "v12|", "v", "v1234", "")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    with pytest.raises(FillingError):
        read_template('{"a": "{{ input.other }}"}', is_flat=False, inputs=[region])

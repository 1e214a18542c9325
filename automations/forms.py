"""What administrators choose for automations, and responders when they run one."""

from typing import Any
from uuid import uuid4

from django import forms

from accounts.models import Team, User
from automations.filling import LONGEST_INPUT, Input
from automations.models import (
    LONGEST_TEMPLATE,
    Automation,
    Content,
    MayRun,
    Method,
    Preset,
    SignIn,
)
from core.forms import PLAIN, Form
from incidents.models import Mitigation, Service

CODE = {"class": "!font-mono text-sm", **PLAIN}


class SiblingField(forms.ModelChoiceField):
    """Automations by their names with those of their services."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.service}"


class AutomationForm(Form):
    name = forms.CharField(
        max_length=80,
        help_text="What it does, for example “Roll back checkout”. It becomes the mitigation.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    description = forms.CharField(
        required=False,
        max_length=300,
        help_text="What people should know before they run it.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    mitigation_kind = forms.ChoiceField(
        label="Kind of mitigation", choices=Mitigation.Kind, initial=Mitigation.Kind.OTHER
    )
    method = forms.ChoiceField(choices=Method, initial=Method.POST)
    url = forms.CharField(
        label="Address",
        max_length=1000,
        help_text="It is fixed. A private address must be allowed with ALLCLEAR_OUTBOUND_ALLOW.",
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "url"}),
    )
    sign_in = forms.ChoiceField(
        label="Sign-in", choices=SignIn, initial=SignIn.NONE, widget=forms.RadioSelect
    )
    user_name = forms.CharField(
        required=False,
        max_length=200,
        label="User name",
        help_text="Only for a user name and password.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    secret = forms.CharField(
        required=False,
        max_length=2000,
        strip=False,
        label="Secret",
        help_text="The token, password or signing secret. {{ secret }} in a header or a body stands for it, too.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    headers = forms.CharField(
        required=False,
        max_length=LONGEST_TEMPLATE,
        help_text="One a line, for example “Accept: application/json”.",
        widget=forms.Textarea(attrs={"rows": 2, **CODE}),
    )
    content = forms.ChoiceField(
        label="What is sent", choices=Content, initial=Content.JSON, widget=forms.RadioSelect
    )
    template = forms.CharField(
        required=False,
        max_length=LONGEST_TEMPLATE,
        help_text="A JSON object. Its texts may have the placeholders that are listed beside.",
        widget=forms.Textarea(attrs={"rows": 7, **CODE}),
    )
    inputs = forms.CharField(
        required=False,
        max_length=LONGEST_TEMPLATE,
        help_text="What people choose or type when they run it. One a line: “region | Region | eu-1, us-1”, or with a pattern “ref | Git ref | /[a-z0-9.-]{1,40}/”. The placeholder is {{ input.region }}.",
        widget=forms.Textarea(attrs={"rows": 3, **CODE}),
    )
    may_run = forms.ChoiceField(
        label="Who may run it", choices=MayRun, initial=MayRun.RESPONDERS, widget=forms.RadioSelect
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(),
        required=False,
        help_text="Only for certain teams and people.",
        widget=forms.CheckboxSelectMultiple,
    )
    people = forms.ModelMultipleChoiceField(
        User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    needs_confirmation = forms.BooleanField(
        required=False,
        label="A second person confirms",
        help_text="Within 15 minutes. It is never the person who asked.",
    )
    reversed_by = SiblingField(
        Automation.objects.none(),
        required=False,
        label="Reversed by",
        empty_label="Nothing",
        help_text="Another automation of the same service. After a run it is offered as a button.",
    )
    order = forms.IntegerField(
        min_value=0,
        max_value=32_767,
        initial=100,
        label="Place",
        help_text="Of the automations of a service, those with a lower number come first.",
    )

    def __init__(self, *args: Any, automation: Automation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.responders().order_by("name", "pk")
        self.typed_field("people", forms.ModelMultipleChoiceField).queryset = people
        others = Automation.objects.select_related("service").in_order()
        if automation:
            others = others.filter(service=automation.service).exclude(pk=automation.pk)
            if automation.secret:
                self.fields["secret"].help_text = "Leave it empty to keep the one that is stored."
        self.typed_field("reversed_by", SiblingField).queryset = others

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return data | {"reversed_by": data["reversed_by"].name if data["reversed_by"] else ""}


class NewAutomationForm(AutomationForm):
    preset = forms.ChoiceField(choices=Preset, initial=Preset.OTHER, widget=forms.HiddenInput)
    service = forms.ModelChoiceField(Service.objects.in_use(), empty_label=None)
    field_order = ("preset", "service", "name")


class RunForm(Form):
    """The declared inputs, each a list of choices or a text."""

    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, inputs: list[Input], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.inputs = inputs
        for one in inputs:
            self.fields[one.key] = _field_of(one)

    def chosen(self) -> dict[str, str]:
        return {one.name: self.cleaned_data[one.key] for one in self.inputs}


def _field_of(one: Input) -> forms.Field:
    if one.choices:
        return forms.ChoiceField(label=one.label, choices=[(choice, choice) for choice in one.choices])
    return forms.CharField(
        label=one.label,
        max_length=LONGEST_INPUT,
        help_text=f"It must match {one.pattern}",
        widget=forms.TextInput(attrs=PLAIN),
    )


class RefusalForm(Form):
    reason = forms.CharField(
        required=False, max_length=300, help_text="It stands on the timeline.", widget=forms.TextInput
    )

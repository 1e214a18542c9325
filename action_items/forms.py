"""What people type about action items, and what a list of them is narrowed by."""

from typing import Any
from uuid import uuid4

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Team, User
from action_items.hooks import has_trackers, narrowed_by_tickets
from action_items.models import (
    UNFINISHED_STATES,
    ActionCategory,
    ActionItem,
    ActionItemQuerySet,
    ActionState,
    Helped,
    Priority,
)
from core.forms import FilterForm, Form, ModelForm
from incidents.models import Incident, IncidentType, Service, Severity
from retros.models import Retrospective

DATE = {"type": "date"}
SORTS = [
    ("due", "By due day"),
    ("priority", "By priority"),
    ("owner", "By owner"),
    ("newest", "Newest first"),
]


class ActionItemForm(ModelForm):
    """A new item carries a token, so that it is made once; a changed one the version it was loaded with."""

    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = ActionItem
        fields = [
            "title", "verification", "owner", "due_on", "priority", "category", "team", "factor",
            "description", "external_key", "external_url",
        ]  # fmt: skip
        labels = {
            "title": "What will be different?",
            "verification": "How will we know it worked?",
            "description": "More about it",
            "external_key": "Ticket",
            "external_url": "Address of the ticket",
        }
        help_texts = {"owner": "", "external_key": "Its name in your tracker, like PAY-482"}
        widgets = {
            "due_on": forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
            "title": forms.TextInput(attrs={"autofocus": True}),
        }

    def __init__(
        self, *args: Any, retrospective: Retrospective | None, is_private: bool = False, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        owner = self.typed_field("owner", forms.ModelChoiceField)
        owner.queryset, owner.empty_label = User.objects.active(), "Nobody yet"
        self.typed_field("team", forms.ModelChoiceField).empty_label = "No team"
        if is_private:
            owner.help_text = "The owner can see this item, but nothing else that is private."
        if self.instance.pk:
            del self.fields["form_token"]
            self.initial["version"] = self.instance.version
        else:
            del self.fields["version"]
        if retrospective is None:
            del self.fields["factor"]
        else:
            factor = self.typed_field("factor", forms.ModelChoiceField)
            factor.queryset, factor.empty_label = retrospective.factors.all(), "None in particular"

    def _post_clean(self) -> None:
        """The verb checks and saves; the instance stays as loaded."""


class StateForm(Form):
    """Into another state, with what has to be said on the way."""

    to = forms.ChoiceField(choices=ActionState, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=2000, widget=forms.Textarea)
    seen = forms.CharField(label="What was seen?", max_length=2000, widget=forms.Textarea)

    def __init__(self, *args: Any, to: str, is_reopened: bool = False, **kwargs: Any):
        super().__init__(*args, initial={"to": to}, **kwargs)
        if to != ActionState.VERIFIED:
            del self.fields["seen"]
        if to == ActionState.WONT_DO:
            self.fields["reason"].label = "Why will it not be done?"
        elif is_reopened:
            self.fields["reason"].label, self.fields["reason"].required = "Why again?", False
        else:
            del self.fields["reason"]


class HelpedForm(Form):
    answer = forms.ChoiceField(label="Did it help?", choices=Helped, widget=forms.RadioSelect)
    note = forms.CharField(label="What is different", required=False, max_length=2000, widget=forms.Textarea)


class BulkForm(Form):
    """One change for many."""

    CHANGES = {"owner": "owner", "due": "due_on", "priority": "priority", "state": "state", "team": "team"}

    change = forms.ChoiceField(choices=[(name, name) for name in CHANGES], widget=forms.HiddenInput)
    owner = forms.ModelChoiceField(User.objects.active(), required=False, empty_label="Nobody")
    team = forms.ModelChoiceField(Team.objects.all(), required=False, empty_label="No team")
    due_on = forms.DateField(label="Due", required=False, widget=forms.DateInput(attrs=DATE))
    priority = forms.ChoiceField(choices=Priority)
    state = forms.ChoiceField(
        choices=[(s, s.label) for s in ActionState if s != ActionState.VERIFIED], initial=ActionState.DONE
    )
    reason = forms.CharField(
        required=False, max_length=2000, widget=forms.Textarea, help_text="Needed for what will not be done"
    )

    def __init__(self, *args: Any, change: str, state: str = "", **kwargs: Any):
        super().__init__(*args, initial={"change": change, "state": state or ActionState.DONE}, **kwargs)
        wanted = {"change", self.CHANGES[change]} | ({"reason"} if change == "state" else set())
        for name in set(self.fields) - wanted:
            del self.fields[name]
        if state == ActionState.WONT_DO:
            self.fields["reason"].label, self.fields["reason"].required = "Why will they not be done?", True
            self.fields["reason"].help_text = ""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data.pop("change", None)
        if data.get("state") == ActionState.WONT_DO and not data.get("reason", "").strip():
            raise ValidationError({"reason": "Say why they will not be done."})
        return data


class ActionFilter(django_filters.FilterSet):
    """What the list can be narrowed by; the address carries it."""

    q = django_filters.CharFilter(method="search", label="Search")
    owner = django_filters.ChoiceFilter(method="by_owner", label="Owner", empty_label="Anyone")
    team = django_filters.ModelChoiceFilter(queryset=Team.objects.all(), empty_label="Any team")
    category = django_filters.ChoiceFilter(choices=ActionCategory, empty_label="Any category")
    priority = django_filters.ChoiceFilter(choices=Priority, empty_label="Any priority")
    state = django_filters.ChoiceFilter(
        method="by_state",
        label="State",
        choices=[
            ("unfinished", "Open only"),
            ("at_risk", "At risk"),
            ("promised", "All but won’t do"),
            *ActionState.choices,
        ],
        empty_label="Any state",
    )
    service = django_filters.ModelChoiceFilter(
        queryset=Service.objects.in_use(), method="by_service", empty_label="Any service", label="Service"
    )
    tickets = django_filters.ChoiceFilter(
        method="by_tickets",
        label="Tickets",
        choices=[
            ("conflict", "Conflicts"),
            ("problem", "Problems"),
            ("synced", "Synced"),
            ("none", "No ticket"),
        ],
        empty_label="Any ticket",
    )
    # Asked for by addresses elsewhere, and kept while the list is narrowed further.
    due_from = django_filters.DateFilter(
        field_name="due_on", lookup_expr="gte", label="Due from", widget=forms.HiddenInput
    )
    due_to = django_filters.DateFilter(
        field_name="due_on", lookup_expr="lte", label="Due until", widget=forms.HiddenInput
    )
    severity = django_filters.ModelChoiceFilter(
        queryset=Severity.objects.all(), method="by_incidents", widget=forms.HiddenInput, label="Severity"
    )
    incident_type = django_filters.ModelChoiceFilter(
        queryset=IncidentType.objects.all(), method="by_incidents", widget=forms.HiddenInput, label="Type"
    )

    class Meta:
        model = ActionItem
        fields: list[str] = []
        form = FilterForm

    def __init__(self, *args: Any, reader: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.reader = reader
        if not has_trackers():
            del self.filters["tickets"]
        theirs = ActionItem.objects.visible_to(reader).filter(owner=OuterRef("pk"))
        owners = User.objects.filter(Exists(theirs)).exclude(pk=reader.pk)
        self.filters["owner"].extra["choices"] = lambda: [
            ("me", "Mine"),
            ("nobody", "Nobody"),
            *((str(person.pk), str(person)) for person in owners),
        ]
        self.form.auto_id = "by_%s"  # a form in a dialog over the list has fields of the same names

    def search(self, queryset: ActionItemQuerySet, name: str, value: str) -> ActionItemQuerySet:
        """Words of the title or text, ACT-7, INC-142, @owner."""
        return queryset.told_by(value, self.reader)

    def by_owner(self, queryset: ActionItemQuerySet, name: str, value: str) -> ActionItemQuerySet:
        if value == "nobody":
            return queryset.filter(owner=None)
        return queryset.filter(owner=self.reader.pk if value == "me" else int(value))

    def by_state(self, queryset: ActionItemQuerySet, name: str, value: str) -> ActionItemQuerySet:
        if value == "at_risk":
            return queryset.at_risk(timezone.localdate())
        if value == "promised":
            return queryset.exclude(state=ActionState.WONT_DO)
        wanted = UNFINISHED_STATES if value == "unfinished" else (value,)
        return queryset.filter(state__in=wanted)

    def by_tickets(self, queryset: ActionItemQuerySet, name: str, value: str) -> ActionItemQuerySet:
        return narrowed_by_tickets(queryset, value)

    def by_incidents(self, queryset: ActionItemQuerySet, name: str, value: Any) -> ActionItemQuerySet:
        return queryset.from_incidents(Incident.objects.visible_to(self.reader).filter(**{name: value}))

    @property
    def narrowed_from_elsewhere(self) -> list[str]:
        """In words: what narrows the list and has no field in its head."""
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        words = {"due_from": "due from", "due_to": "due until", "severity": "of", "incident_type": "of"}
        told = {name: chosen[name] for name in words if chosen.get(name)}
        return [
            f"{words[name]} {f'{value.day} {value:%b %Y}' if name.startswith('due') else value}"
            for name, value in told.items()
        ]

    def by_service(self, queryset: ActionItemQuerySet, name: str, value: Service) -> ActionItemQuerySet:
        hit = Incident.objects.visible_to(self.reader).filter(affected_services__service=value)
        return queryset.from_incidents(hit)

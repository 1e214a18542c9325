"""The form of a status update: the team's own words, the public's, and where others read something else."""

import uuid
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property

from core.forms import Form, ModelForm
from core.text import length_in_words
from incidents.forms.fields import MinutesField, MomentField, NeededField, ServiceField
from incidents.forms.stepping import OPERATIONAL, STATES, ServiceStates
from incidents.models import WORDS, Audience, Incident, MessageTemplate, Service, StatusUpdate
from incidents.models.cadence import policy_minutes, waiting_for_more
from incidents.workflow.no_change import NO_CHANGE_MINUTES
from incidents.workflow.wording import OWN_WORDS, unknown_names
from timeline.models import Evidence

NEXT_MINUTES = (15, 30, 60, 120)
"""Until the next update: what is offered beside the policy's interval."""


def minutes_in_words(minutes: int) -> str:
    """As it is chosen: 60 min · 2 h · 2 h 30 min."""
    return f"{minutes} min" if minutes < 120 else length_in_words(minutes)


class StatusUpdateForm(ServiceStates, Form):
    """What we know, what we do not, what we do, and when the next update comes."""

    audiences = forms.MultipleChoiceField(label="To", choices=Audience, widget=forms.CheckboxSelectMultiple)
    known = NeededField(
        label="What we know",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "field-sizing-content", "autofocus": True}),
    )
    unknown = NeededField(
        label="What we do not know",
        max_length=2000,
        required=False,
        widget=forms.Textarea,
        help_text="For example the cause, the scope, or whether data is affected.",
    )
    no_open_unknowns = forms.BooleanField(label="No open unknowns", required=False)
    doing = forms.CharField(label="What we are doing", max_length=2000, required=False, widget=forms.Textarea)
    workaround = forms.CharField(max_length=1000, required=False)
    ask = forms.CharField(label="What we ask", max_length=1000, required=False)
    evidence = forms.ModelMultipleChoiceField(
        Evidence.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    public_title = NeededField(
        label="Public title",
        max_length=120,
        required=False,
        help_text="What customers see, without internal names: “Card payments fail at checkout”.",
    )
    public_known = NeededField(
        label="Public message",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "field-sizing-content"}),
    )
    public_workaround = forms.CharField(label="What they can do", max_length=1000, required=False)
    executives_known = forms.CharField(
        label="What executives read instead", max_length=2000, required=False, widget=forms.Textarea
    )
    responders_known = forms.CharField(
        label="What responders read instead", max_length=2000, required=False, widget=forms.Textarea
    )
    next_minutes = MinutesField(label="Next update in", required=False)
    next_update_at = MomentField(label="or at", required=False)
    other_service = ServiceField(label="Another service", required=False, empty_label="None")
    other_state = forms.ChoiceField(label="Its state", choices=STATES[1:], required=False)
    correction_reason = forms.CharField(label="What was wrong", max_length=300, required=False)
    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    seen = forms.CharField(  # when the newest update its author knew of was posted
        widget=forms.HiddenInput, required=False, max_length=40
    )

    def __init__(
        self, *args: Any, incident: Incident, corrects: StatusUpdate | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.incident = incident
        self.fields["correction_reason"].required = corrects is not None
        self.typed_field("unknown", NeededField).is_needed = incident.is_active
        for name in ("known", "public_title", "public_known"):
            self.typed_field(name, NeededField).is_needed = True
        self.typed_field("evidence", forms.ModelMultipleChoiceField).queryset = incident.evidence.all()
        running = {a.service: a.impact for a in incident.affected_services.running().worst_first()}
        self.ask_states(running, running if incident.is_open else {})
        if not incident.is_open:
            del self.fields["other_service"], self.fields["other_state"]
        if not incident.is_active:
            for name in ("next_minutes", "next_update_at", "no_open_unknowns"):
                del self.fields[name]
        if incident.is_private:
            self.typed_field("audiences", forms.MultipleChoiceField).choices = [
                c for c in Audience.choices if c[0] != Audience.PUBLIC
            ]
            for name in ("public_title", "public_known", "public_workaround"):
                del self.fields[name]

    @cached_property
    def policy(self) -> int | None:
        """After how many minutes the severity wants the next update at the latest."""
        incident = self.incident
        minutes = (cadence.minutes_in(incident.status) for cadence in incident.severity.cadences.all())
        return min((m for m in minutes if m), default=None)

    @property
    def minutes(self) -> list[tuple[int, str, bool]]:
        """(minutes, words, chosen) of what is offered for the next update."""
        now = str(self["next_minutes"].value() or self.policy or 30)
        offered = sorted({*NEXT_MINUTES, self.policy or 30} | ({int(now)} if now.isdecimal() else set()))
        return [(m, minutes_in_words(m), str(m) == now) for m in offered]

    @property
    def chosen(self) -> list[str]:
        """The audiences ticked right now, valid or not yet."""
        offered = dict(self.typed_field("audiences", forms.MultipleChoiceField).choices)  # type: ignore[arg-type]
        return [a for a in Audience.values if a in (self["audiences"].value() or []) and a in offered]

    def typed(self, name: str) -> str:
        """What a field holds right now, valid or not yet; as much of it as the field may hold."""
        if name not in self.fields:
            return ""
        longest = getattr(self.fields[name], "max_length", None)
        return str(self[name].value() or "").strip()[:longest]

    def typed_wordings(self) -> dict[str, dict[str, str]]:
        """By audience its own words as typed; only of those that are ticked and have some."""
        wordings = {}
        for audience, names in OWN_WORDS.items():
            words = {name: text for name in names if (text := self.typed(f"{audience}_{name}"))}
            if audience in self.chosen and words:
                wordings[str(audience)] = words
        return wordings

    def arguments(self) -> dict[str, Any]:
        """What `post_status_update` takes."""
        own = {f"{audience}_{name}" for audience, names in OWN_WORDS.items() for name in names}
        own |= {"other_service", "other_state", *self._services}
        data = {k: v for k, v in self.cleaned_data.items() if k not in own}
        impacts = self.impacts
        if other := self.cleaned_data.get("other_service"):
            impacts[other] = self.cleaned_data["other_state"] or STATES[1][0]
        minutes = data.pop("next_minutes", None)
        if not data.get("next_update_at") and minutes:
            data["next_update_at"] = timezone.now() + timedelta(minutes=minutes)
        if Audience.PUBLIC not in data["audiences"]:
            data.pop("public_title", None)
        data.pop("seen")
        return data | {"wordings": self.typed_wordings(), "impacts": impacts}


class NoChangeForm(Form):
    """One tap; sent twice, it is still one update. The next one comes when the policy wants it, or when chosen."""

    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    next_minutes = MinutesField(
        label="Next update in",
        required=False,
        widget=forms.Select(attrs={"class": "select w-auto lg:h-7 lg:text-xs"}),
    )

    def __init__(self, *args: Any, incident: Incident | None = None, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="no_change_%s", **kwargs)
        self.audiences: list[str] = []
        if incident:
            self.audiences = waiting_for_more(incident)
            usual = policy_minutes(incident, self.audiences) or NO_CHANGE_MINUTES
            self.fields["next_minutes"].initial = usual
            offered = [(m, minutes_in_words(m)) for m in sorted({*NEXT_MINUTES, usual})]
            cast("forms.Select", self.fields["next_minutes"].widget).choices = offered

    @property
    def audience_names(self) -> list[str]:
        return [str(Audience(a).label) for a in self.audiences]

    def arguments(self) -> dict[str, Any]:
        """What `post_no_change` takes."""
        return {
            "form_token": self.cleaned_data["form_token"],
            "minutes": self.cleaned_data["next_minutes"],
        }


class ReturnForm(Form):
    reason = forms.CharField(label="What should be different?", max_length=300, widget=forms.Textarea)


class MessageTemplateForm(ModelForm):
    """The words an update starts from; a name that is not on the list is refused, not printed."""

    class Meta:
        model = MessageTemplate
        fields = list(WORDS)
        widgets = {word: forms.Textarea(attrs={"rows": 3 if word == "known" else 2}) for word in WORDS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for word in set(WORDS) - set(OWN_WORDS.get(self.instance.audience, WORDS)):
            del self.fields[word]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for word, sentences in unknown_names(self.instance.audience, data).items():
            for sentence in sentences:
                self.add_error(word, sentence)
        return data

    def arguments(self) -> dict[str, Any]:
        return {"entry": self.instance}


def words_of(update: StatusUpdate, audience: str) -> dict[str, str]:
    """The form's fields of an audience's own words, from an update."""
    own = update.wordings.get(audience, {})
    return {f"{audience}_{name}": own.get(name, "") for name in OWN_WORDS.get(Audience(audience), ())}


def states_of(update: StatusUpdate) -> dict[str, Any]:
    """The form's fields of the component states that were set with an update, where they were taken back."""
    found: dict[str, Any] = {}
    for service in Service.objects.filter(slug__in=update.impacts_set):
        before, state = update.impacts_set[service.slug]
        if before is None:
            found |= {"other_service": service.pk, "other_state": state}
        else:
            found[f"service_{service.pk}"] = state or OPERATIONAL
    return found

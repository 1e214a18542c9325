"""What people type into the frame of a retrospective, its session and its review."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from core.forms import Form, ModelForm
from incidents.forms.fields import MomentField, NeededField, ResponderField
from incidents.models import Incident
from retros.models import Retrospective, RetrospectiveSettings, Subject

MOST_INCIDENTS = 50
DATE = {"type": "date"}


class IncidentsField(forms.CharField):
    """References, however separated: INC-142, INC-140. Gives incidents in the reach of `reader`."""

    reader: Any = None
    is_needed = False

    def __init__(self, **kwargs: Any):
        super().__init__(max_length=1000, help_text="References, like INC-142, INC-140", **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else ", ".join(i.reference for i in value)

    def clean(self, value: Any) -> list[Incident]:
        text = super().clean(value)
        names = list(dict.fromkeys(name for name in re.split(r"[\s,;]+", text.upper()) if name))
        if len(names) > MOST_INCIDENTS:
            raise ValidationError(f"At most {MOST_INCIDENTS} incidents.")
        found = []
        for name in names:
            reachable = Incident.objects.visible_to(self.reader).of_reference(name)
            incident = reachable.select_related("severity", "retrospective").first()
            if incident is None:
                raise ValidationError(f"{name} is not an incident you can see.")
            found.append(incident)
        return found


def _offered(people: list[User], empty: str) -> list[tuple[Any, str]]:
    """Choices from rows that several fields share, loaded once."""
    return [("", empty), *((person.pk, str(person)) for person in people)]


class NewRetrospectiveForm(Form):
    subject = forms.ChoiceField(choices=[(Subject.INCIDENT, "Incident")], widget=forms.HiddenInput)
    incidents = IncidentsField(label="Incidents", required=False)
    title = NeededField(
        label="Title",
        max_length=200,
        required=False,
        help_text="Leave it empty to use the title of the incident.",
    )
    scope = forms.CharField(
        label="Scope",
        required=False,
        max_length=5000,
        widget=forms.Textarea,
        help_text="What is looked at, from when to when, and what is not",
    )
    period_from = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs=DATE))
    period_to = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs=DATE))
    owner = ResponderField(label="Who owns it?", required=False, empty_label="Nobody yet")
    is_private = forms.BooleanField(label="Only for participants", required=False)
    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, reader: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.typed_field("incidents", IncidentsField).reader = reader

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        incidents = data.get("incidents") or []
        if not data.get("title") and incidents:
            data["title"] = incidents[0].title
        return data


class FrameForm(ModelForm):
    incidents = IncidentsField(label="Incidents", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Retrospective
        fields = (
            "title",
            "subject",
            "scope",
            "objectives",
            "period_from",
            "period_to",
            "owner",
            "facilitator",
            "note_taker",
            "due_on",
            "is_private",
        )
        widgets = {
            name: forms.DateInput(attrs=DATE, format="%Y-%m-%d")
            for name in ("period_from", "period_to", "due_on")
        }
        help_texts = {"due_on": "From the severity, in business days after it was resolved"}
        labels = {
            "subject": "About",
            "due_on": "Due",
            "owner": "Owner",
            "facilitator": "Facilitator",
            "note_taker": "Note-taker",
        }

    field_order = ("title", "subject", "incidents", "scope", "objectives")

    def __init__(self, *args: Any, reader: User, people: list[User], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.typed_field("incidents", IncidentsField).reader = reader
        responders = [person for person in people if person.is_responder]
        for name in ("owner", "facilitator"):
            field = self.typed_field(name, forms.ModelChoiceField)
            field.queryset = User.objects.responders()
            field.choices = _offered(responders, "Nobody yet")
        self.typed_field("note_taker", forms.ModelChoiceField).queryset = User.objects.active()
        self.typed_field("note_taker", forms.ModelChoiceField).choices = _offered(people, "Nobody yet")
        self.fields["scope"].widget.attrs["rows"] = 3
        if self.instance.subject != Subject.INCIDENT:
            self.fields["due_on"].help_text = ""


@dataclass(frozen=True)
class Choice:
    """One person in a picker of several people."""

    pk: int
    name: str
    note: str = ""
    is_chosen: bool = False


class ParticipantsForm(Form):
    """Any number of people at once. Those who were on the incidents come first."""

    people = forms.ModelMultipleChoiceField(
        User.objects.active(),
        label="Add participants",
        error_messages={"required": "Choose at least one person."},
    )

    def __init__(self, *args: Any, suggested: list[User], others: list[User], **kwargs: Any):
        super().__init__(*args, **kwargs)
        chosen = set(self["people"].value() or ())
        were_on = {person.pk for person in suggested}
        rest = [person for person in others if person.pk not in were_on]
        self.choices = [
            Choice(
                person.pk,
                str(person),
                "Was on the incident" if person.pk in were_on else "",
                str(person.pk) in chosen,
            )
            for person in (*suggested, *rest)
        ]


class SessionForm(Form):
    scheduled_at = MomentField(label="When")
    minutes = forms.TypedChoiceField(
        label="Length", choices=[(60, "60 minutes"), (30, "30 minutes"), (90, "90 minutes")], coerce=int
    )
    place = forms.CharField(label="Where", max_length=300, required=False, help_text="A room or a link")


class BallotForm(Form):
    score = forms.TypedChoiceField(
        label="Your answer",
        choices=[
            (5, "5 Completely"),
            (4, "4 Mostly"),
            (3, "3 Somewhat"),
            (2, "2 Hardly"),
            (1, "1 Not at all"),
        ],
        coerce=int,
        widget=forms.RadioSelect,
    )


class ReasonForm(Form):
    reason = forms.CharField(label="Why", max_length=1000, widget=forms.Textarea)


class StartReviewForm(Form):
    reason = forms.CharField(
        label="Why the review starts now",
        max_length=1000,
        widget=forms.Textarea,
        error_messages={"required": "Say why the review starts now."},
    )


class ReviewerForm(Form):
    reviewer = forms.ModelChoiceField(User.objects.active(), label="Reviewer", empty_label="Choose somebody")


class VerdictForm(Form):
    verdict = forms.ChoiceField(
        label="Your review",
        choices=[("approved", "Approve"), ("changes", "Ask for changes")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="In your words", max_length=5000, required=False, widget=forms.Textarea)


class PublishForm(Form):
    note = forms.CharField(label="What is new in this version", max_length=300, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class PublicTextForm(Form):
    public_text = forms.CharField(
        label="For readers outside",
        max_length=20000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class SettingsForm(ModelForm):
    class Meta:
        model = RetrospectiveSettings
        fields = ("framing", "soak_days", "reading_hours", "hides_dots", "waivers_need_second_person")
        labels = {"framing": "What every retrospective opens with"}
        help_texts = {
            "framing": "In your own words. It is shown above every section and read aloud at the start.",
            "soak_days": "Between the session and its action items, Monday to Friday.",
        }

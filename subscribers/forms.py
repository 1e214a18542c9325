"""The forms of notification settings and subscriptions."""

from typing import Any

from django import forms

from accounts.models import User
from core.forms import EmailField, Form
from incidents.models import Audience, IncidentType, Service, Severity
from notifications.models import Channel
from subscribers.models import NotificationKind, NotificationPreference

HELP = {
    NotificationKind.DUTY: "Reminders, roles and tasks given to you",
    NotificationKind.REQUESTS: "When you command or write the updates",
    NotificationKind.DECLARED: "Incidents that match what you follow, and every SEV1 and SEV2 if you choose so",
    NotificationKind.PROGRESS: "Incidents that you are on, follow or reported",
    NotificationKind.UPDATES: "Incidents that you are on or follow",
    NotificationKind.ACTIONS: "A list on Monday morning, and when to check whether they worked",
    NotificationKind.RETROSPECTIVES: "When you become a participant, and when one is approved or published",
}


def _choices() -> list[tuple[str, str]]:
    return [(str(n), str(n.label)) for n in NotificationKind]


class PreferencesForm(Form):
    """One row a kind of news, one column a way; the template draws it as a table."""

    by_mail = forms.MultipleChoiceField(
        label="E-mail", choices=_choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    in_inbox = forms.MultipleChoiceField(
        label="Inbox", choices=_choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    in_browser = forms.MultipleChoiceField(
        label="Browser", choices=_choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    follows_worst = forms.BooleanField(label="Notify me of every SEV1 and SEV2", required=False)
    quiet_from = forms.TimeField(
        label="From", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_to = forms.TimeField(
        label="Until", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def __init__(self, *args: Any, wish: NotificationPreference, **kwargs: Any) -> None:
        names = ("by_mail", "in_inbox", "in_browser", "follows_worst", "quiet_from", "quiet_to")
        super().__init__(*args, initial={n: getattr(wish, n) for n in names}, **kwargs)
        for name in ("quiet_from", "quiet_to"):
            self.fields[name].is_needed = True  # type: ignore[attr-defined]  # “optional” stands over both

    @property
    def columns(self) -> list[Any]:
        return [self.fields[way].label for way in ("by_mail", "in_inbox", "in_browser")]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """(kind, its three boxes) in the order people care about them."""
        ways = ("by_mail", "in_inbox", "in_browser")
        boxes = {way: {str(box.data["value"]): box for box in self[way]} for way in ways}
        return [
            {
                "kind": str(news),
                "label": news.label,
                "help": HELP[news],
                "is_fixed": news == NotificationKind.DUTY,
                "boxes": [(way, self.fields[way].label, boxes[way][str(news)]) for way in ways],
            }
            for news in NotificationKind
        ]


class FilterForm(Form):
    """Which incidents; left empty, every one."""

    service = forms.ModelChoiceField(Service.objects.in_use(), required=False, empty_label="Every service")
    severity = forms.ModelChoiceField(
        Severity.objects.all(),
        label="At least as bad as",
        required=False,
        empty_label="Any severity",
    )
    incident_type = forms.ModelChoiceField(
        IncidentType.objects.all(), label="Type", required=False, empty_label="Any type"
    )
    audience = forms.ChoiceField(label="Gets updates written for", choices=Audience)


class SubscriptionForm(FilterForm):
    """One's own."""

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = [Audience.STAKEHOLDERS, Audience.PUBLIC]
        if person.is_responder:
            allowed.insert(0, Audience.RESPONDERS)
        if person.is_administrator:
            allowed.append(Audience.EXECUTIVES)
        audience = self.typed_field("audience", forms.ChoiceField)
        audience.choices = [(str(a), str(a.label)) for a in allowed]
        audience.label = "Updates written for"


class OutsideForm(FilterForm):
    email = EmailField(label="E-mail", max_length=254)
    field_order = ["email", "audience", "service", "severity", "incident_type"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        audience = self.typed_field("audience", forms.ChoiceField)
        audience.choices = [(str(a), str(a.label)) for a in Audience if a != Audience.RESPONDERS]


class ChannelForm(FilterForm):
    channel = forms.ModelChoiceField(Channel.objects.listed().active(), empty_label=None)
    field_order = ["channel", "audience", "service", "severity", "incident_type"]


class PersonForm(FilterForm):
    """Executives: the only audience that an administrator gives to somebody."""

    person = forms.ModelChoiceField(User.objects.active(), empty_label=None)
    field_order = ["person", "service", "severity", "incident_type"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["audience"]

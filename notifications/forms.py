"""What administrators type about channels and messages."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.forms.boundfield import BoundWidget

from core.forms import EmailField, Form
from events.catalogue import BY_NAME
from notifications import mail_server
from notifications.addresses import chat_address, check_address, checked_host, usable_address
from notifications.kinds import CHANNEL_KINDS, DeliveryKind, Kind
from notifications.mail_server import UNSET_SENDER
from notifications.models import BodyFormat, Channel


class AddressField(forms.CharField):
    """An address with secrets in it: typed once, never shown again."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "font-mono"})
        super().__init__(label="Address", max_length=1000, widget=widget, **kwargs)


class ChannelForm(Form):
    name = forms.CharField(max_length=80, help_text="As people call the place: “Incidents in Slack”.")
    kind = forms.ChoiceField(label="What it is", choices=CHANNEL_KINDS)
    url = AddressField(
        help_text="The https address of a webhook, or what the chat service shows you to copy."
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("url") and data.get("kind"):
            try:
                data["kind"], data["url"] = usable_address(data["kind"], data["url"])
            except ValidationError as refusal:
                self.add_error("url", refusal)
        self.channel = data
        return data


class ServiceForm(Form):
    """The fields of one chat or push service; `channel` gives what `add_channel` takes."""

    name = forms.CharField(max_length=80, help_text="For example “Incidents in Slack”.")

    def __init__(self, *args: Any, service: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._service = service
        for name, (label, help_text) in service.fields.items():
            field = AddressField(help_text=help_text)
            field.label = label
            field.widget.attrs["class"] = "input font-mono"
            self.fields[f"service_{name}"] = field

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        names = [name for name in self._service.fields if f"service_{name}" in data]
        if len(names) == len(self._service.fields):
            address = self._service.address({name: data[f"service_{name}"] for name in names})
            try:
                self.channel = {
                    "name": data.get("name", ""),
                    "kind": DeliveryKind.CHAT,
                    "url": chat_address(address),
                }
            except ValidationError as refusal:
                self.add_error(f"service_{names[0]}", refusal)
        return data


class ChannelEditForm(Form):
    name = forms.CharField(max_length=80)
    url = AddressField(required=False)

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kind = channel.kind
        self.fields["url"].help_text = f"Now {channel.shown_address}. Leave this empty to keep it."

    def clean_url(self) -> str:
        url = self.cleaned_data["url"]
        if url and self._kind == DeliveryKind.CHAT:
            return chat_address(url)
        if url:
            check_address(self._kind, url)
        return url


def _events_by_subject() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every public event with what it says, under the heading of its module."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name, event in BY_NAME.items():
        if event.is_public:
            subject = event.__module__.rpartition(".")[2].replace("_", " ").capitalize()
            said = (event.__doc__ or "").strip().split("\n")[0].replace("`", "")
            groups.setdefault(subject, []).append((name, re.split(r"; |\. ", said)[0].rstrip(".")))
    return list(groups.items())


class ChannelEventsForm(Form):
    """What a webhook gets as it happens, beside what it is subscribed to."""

    body_format = forms.ChoiceField(label="Format of the body", choices=BodyFormat)
    services = forms.CharField(
        label="Only of these services",
        max_length=1000,
        required=False,
        help_text="Short names as in addresses, with spaces between: payments search. Empty means all services.",
    )
    events = forms.MultipleChoiceField(
        label="Events", choices=_events_by_subject, required=False, widget=forms.CheckboxSelectMultiple
    )

    @property
    def subjects(self) -> list[tuple[str, list[BoundWidget], int]]:
        """(subject, its events, how many of them are chosen), as the page shows them."""
        options = {option.data["value"]: option for option in self["events"]}
        grouped = [
            (subject, [options[name] for name, _ in events]) for subject, events in _events_by_subject()
        ]
        return [(subject, rows, sum(row.data["selected"] for row in rows)) for subject, rows in grouped]

    def clean_services(self) -> list[str]:
        slugs = self.cleaned_data["services"].replace(",", " ").lower().split()
        for slug in slugs:
            validate_slug(slug)
        return slugs


class MailServerForm(Form):
    host = forms.CharField(label="Server", max_length=200, help_text="For example smtp.example.org.")
    port = forms.IntegerField(min_value=1, max_value=65535, initial=587)
    security = forms.ChoiceField(
        label="Encryption",
        choices=[
            ("starttls", "STARTTLS (usually port 587)"),
            ("tls", "TLS (usually port 465)"),
            ("none", "None"),
        ],
    )
    user = forms.CharField(label="User name", max_length=200, required=False)
    password = forms.CharField(
        max_length=300,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Leave this empty to keep the saved password. Enter it again to change the server, the user name or "
        "the encryption.",
    )
    sender = EmailField(label="From address", max_length=254)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        saved = mail_server.saved()
        if saved is None or not saved.password:
            self.fields["password"].help_text = ""
        if settings.DEFAULT_FROM_EMAIL != UNSET_SENDER:
            address = settings.DEFAULT_FROM_EMAIL
            self.fields[
                "sender"
            ].help_text = f"ALLCLEAR_FROM_EMAIL is set and wins: e-mail comes from {address}."

    def clean_host(self) -> str:
        return checked_host(self.cleaned_data["host"])


class ReasonForm(Form):
    reason = forms.CharField(max_length=150, help_text="The reason is kept with the message.")

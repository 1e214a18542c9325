"""What administrators type about channels and messages."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError

from config.forms import Form
from notifications.models import Channel, ChannelKind


class AddressField(forms.CharField):
    """An address with secrets in it: typed once, never shown again."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "font-mono"})
        super().__init__(label="Address", max_length=1000, widget=widget, **kwargs)


class ChannelForm(Form):
    name = forms.CharField(max_length=80, help_text="As people call the place: “Incidents in Slack”.")
    kind = forms.ChoiceField(label="What it is", choices=ChannelKind)
    url = AddressField(
        help_text="A webhook's https address, or the address of a chat or push service as in the examples below."
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("url") and data.get("kind"):
            try:
                check_address(data["kind"], data["url"])
            except ValidationError as refusal:
                self.add_error("url", refusal)
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
        if url:
            check_address(self._kind, url)
        return url


class ReasonForm(Form):
    reason = forms.CharField(
        max_length=150, help_text="It stays with the message, for whoever wonders later."
    )


def check_address(kind: str, url: str) -> None:
    """Raises ValidationError, in words that repeat nothing of the address."""
    if kind == ChannelKind.CHAT:
        from notifications.channels import chat  # brings a library for every service along

        try:
            chat.service(url)
        except chat.NotAnAddressError as error:
            raise ValidationError(str(error)) from error
        return
    try:
        parts = urlsplit(url)
        is_complete = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        has_person = "@" in parts.netloc
    except ValueError:
        is_complete = has_person = False
    if not is_complete or any(character.isspace() for character in url):
        raise ValidationError("This is not a complete address; it begins with https:// and names a server.")
    if has_person or "\\" in url:
        raise ValidationError("An address with a name before an @, or with a \\, is not called.")

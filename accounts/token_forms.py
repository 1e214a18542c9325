"""What people choose for an API token and for a service account."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import SCOPES, ApiToken, InstallationRole, User
from accounts.models.tokens import LONGEST, SUBJECTS, USUAL
from core.forms import Form

DAYS = (7, 30, USUAL.days, 180, LONGEST.days)
NO_END = "never"
ME = "me"


@dataclass(frozen=True)
class ScopeRow:
    """One line of the table of scopes: a subject and its two boxes."""

    name: str
    label: str
    chosen: frozenset[str]

    @property
    def boxes(self) -> list[tuple[str, str, bool]]:
        """(scope, “read” or “write”, whether it is ticked)."""
        found = [(f"{self.name}:{way}", way) for way in ("read", "write")]
        return [(scope, way, scope in self.chosen) for scope, way in found]


def expiry_choices(*, with_none: bool) -> list[tuple[str, str]]:
    """How long a token may live, each with its last day."""
    today = timezone.localdate()
    ends = [(days, today + timedelta(days=days)) for days in DAYS]
    names = {365: "In a year"}
    found = [
        (str(days), f"{names.get(days, f'In {days} days')}, {end.day} {end:%b %Y}") for days, end in ends
    ]
    return [*found, *([(NO_END, "Never, for service accounts only")] if with_none else [])]


class TokenForm(Form):
    name = forms.CharField(
        max_length=ApiToken._meta.get_field("name").max_length,
        help_text="Where it is used, for example “deploy pipeline”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    owner = forms.ChoiceField(label="Acts as")
    scopes = forms.MultipleChoiceField(required=False)  # the verb asks for one, in words that fit
    reaches_private = forms.BooleanField(
        label="Private incidents",
        required=False,
        help_text="Only those that the account can see itself.",
    )
    days = forms.ChoiceField(label="Expires", help_text="You get an e-mail 7 days before.")

    def __init__(self, *args: Any, person: User, accounts: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.accounts = {str(account.pk): account for account in accounts}
        owners = [(ME, f"{person} (you)"), *((pk, str(account)) for pk, account in self.accounts.items())]
        self.typed_field("owner", forms.ChoiceField).choices = owners
        self.typed_field("days", forms.ChoiceField).choices = expiry_choices(with_none=bool(accounts))
        allowed = [scope for scope in SCOPES if scope != "admin" or person.is_administrator]
        self.typed_field("scopes", forms.MultipleChoiceField).choices = [(s, s) for s in allowed]
        if not accounts:
            self.fields["owner"].widget = forms.HiddenInput()

    @property
    def chosen_scopes(self) -> frozenset[str]:
        return frozenset(self["scopes"].value() or ())

    @property
    def scope_rows(self) -> list[ScopeRow]:
        chosen = self.chosen_scopes
        return [ScopeRow(name, label, chosen) for name, label in SUBJECTS.items()]

    @property
    def token(self) -> dict[str, Any]:
        """What the verb takes."""
        said = self.cleaned_data
        return {
            "name": said["name"],
            "scopes": said["scopes"],
            "owner": self.accounts.get(said["owner"], self.person),
            "reaches_private": said["reaches_private"],
            "lifetime": None if said["days"] == NO_END else timedelta(days=int(said["days"])),
        }


class RotationForm(Form):
    ends = forms.ChoiceField(
        label="The old token",
        choices=[("later", "Works for 24 more hours"), ("now", "Is revoked at once")],
        initial="later",
        widget=forms.RadioSelect,
        help_text="Revoke it at once if somebody else may know it.",
    )


class ServiceAccountForm(Form):
    name = forms.CharField(
        max_length=User._meta.get_field("name").max_length,
        help_text="What acts by it, for example “Deploy pipeline”. The audit trail and timelines show this name.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    installation_role = forms.ChoiceField(
        label="Role",
        choices=InstallationRole,
        initial=InstallationRole.RESPONDER,
        widget=forms.RadioSelect,
        help_text="Its tokens can do what this role can do, within their scopes.",
    )

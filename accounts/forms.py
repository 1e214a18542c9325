"""What people type about themselves and about who may come in."""

import re
from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.models import Installation, InstallationRole, Team, Theme, User
from accounts.time_zones import time_zone_choices
from accounts.workflow.inviting import MOST_AT_ONCE
from core.forms import EmailField, Form, LongSelect, Styled

LENGTH_HELP = "At least 12 characters. Several words are easy to remember."


class TimeZoneField(forms.ChoiceField):
    widget = LongSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=time_zone_choices, **{"label": "Time zone", **kwargs})


def is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


def new_password_field(label: str = "Password") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=LENGTH_HELP,
    )


class NewcomerForm(Form):
    """Whoever answers an invitation."""

    name = forms.CharField(
        label="Your name", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = new_password_field()
    time_zone = TimeZoneField(
        label="Your time zone",
        initial="UTC",
        widget=LongSelect(attrs={"data-detect-zone": ""}),
        help_text="Times are shown in it, and in UTC.",
    )


class FirstAdministratorForm(NewcomerForm):
    email = EmailField(
        label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    field_order = ["name", "email", "password", "time_zone"]


class OrganisationForm(Form):
    name = forms.CharField(max_length=100, widget=forms.TextInput(attrs={"autocomplete": "organization"}))
    time_zone = TimeZoneField()
    duty_contact = forms.CharField(
        label="Duty contact",
        max_length=Installation._meta.get_field("duty_contact").max_length,
        required=False,
        help_text="Shown on the sign-in page to people who can't sign in, for example a name and a phone number.",
    )


class OrganisationSettingsForm(OrganisationForm):
    duty_person = forms.ModelChoiceField(
        User.objects.none(),
        label="On duty",
        required=False,
        empty_label="Nobody",
        help_text="Reminded when an update is 15 minutes late or an incident stays without a commander.",
    )
    duty_mail = EmailField(
        label="Duty address",
        max_length=254,
        required=False,
        help_text="Gets the same reminders by e-mail, except for private incidents. Use a mailing list or a pager address.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed_field("duty_person", forms.ModelChoiceField).queryset = User.objects.responders()


class ProfileForm(Form):
    name = forms.CharField(max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    time_zone = TimeZoneField(help_text="Every time is shown in it, and in UTC beside it.")
    theme = forms.ChoiceField(choices=Theme, widget=forms.RadioSelect)
    keys_enabled = forms.BooleanField(
        label="Single-key shortcuts",
        required=False,
        help_text="c declares an incident, g then h opens Home, and ? lists all keys.",
    )


class AddressesField(forms.CharField):
    """E-mail addresses, one on each line or with commas between them; “Mira Novak <mira@example.org>” works too."""

    widget = forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"})

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]  # the stubs know only of a text
        parts = re.split(r"[\n,;]+", super().to_python(value) or "")
        found = (part.strip().rpartition("<")[2].rstrip("> ") for part in parts)
        return list(dict.fromkeys(address for address in found if address))


class InvitationForm(Form):
    emails = AddressesField(
        label="E-mail addresses",
        max_length=20_000,
        help_text=f"One on each line, or with commas between them. At most {MOST_AT_ONCE} at a time.",
    )
    skip_bad = forms.BooleanField(required=False, widget=forms.HiddenInput)
    installation_role = forms.ChoiceField(
        label="Role",
        choices=InstallationRole,
        initial=InstallationRole.RESPONDER,
        widget=forms.RadioSelect,
        help_text="Responders declare and work on incidents. Stakeholders read, report problems and ask for updates.",
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def clean_emails(self) -> list[str]:
        """Only the complete addresses. With others among them, `good` counts those that can be sent anyway."""
        typed = self.cleaned_data["emails"]
        bad = [address for address in typed if not is_address(address)]
        good = [address for address in typed if address not in bad]
        if bad and not (good and self.data.get("skip_bad")):
            self.good = len(good)
            raise ValidationError([f"“{address}” is not a complete e-mail address." for address in bad])
        return good


class TeamMembersForm(Form):
    people = forms.ModelMultipleChoiceField(
        User.objects.none(), label="Add members", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.typed_field("people", forms.ModelMultipleChoiceField)
        field.queryset = User.objects.active().exclude(teams=team)


class PersonForm(Form):
    installation_role = forms.ChoiceField(label="Role", choices=InstallationRole, widget=forms.RadioSelect)
    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    sees_private_incidents = forms.BooleanField(
        label="Sees private incidents",
        required=False,
        help_text="Every private incident, not only those this person is on.",
    )


class TeamForm(Form):
    name = forms.CharField(max_length=100)


class ExamplePersonForm(Form):
    person = forms.ModelChoiceField(User.objects.demo())


class _AllauthStyled(Styled):
    """allauth's own forms in our words: labels instead of placeholders, no links inside help texts."""

    LABELS = {
        "login": "E-mail",
        "email": "E-mail",
        "password": "Password",
        "oldpassword": "Current password",
        "password1": "New password",
        "password2": "New password again",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label, field.help_text = self.LABELS[name], ""
            field.widget.attrs.pop("placeholder", None)
            if name == "password1":
                field.help_text = LENGTH_HELP


class SignInForm(_AllauthStyled, allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"

    def clean(self) -> dict[str, Any] | None:
        try:
            return super().clean()
        except ValidationError as refusal:
            raise ValidationError(self.request.tries.sentence, code=refusal.code) from refusal

    @property
    def is_throttled(self) -> bool:
        return self.has_error("__all__", "too_many_login_attempts")


class ChangePasswordForm(_AllauthStyled, allauth_forms.ChangePasswordForm):
    pass


class ForgottenPasswordForm(_AllauthStyled, allauth_forms.ResetPasswordForm):
    users: list[User]

    def clean_email(self) -> str:
        """Service accounts have no way to sign in: nothing is sent."""
        email = super().clean_email()
        self.users: list[User] = [user for user in self.users if not user.is_service]
        return email


class NewPasswordForm(_AllauthStyled, allauth_forms.ResetPasswordKeyForm):
    pass

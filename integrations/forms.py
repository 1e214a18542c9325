"""What administrators choose for an integration."""

from typing import Any, NamedTuple

from django import forms

from core.forms import PLAIN, FilterForm, Form
from core.jmespaths import LONGEST_EXPRESSION, ExpressionError, check_expression
from incidents.models import Service
from integrations.activity import LABELS
from integrations.models import (
    LONGEST_SILENCE,
    USUAL_SILENCE,
    Integration,
    Mailbox,
    MailSecurity,
    Opens,
    PayloadState,
)
from integrations.senders import SENDERS, load
from integrations.senders.mappings import CHOICES, USUAL, WORDS
from integrations.workflow.heartbeats import KIND as HEARTBEAT
from signals.models import DataSource


class Mapped(NamedTuple):
    """A field of a mapping: its label, the usual path, and a hint."""

    label: str
    usual: str
    words: str = ""


OF_ALERTS = {
    "alerts": ("Alerts", "Where the list of alerts is. @ is the whole body."),
    "title": ("Title",),
    "description": ("Description",),
    "state": ("State", "Firing, acknowledged or resolved. Without a state, an alert is firing."),
    "severity": ("Severity",),
    "service": ("Service", "The slug or the name of a service in the catalogue."),
    "source": ("Source", "A host or a region, for example."),
    "key": ("Key", "The same key is the same alert. Without a key, the title is the key."),
    "group": ("Group", "Alerts of one group belong to one incident."),
    "at": ("Time of this state",),
    "started_at": ("Time it began",),
    "labels": ("Labels", "An object with further values."),
    "link": ("Link",),
}
OF_CHANGES = {
    "changes": ("Changes", "Where the list of changes is. @ is the whole body."),
    "title": ("Title",),
    "kind": ("Kind", "A deployment, a feature flag, a configuration and the like."),
    "key": ("Key", "The same key is the same change."),
    "at": ("Time",),
    "service": ("Service", "The slug or the name of a service in the catalogue."),
    "source": ("Source",),
    "link": ("Link",),
}
OF_MAIL = {
    "title": ("Title",),
    "description": ("Description",),
    "state": ("State", "Firing, acknowledged or resolved. It counts before the words."),
    "severity": ("Severity", "It counts before the words."),
    "service": ("Service", "The slug or the name of a service in the catalogue."),
    "source": ("Source",),
    "key": ("Key", "The same key is the same alert. It counts before the subject, thread or message."),
    "group": ("Group", "Alerts of one group belong to one incident."),
    "link": ("Link",),
}
WORDS_OF_MAIL = {
    "resolved_words": (
        "Words that resolve",
        "Between commas, such as RECOVERY, OK. Without one, an alert is firing.",
    ),
    "acknowledged_words": ("Words that acknowledge", "Such as ACKNOWLEDGEMENT."),
    "critical_words": ("Words for critical", "Such as CRITICAL, DOWN."),
    "warning_words": ("Words for warning", "Such as WARNING."),
    "other_words": (
        "Words without a meaning",
        "Such as PROBLEM. All words of this page are left out where subjects are compared.",
    ),
}
CHOICES_OF_MAIL = {
    "look_in": ("Look for words in", {"subject": "The subject", "everything": "The subject and the text"}),
    "same_by": (
        "The same alert has the same",
        {
            "subject": "Subject",
            "thread": "Thread: messages that answer one another",
            "message": "Message: each is an alert",
        },
    ),
}


def _mapped(told: dict[str, tuple[str, ...]], usual: dict[str, str]) -> dict[str, Mapped]:
    return {
        name: Mapped(words[0], path, *words[1:]) for name, path in usual.items() if (words := told.get(name))
    }


MAPPED = {
    "generic": _mapped(OF_ALERTS, USUAL["generic"]),
    "change": _mapped(OF_CHANGES, USUAL["change"]),
    "email": _mapped(OF_MAIL, USUAL["email"]),
}
"""By kind, the fields whose place in a payload an administrator can say."""
LONGEST_WORDS = 300


def labels_of(kind: str) -> dict[str, str]:
    """The label of each field of a mapping, in the order of its page."""
    words = {name: WORDS_OF_MAIL[name][0] for name in WORDS.get(kind, ())}
    choices = {name: CHOICES_OF_MAIL[name][0] for name in CHOICES.get(kind, {})}
    return words | choices | {name: field.label for name, field in MAPPED.get(kind, {}).items()}


class IntegrationForm(Form):
    name = forms.CharField(
        max_length=Integration._meta.get_field("name").max_length,
        help_text="For example “Alertmanager eu-1”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    service = forms.ModelChoiceField(
        Service.objects.in_use(),
        required=False,
        help_text="For alerts that name no service of the catalogue.",
    )
    opens = forms.ChoiceField(
        label="When an alert fires",
        choices=Opens,
        initial=Opens.CRITICAL,
        widget=forms.RadioSelect,
        help_text="An alert of a service or group with an open incident is added to that incident in any case.",
    )


def _expected_field(**options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label="Expected every, in minutes",
        min_value=1,
        max_value=LONGEST_SILENCE,
        help_text="When nothing was heard for as long, an alert fires. The next heartbeat resolves it.",
        **options,
    )


class ChangedIntegrationForm(IntegrationForm):
    """With the secret of a sender that can sign; what is stored is never shown."""

    expected_every = _expected_field()

    secret = forms.CharField(
        label="Signing secret",
        required=False,
        max_length=Integration._meta.get_field("secret").max_length,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "class": "!font-mono text-sm"}),
    )
    silenced_in = forms.ModelChoiceField(
        DataSource.objects.silencing(),
        required=False,
        label="Silence its alerts in",
        empty_label="Nowhere",
        help_text="A data source of the kind Alertmanager, from Settings, Signals. Responders can then silence alerts, and alerts that are silenced there are marked.",
    )
    topic_arn = forms.CharField(
        label="Topic of Amazon SNS",
        required=False,
        max_length=Integration._meta.get_field("topic_arn").max_length,
        help_text=(
            "The ARN of the topic, such as arn:aws:sns:eu-west-1:123456789012:alarms. Only signed messages of this "
            "topic are taken then, and its subscription is confirmed."
        ),
        widget=forms.TextInput(
            attrs={
                "class": "!font-mono text-sm",
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )
    without_secret = forms.BooleanField(label="Take payloads without a signature again", required=False)

    def __init__(self, *args: Any, integration: Integration, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        load()
        sender = SENDERS.get(integration.kind)
        if integration.expected_every is None:
            del self.fields["expected_every"]
        if sender is None or not sender.has_silences:
            del self.fields["silenced_in"]
        if not integration.secret:
            del self.fields["without_secret"]
        if sender is None or sender.proof is None:
            del self.fields["topic_arn"]
        if sender is None or sender.signature is None:
            del self.fields["secret"]
            return
        stored = " One is stored. Leave this empty to keep it." if integration.secret else ""
        words = (
            f"That is {sender.signature.secret}. With it, only payloads that {sender.name} signed are taken."
        )
        self.fields["secret"].help_text = words + stored

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.pop("without_secret", False):
            if said.get("secret"):
                self.add_error("secret", "Enter a secret, or take payloads without a signature: not both.")
            said["secret"] = ""
        elif not said.get("secret"):
            said.pop("secret", None)
        return said


class NewIntegrationForm(IntegrationForm):
    kind = forms.ChoiceField(label="Sender", widget=forms.RadioSelect)
    expected_every = _expected_field(required=False, initial=USUAL_SILENCE)
    field_order = ("kind", "name", "expected_every", "service", "opens")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        load()
        self.typed_field("kind", forms.ChoiceField).choices = [(s.kind, s.name) for s in SENDERS.values()]

    def clean(self) -> dict[str, Any]:
        """How often it is expected is asked of a heartbeat only."""
        said = super().clean()
        if said.get("kind") != HEARTBEAT:
            said["expected_every"] = None
            self.errors.pop("expected_every", None)
        return said


class MailboxForm(Form):
    """What is stored as the password is never shown."""

    host = forms.CharField(
        max_length=253,
        help_text="Of the IMAP server, such as imap.example.org. A private address must be allowed with ALLCLEAR_OUTBOUND_ALLOW.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    port = forms.IntegerField(
        min_value=1, max_value=65535, initial=993, help_text="Usually 993, or 143 with STARTTLS."
    )
    security = forms.ChoiceField(
        label="Encryption", choices=MailSecurity, initial=MailSecurity.TLS, widget=forms.RadioSelect
    )
    user_name = forms.CharField(label="User name", max_length=200, widget=forms.TextInput(attrs=PLAIN))
    password = forms.CharField(
        max_length=500, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    folder = forms.CharField(
        max_length=200,
        initial="INBOX",
        help_text="Messages that are in it already are not taken.",
        widget=forms.TextInput(attrs=PLAIN),
    )

    def __init__(self, *args: Any, mailbox: Mailbox | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if mailbox:
            self.fields["password"].required = False
            self.fields["password"].help_text = "One is stored. Leave this empty to keep it."


class KeyForm(Form):
    ends = forms.ChoiceField(
        label="The old key",
        choices=[("later", "Works for 24 more hours"), ("now", "Ends at once")],
        initial="later",
        widget=forms.RadioSelect,
        help_text="End it at once if somebody else may know it. Events that are sent with it are then refused.",
    )


class MappingForm(Form):
    """A JMESPath for each field; an empty one means the usual names. Before them words and choices, where the kind has some."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paths = MAPPED[kind]
        self.has_words = kind in WORDS
        for name in WORDS.get(kind, ()):
            label, hint = WORDS_OF_MAIL[name]
            self.fields[name] = forms.CharField(
                label=label,
                required=False,
                max_length=LONGEST_WORDS,
                help_text=hint,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )
        for name in CHOICES.get(kind, {}):
            label, values = CHOICES_OF_MAIL[name]
            self.fields[name] = forms.ChoiceField(label=label, required=False, choices=list(values.items()))
        for name, (label, usual, words) in MAPPED[kind].items():
            self.fields[name] = forms.CharField(
                label=label,
                required=False,
                max_length=LONGEST_EXPRESSION,
                help_text=words,
                widget=forms.TextInput(
                    attrs={
                        "class": "!font-mono text-sm",
                        "placeholder": usual,
                        "autocomplete": "off",
                        "autocapitalize": "none",
                        "spellcheck": "false",
                    }
                ),
            )

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        for name, path in list(said.items()):
            if path and name in self.paths:
                try:
                    check_expression(path)
                except ExpressionError as fault:
                    self.add_error(name, str(fault))
        return self.cleaned_data


class ListFilter(FilterForm):
    q = forms.CharField(required=False, label="Name or sender", max_length=80)
    state = forms.ChoiceField(
        required=False, label="State", choices=[("", "Any state"), *((a.value, w) for a, w in LABELS.items())]
    )


class PayloadFilter(FilterForm):
    outcome = forms.ChoiceField(
        required=False, label="Outcome", choices=[("", "Any outcome"), *PayloadState.choices]
    )

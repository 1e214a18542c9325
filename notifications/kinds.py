"""Every kind of place a message goes to: its name, what is asked for, how its address is known, and who sends.

A new chat or push service is one entry here. Nothing above is needed for it: models, forms and senders read this.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.db import models

PASTED = "{address}"
"""The service shows one address to copy, which is recognised as it is."""


class DeliveryKind(models.TextChoices):
    """What is stored with a channel and a delivery. The module of that name in `channels` is the sender."""

    MAIL = "mail", "E-mail"
    WEBHOOK = "webhook", "Webhook"
    CHAT = "chat", "Chat or push service"


CHANNEL_KINDS = [(kind.value, kind.label) for kind in DeliveryKind if kind != DeliveryKind.MAIL]


@dataclass(frozen=True)
class Kind:
    """`pattern` is an Apprise address with the names of `fields`; `fields` maps those names to (label, help text).

    `schemes` begin its Apprise addresses. `shown` is what it shows people to copy, and `pattern_of_shown` the
    Apprise address of that, where Apprise does not know it by itself; what `retired` fits is refused.
    """

    name: str
    sender: DeliveryKind = DeliveryKind.CHAT
    pattern: str = ""
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)
    steps: str = ""
    schemes: frozenset[str] = frozenset()
    shown: re.Pattern[str] | None = None
    pattern_of_shown: str = ""
    retired: re.Pattern[str] | None = None
    why_retired: str = ""

    def address(self, values: dict[str, str]) -> str:
        if self.pattern == PASTED:
            return values["address"].strip()
        return self.pattern.format(**{name: quote(text.strip(), safe="") for name, text in values.items()})

    def recognised(self, address: str) -> str | None:
        """The Apprise address for one as this service shows it; None where it is another, or Apprise knows it."""
        found = self.shown.fullmatch(address) if self.shown else None
        return self.pattern_of_shown.format(**found.groupdict()) if found else None


def _pasted(name: str, example: str, steps: str, *schemes: str, **recognition: Any) -> Kind:
    fields = {"address": ("Webhook address", f"It looks like {example}.")}
    return Kind(name, pattern=PASTED, fields=fields, steps=steps, schemes=frozenset(schemes), **recognition)


def _filled(name: str, pattern: str, steps: str, *schemes: str, **fields: tuple[str, str]) -> Kind:
    known = frozenset({pattern.partition("://")[0], *schemes})
    return Kind(name, pattern=pattern, fields=fields, steps=steps, schemes=known)


SERVER = ("Server", "Its name without https://, for example chat.example.com.")
KINDS = {
    "mail": Kind("E-mail", DeliveryKind.MAIL),
    "webhook": Kind("Webhook", DeliveryKind.WEBHOOK),
    "slack": _pasted(
        "Slack",
        "https://hooks.slack.com/services/T…/B…/…",
        "In Slack, open Apps, add Incoming Webhooks to the channel, and copy the webhook URL.",
        "slack",
    ),
    "teams": _pasted(
        "Microsoft Teams",
        "https://….logic.azure.com/workflows/… or https://….powerplatform.com/…",
        "In Teams, open the channel’s Workflows, choose “Send webhook alerts to a channel”, and copy the URL.",
        "workflows",
        "workflow",
        "msteams",
        retired=re.compile(
            r"https://([^/?#@]+\.)?(webhook\.office\.com/|outlook\.office(365)?\.com/webhook/)", re.IGNORECASE
        ),
        why_retired="Microsoft has retired these addresses. In Teams, open the channel’s Workflows, choose “Send webhook"
        " alerts to a channel”, and copy the address it shows.",
    ),
    "discord": _pasted(
        "Discord",
        "https://discord.com/api/webhooks/…/…",
        "In Discord, edit the channel, open Integrations, Webhooks, and copy the webhook URL.",
        "discord",
    ),
    "mattermost": _pasted(
        "Mattermost",
        "https://chat.example.com/hooks/…",
        "In Mattermost, open Integrations, Incoming Webhooks, add one, and copy the URL.",
        "mmosts",
        "mmost",
        shown=re.compile(
            r"https://(?P<host>[^/?#@]+)(?P<path>(?:/[^/?#]+)*)/hooks/(?P<token>[a-z0-9]{26})/?"
        ),
        pattern_of_shown="mmosts://{host}{path}/{token}",
    ),
    "google-chat": _pasted(
        "Google Chat",
        "https://chat.googleapis.com/v1/spaces/…/messages?key=…&token=…",
        "In Google Chat, open the space’s Apps and integrations, add a webhook, and copy the link.",
        "gchat",
        "googlechat",
    ),
    "rocket-chat": _pasted(
        "Rocket.Chat",
        "https://chat.example.com/hooks/…/…",
        "In Rocket.Chat, open Administration, Integrations, add an incoming webhook, and copy its URL.",
        "rockets",
        "rocket",
        shown=re.compile(
            r"https://(?P<host>[^/?#@]+)/hooks/(?P<first>[A-Za-z0-9]{8,})/(?P<second>[A-Za-z0-9]{16,})/?"
        ),
        pattern_of_shown="rockets://{first}/{second}@{host}",
    ),
    "ntfy": _filled(
        "ntfy",
        "ntfys://{server}/{topic}",
        "Choose a topic name that nobody can guess.",
        "ntfy",
        server=SERVER,
        topic=("Topic", "For example incidents-8f2c."),
    ),
    "gotify": _filled(
        "Gotify",
        "gotifys://{server}/{token}",
        "In Gotify, open Apps, create an application, and copy its token.",
        "gotify",
        server=SERVER,
        token=("Application token", ""),
    ),
    "matrix": _filled(
        "Matrix",
        "matrixs://{user}:{token}@{server}/{room}",
        "Invite the user to the room, and copy its access token.",
        "matrix",
        server=SERVER,
        user=("User", ""),
        token=("Access token or password", ""),
        room=("Room", "For example #incidents."),
    ),
    "zulip": _filled(
        "Zulip",
        "zulip://{bot}@{organisation}/{token}/{stream}",
        "In Zulip, open Settings, Your bots, add an incoming webhook bot, and copy its API key.",
        bot=("Bot name", ""),
        organisation=("Organisation", "The first part of your Zulip address."),
        token=("API key", ""),
        stream=("Channel", ""),
    ),
    "webex": _filled(
        "Webex",
        "wxteams://{token}",
        "Add the Incoming Webhooks app to the space, and copy the last part of the address.",
        "webex",
        "spark",
        token=("Webhook token", ""),
    ),
    "telegram": _filled(
        "Telegram",
        "tgram://{bot_token}/{chat_id}",
        "Create a bot with @BotFather and add it to the chat.",
        bot_token=("Bot token", ""),
        chat_id=("Chat ID", ""),
    ),
    "pushover": _filled(
        "Pushover",
        "pover://{user_key}@{token}",
        "Create an application in Pushover.",
        user_key=("User or group key", ""),
        token=("Application token", ""),
    ),
}
SERVICES = {key: kind for key, kind in KINDS.items() if kind.sender == DeliveryKind.CHAT}
SCHEMES = frozenset().union(*(kind.schemes for kind in SERVICES.values()))


def scheme_of(address: str) -> str:
    return address.partition("://")[0].lower()


def kind_of(sender: str, address: str) -> Kind | None:
    """What a channel is: a webhook, or Slack by its Apprise address; None where that is none of ours."""
    scheme = scheme_of(address)
    if sender == DeliveryKind.CHAT:
        return next((service for service in SERVICES.values() if scheme in service.schemes), None)
    return next((kind for kind in KINDS.values() if kind.sender == sender), None)


def recognised(address: str) -> str | None:
    """The Apprise address for one as a service shows it, where Apprise itself does not know it."""
    return next((found for kind in SERVICES.values() if (found := kind.recognised(address))), None)


def why_retired(address: str) -> str:
    """What to do instead, for an address that its service takes no messages at any more; else empty."""
    gone = (kind for kind in SERVICES.values() if kind.retired and kind.retired.match(address))
    return next((kind.why_retired for kind in gone), "")

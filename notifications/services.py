"""The chat and push services that messages are sent to: what each asks for, and the address made of it."""

from dataclasses import dataclass, field
from urllib.parse import quote

PASTED = "{address}"
"""The service shows one address to copy, which is recognised as it is."""


@dataclass(frozen=True)
class Service:
    """`pattern` is an Apprise address with the names of `fields`; `fields` maps those names to (label, help text)."""

    name: str
    pattern: str
    fields: dict[str, tuple[str, str]]
    steps: str
    schemes: frozenset[str] = field(default_factory=frozenset)

    def address(self, values: dict[str, str]) -> str:
        if self.pattern == PASTED:
            return values["address"].strip()
        return self.pattern.format(**{name: quote(text.strip(), safe="") for name, text in values.items()})


def _pasted(name: str, example: str, steps: str, *schemes: str) -> Service:
    return Service(
        name, PASTED, {"address": ("Webhook address", f"It looks like {example}.")}, steps, frozenset(schemes)
    )


def _filled(name: str, pattern: str, steps: str, *schemes: str, **fields: tuple[str, str]) -> Service:
    return Service(name, pattern, fields, steps, frozenset({pattern.partition("://")[0], *schemes}))


SERVER = ("Server", "Its name without https://, for example chat.example.com.")
SERVICES = {
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
SCHEMES = frozenset().union(*(service.schemes for service in SERVICES.values()))


def name_of(address: str) -> str:
    """The service of an Apprise address: “Slack”; empty where it is none of these."""
    scheme = address.partition("://")[0].lower()
    return next((service.name for service in SERVICES.values() if scheme in service.schemes), "")

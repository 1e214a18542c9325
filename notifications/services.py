"""The chat and push services that messages leave for, each with its scheme and an example of its address."""

SERVICES = {
    "Slack": ("slack", "slack://TOKEN_A/TOKEN_B/TOKEN_C/#incidents"),
    "Microsoft Teams": ("workflows", "workflows://prod-00.westeurope.logic.azure.com/WORKFLOW/SIGNATURE"),
    "Mattermost": ("mmosts", "mmosts://chat.example.com/HOOK"),
    "Discord": ("discord", "discord://WEBHOOK_ID/WEBHOOK_TOKEN"),
    "Google Chat": ("gchat", "gchat://SPACE/KEY/TOKEN"),
    "Rocket.Chat": ("rockets", "rockets://TOKEN_A/TOKEN_B@chat.example.com/#incidents"),
    "Matrix": ("matrixs", "matrixs://USER:TOKEN@matrix.example.com/#incidents"),
    "Zulip": ("zulip", "zulip://BOT@ORGANISATION/TOKEN/incidents"),
    "Webex": ("wxteams", "wxteams://TOKEN"),
    "Telegram": ("tgram", "tgram://BOT_TOKEN/CHAT_ID"),
    "ntfy": ("ntfys", "ntfys://ntfy.example.com/incidents"),
    "Gotify": ("gotifys", "gotifys://push.example.com/TOKEN"),
    "Pushover": ("pover", "pover://USER_KEY@TOKEN"),
}
PLAIN = {"mmosts": "mmost", "rockets": "rocket", "matrixs": "matrix", "ntfys": "ntfy", "gotifys": "gotify"}
ALIASES = {"msteams", "workflow", "webex", "spark", "googlechat"}
SCHEMES = {scheme for scheme, _ in SERVICES.values()} | set(PLAIN.values()) | ALIASES

"""What to copy into the configuration of a sender, with the address of this installation and, once, the key."""

import json
from typing import Any

from django.conf import settings

from integrations.senders import Sender, Setup

NO_KEY = "YOUR_KEY"
"""Stands where the key belongs, once the key is no longer known."""
NO_TOPIC = "arn:aws:sns:REGION:ACCOUNT:TOPIC"
BY_HEADER = ("generic", "change")
"""Kinds for programs of one's own, which can set a header."""
HELP = "The sender posts JSON. Use the URL with the key where the sender can set no header, and keep that URL secret."


def setup_context(sender: Sender | None, key: str = "", topic: str = "") -> dict[str, Any]:
    """What `integrations/_setup.html` shows: the sender's own setups, or an address and a command."""
    if sender is None:
        return {"setups": [], "setup_help": ""}
    places = {
        "@ADDRESS": settings.PUBLIC_URL,
        "@KEY": key or NO_KEY,
        "@TOPIC": topic or NO_TOPIC,
        "@MAIL_DOMAIN": settings.MAIL_DOMAIN,
        "@SMTP_HOST": settings.SMTP_HOST,
        "@SMTP_PORT": str(settings.SMTP_PORT),
    }
    setups = [Setup(one.name, _filled(one.text, places)) for one in sender.setups or _usual(sender)]
    return {"setups": setups, "setup_help": _filled(sender.help or HELP, places), "no_key": NO_KEY}


def _filled(text: str, places: dict[str, str]) -> str:
    for place, value in places.items():
        text = text.replace(place, value)
    return text


def _usual(sender: Sender) -> list[Setup]:
    url = "@ADDRESS/hooks/@KEY/"
    body = json.dumps(sender.sample(""), ensure_ascii=False).replace("'", "'\\''")
    command = (
        "curl @ADDRESS/hooks/ \\\n"
        '  -H "Authorization: Bearer @KEY" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  -d '{body}'"
    )
    found = [Setup("URL", url), Setup("curl", command)]
    if sender.kind in BY_HEADER:
        found.reverse()
    if sender.to_copy:
        found.insert(0, Setup("Configuration", sender.to_copy.replace("ADDRESS", url)))
    return found

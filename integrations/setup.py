"""What to copy into the configuration of a sender, with the address of this installation and, once, the key."""

import json
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import select_template

from integrations.models import Integration
from integrations.senders import SENDERS, Sender

NO_KEY = "YOUR_KEY"
"""Stands where the key belongs, once the key is no longer known."""
BY_HEADER = ("generic", "change")
"""Kinds for programs of one's own, which can set a header."""


@dataclass(frozen=True)
class Snippet:
    name: str
    text: str

    @property
    def slug(self) -> str:
        return self.name.lower()


def configuration_of(integration: Integration, key: str = "") -> str:
    """HTML. A sender has a template of its own under `integrations/setup/`, or gets an address and a command."""
    sender = SENDERS.get(integration.kind)
    context = {
        "integration": integration,
        "address": settings.PUBLIC_URL,
        "key": key or NO_KEY,
        "is_key": bool(key),
        "snippets": _snippets(sender, key or NO_KEY) if sender else [],
    }
    names = [f"integrations/setup/{integration.kind}.html", "integrations/setup/curl.html"]
    return select_template(names).render(context)


def _snippets(sender: Sender, key: str) -> list[Snippet]:
    url = f"{settings.PUBLIC_URL}/hooks/{key}/"
    body = json.dumps(sender.sample(""), ensure_ascii=False).replace("'", "'\\''")
    command = (
        f"curl {settings.PUBLIC_URL}/hooks/ \\\n"
        f'  -H "Authorization: Bearer {key}" \\\n'
        f'  -H "Content-Type: application/json" \\\n'
        f"  -d '{body}'"
    )
    found = [Snippet("URL", url), Snippet("curl", command)]
    if sender.kind in BY_HEADER:
        found.reverse()
    if sender.to_copy:
        found.insert(0, Snippet("Configuration", sender.to_copy.replace("ADDRESS", url)))
    return found

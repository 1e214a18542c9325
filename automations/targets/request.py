"""What is sent to a target. Without the libraries that send it, which only workers load."""

from dataclasses import dataclass, field
from typing import Any

from automations.models import SignIn


@dataclass(frozen=True)
class Request:
    """All that a call needs, so that the thread that makes it asks no database. `body` is filled in already."""

    method: str
    url: str
    content: str
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    sign_in: str = SignIn.NONE
    user_name: str = ""
    secret: str = field(default="", repr=False)
    message_id: str = ""

"""A page's own look: the addresses of its style sheet and its logo, and what the style sheet says.

Each address holds a version, so that browsers keep what is at it for good.
"""

from hashlib import sha256
from typing import Protocol


class Dressed(Protocol):
    accent: str
    accent_light: str
    accent_dark: str
    accent_on: str


def style_of(page: Dressed) -> str:
    """The custom properties of frontend/status.css that an accent colour sets, never those of states; or nothing."""
    if not page.accent:
        return ""
    return (
        f":root{{--act:{page.accent_light};--main:{page.accent};--on-main:{page.accent_on};--main-edge:var(--act)}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{--act:{page.accent_dark}}}}}\n"
    )


def version_of(content: str | bytes) -> str:
    return sha256(content.encode() if isinstance(content, str) else content).hexdigest()[:16]

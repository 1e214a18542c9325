"""Which server, and with which token: from the environment, else from the file that `allclear configure` writes."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_config_path

from allclear_cli.failures import CommandError, Exit
from allclear_cli.private_files import is_readable_by_others, write_private


@dataclass(frozen=True)
class Settings:
    url: str
    token: str
    url_from: str
    token_from: str


def settings_file() -> Path:
    return user_config_path("allclear", appauthor=False) / "config.json"


def load_settings() -> Settings:
    """The token in the file is for the server in the file: it is sent to no other."""
    stored = _stored()
    url = checked_url(os.environ.get("ALLCLEAR_URL", "") or stored.get("url", ""))
    token, token_from = os.environ.get("ALLCLEAR_TOKEN", "").strip(), "ALLCLEAR_TOKEN"
    if not token and url == stored.get("url"):
        token, token_from = stored.get("token", ""), str(settings_file())
    if not token:
        raise CommandError(
            f"There is no token for {url}. Set ALLCLEAR_TOKEN, or run: allclear configure {url}", Exit.USAGE
        )
    url_from = "ALLCLEAR_URL" if os.environ.get("ALLCLEAR_URL") else str(settings_file())
    return Settings(url, checked_token(token), url_from, token_from)


def store_settings(url: str, token: str) -> Path:
    path = settings_file()
    write_private(path, json.dumps({"url": url, "token": token}, indent=2) + "\n")
    return path


def checked_url(written: str) -> str:
    """The server's address, without a slash at its end."""
    if not written:
        raise CommandError("There is no server yet. Set ALLCLEAR_URL, or run: allclear configure", Exit.USAGE)
    url = written.strip().rstrip("/").removesuffix("/api/v1")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
        raise CommandError(
            f"“{written}” is not the address of a server. Write it like https://incidents.example.com",
            Exit.USAGE,
        )
    return url


def checked_token(written: str) -> str:
    """Never shown in what is refused."""
    token = written.strip()
    if not (token.isascii() and token.isprintable()) or not token or " " in token:
        raise CommandError("The token is not one line of letters and digits. Copy it again.", Exit.USAGE)
    return token


def _stored() -> dict[str, str]:
    path = settings_file()
    if not path.exists():
        return {}
    if is_readable_by_others(path):
        raise CommandError(f"Other people can read {path}. Run: chmod 600 '{path}'", Exit.USAGE)
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise CommandError(f"{path} cannot be read. Run: allclear configure", Exit.USAGE) from fault
    return stored if isinstance(stored, dict) else {}

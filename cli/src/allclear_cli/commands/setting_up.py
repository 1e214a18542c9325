"""`configure`, `send`."""

import sys
from typing import Annotated
from urllib.parse import urlsplit

import typer

from allclear_cli import offline, times
from allclear_cli.arguments import Json
from allclear_cli.failures import CommandError, Exit
from allclear_cli.output import as_json, facts, note, say, table
from allclear_cli.server import Server
from allclear_cli.settings import Settings, checked_token, checked_url, load_settings, store_settings


def configure(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="The server, such as https://incidents.example.com.")
    ] = "",
    show: Annotated[
        bool, typer.Option("--show", help="Say which server and whose token are used. Changes nothing.")
    ] = False,
    is_json: Json = False,
) -> None:
    """Store the server and your token for the commands that follow.

    Make a token in Allclear under Settings, API tokens. You are asked for it, and it is not shown while you type.
    In a script, write it to standard input. It is tried before it is stored, in a file that only you can read.

    ALLCLEAR_URL and ALLCLEAR_TOKEN come before the file. A stored token is only ever sent to its own server.

    \b
    Examples:
      allclear configure https://incidents.example.com
      allclear configure https://incidents.example.com < token.txt
      allclear configure --show
    """
    if show:
        settings = load_settings()
        _tell(Server(settings).get("me"), settings, is_json)
        return
    asks = sys.stdin.isatty()
    url = checked_url(url or (typer.prompt("Server", err=True) if asks else ""))
    if urlsplit(url).scheme == "http" and urlsplit(url).hostname not in ("localhost", "127.0.0.1", "::1"):
        note("Warning: with http:// others on the network can read the token. Use https:// if you can.")
    token = checked_token(typer.prompt("Token", hide_input=True, err=True) if asks else sys.stdin.readline())
    settings = Settings(url, token, "", "")
    me = Server(settings).get("me")
    path = store_settings(url, token)
    _tell(me, settings, is_json)
    note(f"Stored in {path}.")


def _tell(me: dict, settings: Settings, is_json: bool) -> None:
    if is_json:
        as_json(me)
        return
    facts(
        [
            ("Server", f"{settings.url} (from {settings.url_from})" if settings.url_from else settings.url),
            ("Person", me["person"]["name"]),
            ("Token", f"{me['token']} (from {settings.token_from})" if settings.token_from else me["token"]),
            ("Scopes", ", ".join(me["scopes"])),
            ("Private", "reaches private incidents" if me["reaches_private"] else ""),
            ("Expires", times.shown(me["expires_at"])),
        ]
    )


def send(
    shows: Annotated[bool, typer.Option("--list", help="Show what is kept. Sends nothing.")] = False,
    drop: Annotated[str, typer.Option("--drop", metavar="ID", help="Forget a kept declaration.")] = "",
    is_json: Json = False,
) -> None:
    """Deliver what was declared with --offline while the server was away.

    Every other command does this first as well. Each declaration becomes one incident, with the time at which it was
    declared. One that the server refused stays kept, with the reason: correct what is missing on the server and send
    again, or drop it.

    \b
    Examples:
      allclear send
      allclear send --list
      allclear send --drop 6f1c2a9e
    """
    if drop:
        _drop(drop)
    elif shows:
        _show_kept(is_json)
    else:
        _send(is_json)


def _send(is_json: bool) -> None:
    server = Server(load_settings())
    made, failures = [], []
    for kept in offline.all_kept(server.url):
        try:
            made.append(offline.deliver(server, kept))
        except CommandError as failure:
            if not failure.is_refusal:
                raise
            failures.append(failure)
            note(f"Not delivered: “{kept.title}”. {' '.join([failure.sentence, *failure.details])}")
    if is_json:
        as_json(made)
    elif not made and not failures:
        say(_nothing_waits())
    if failures:
        raise typer.Exit(failures[0].code)


def _nothing_waits() -> str:
    """What is kept for other servers is not sent to this one, and not forgotten either."""
    others = sorted({kept.url for kept in offline.all_kept()})
    if not others:
        return "Nothing is waiting to be sent."
    return f"Nothing is waiting to be sent to this server. Kept for another: {', '.join(others)}"


def _show_kept(is_json: bool) -> None:
    kept = offline.all_kept()
    if is_json:
        as_json([vars(one) for one in kept])
    elif not kept:
        say("Nothing is waiting to be sent.")
    else:
        rows = [
            (one.id[:8], times.shown(one.at), "\n".join(filter(None, [one.title, one.url, one.refused])))
            for one in kept
        ]
        table(["ID", "Declared", "Title and server"], rows, wide="Title and server")


def _drop(start: str) -> None:
    found = [one for one in offline.all_kept() if one.id.startswith(start.lower())]
    if not found:
        raise CommandError(f"Nothing kept has an ID that starts with {start}.", Exit.NOT_FOUND)
    if len(found) > 1:
        raise CommandError(
            f"{len(found)} kept declarations have an ID that starts with {start}.", Exit.NOT_FOUND
        )
    offline.forget(found[0])
    say(f"Forgotten: “{found[0].title}”.")

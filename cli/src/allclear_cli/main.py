"""The command `allclear`: its subcommands, and how it ends."""

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from allclear_cli import __version__
from allclear_cli.commands import actions, incidents, response, setting_up, timeline
from allclear_cli.failures import CommandError
from allclear_cli.output import as_json, note, say

HELP = """Declare, update and resolve incidents from a terminal or a pipeline.

Begin with: allclear configure

\b
Exit codes:
  0  done
  1  refused: the server does not accept the values
  2  the command is written wrongly, or server and token are not set
  3  there is no such incident or item that you can reach
  4  no access: the token is not valid, lacks a scope, or you may not do this
  5  the server cannot be reached, or it failed
  6  it does not fit the present state, such as closing what is open
  7  too many requests

\b
Environment:
  ALLCLEAR_URL      the server, such as https://incidents.example.com
  ALLCLEAR_TOKEN    an API token. Both come before what configure has stored
  HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE and NO_COLOR are respected
"""

app = typer.Typer(
    name="allclear",
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
action = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Action items: add, list, mark as done."
)

COMMANDS: dict[str, Callable[..., None]] = {
    "configure": setting_up.configure,
    "declare": incidents.declare,
    "list": incidents.list_incidents,
    "show": incidents.show,
    "who": incidents.who,
    "timeline": timeline.timeline,
    "open": incidents.open_page,
    "note": response.note,
    "update": response.update,
    "mitigate": response.mitigate,
    "resolve": response.resolve,
    "close": response.close,
    "change": response.change,
    "export": timeline.export,
    "send": setting_up.send,
}
for name, command in COMMANDS.items():
    app.command(name)(command)
action.command("add")(actions.add)
action.command("list")(actions.list_items)
action.command("done")(actions.done)
app.add_typer(action, name="action")


def _version(asked: bool) -> None:
    if asked:
        say(f"allclear {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options before the command."""


def main() -> None:
    try:
        app()
    except CommandError as failure:
        if failure.problem is not None and "--json" in sys.argv:
            as_json(failure.problem)
        note("\n".join([f"allclear: {failure.sentence}", *(f"  {one}" for one in failure.details)]))
        sys.exit(failure.code)

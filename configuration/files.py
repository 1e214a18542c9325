"""What is configured, as YAML files: one a kind."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from accounts.models import User
from configuration.telling import exported
from configuration.yaml_files import ENDINGS

ABOUT = {
    "automations": "Secrets are left out. Automations that exist keep theirs.\n"
    "# A new one that has one needs it: secret: ${env:NAME} or ${file:PATH}",
    "channels": "Addresses are secrets and are left out. Channels that exist keep theirs.\n"
    "# A new channel needs one: url: ${env:NAME} or ${file:PATH}",
    "checklists": "Lines are recognised by status, title and incident type.",
    "data_sources": "Tokens and passwords are secrets and are left out. Data sources that exist keep theirs.\n"
    "# A new one that signs in needs one: secret: ${env:NAME} or ${file:PATH}",
    "message_templates": "Words that updates begin with. {{ names }} are filled in.",
}


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, and lists indented below their name."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def files_of(by: User) -> Iterator[tuple[str, str]]:
    """(name, content) of each file."""
    for kind, rows in exported(by).items():
        content = yaml.dump(
            {kind: rows},
            Dumper=_Dumper,
            sort_keys=False,
            allow_unicode=True,
            width=110,
            default_flow_style=False,
        )
        about = f"# {ABOUT[kind]}\n" if kind in ABOUT else ""
        yield f"{kind.replace('_', '-')}.yaml", about + content


def write_folder(folder: Path, by: User) -> list[str]:
    """Write the files, over those of an earlier export. Raises FileExistsError where there are YAML files of others."""
    written = dict(files_of(by))
    folder.mkdir(parents=True, exist_ok=True)
    others = [f.name for f in sorted(folder.rglob("*")) if f.suffix in ENDINGS and f.name not in written]
    if others:
        raise FileExistsError(others[0])
    for name, content in written.items():
        (folder / name).write_text(content, encoding="utf-8")
    return list(written)

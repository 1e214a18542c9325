"""YAML files as plain values with the line of each; no aliases, no tags, nothing larger than a person writes."""

from collections.abc import Hashable
from pathlib import Path as FilePath
from typing import Any

import yaml

from configuration.entries import Document, Mistake, Mistaken, Path

MOST_BYTES = 1_000_000
DEEPEST = 12
MOST_BITS = 63  # of a whole number, as the database has them
ENDINGS = (".yaml", ".yml")


class _Refused(yaml.MarkedYAMLError):
    """What YAML allows and a configuration does not."""


class _Loader(yaml.SafeLoader):
    """Refuses aliases, from which a short file could become a huge one, and what is nested too deeply."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise _Refused(problem="Aliases (*name) are not read.", problem_mark=self.peek_event().start_mark)
        if getattr(self.peek_event(), "tag", None) is not None:
            raise _Refused(problem="Tags (!name) are not read.", problem_mark=self.peek_event().start_mark)
        self.depth += 1
        if self.depth > DEEPEST:
            raise _Refused(problem="This is nested too deeply.", problem_mark=self.peek_event().start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read_folder(folder: FilePath) -> list[Document]:
    """Every YAML file of the folder and those below it. Raises Mistaken with all that cannot be read."""
    if not folder.is_dir():
        raise Mistaken([Mistake(str(folder), "", "There is no such folder.")])
    documents, mistakes = [], []
    for file in sorted(f for f in folder.rglob("*") if f.suffix in ENDINGS and f.is_file()):
        name = str(file.relative_to(folder))
        try:
            documents.append(read_text(name, _content(name, file)))
        except Mistaken as refusal:
            mistakes += refusal.mistakes
    if mistakes:
        raise Mistaken(mistakes)
    if not documents:
        raise Mistaken([Mistake(str(folder), "", "There is no file here that ends in .yaml or .yml.")])
    return documents


def _content(name: str, file: FilePath) -> str:
    if file.stat().st_size > MOST_BYTES:
        raise Mistaken([Mistake(name, "", "This file is larger than 1 MB.")])
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Mistaken([Mistake(name, "", "This file is not UTF-8 text.")]) from error
    except OSError as error:
        raise Mistaken([Mistake(name, "", "This file cannot be read.")]) from error


def read_text(name: str, content: str) -> Document:
    """One file. Raises Mistaken."""
    document = Document(None, name)
    try:
        loader = _Loader(content)
        node = loader.get_single_node()
        document.said = _plain(loader, node, (), document.lines) if node else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1 if mark else 1}"
        sentence = (
            str(error.problem) if isinstance(error, _Refused) else f"This is not YAML: {error.problem}."
        )
        raise Mistaken([Mistake(where, "", sentence)]) from error
    except yaml.YAMLError as error:
        raise Mistaken(
            [Mistake(name, "", "This is not YAML: it holds a character that cannot be read.")]
        ) from error
    return document


def _plain(loader: _Loader, node: yaml.Node, at: Path, lines: dict[Path, int]) -> Any:
    lines.setdefault(at, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(loader, inner, (*at, place), lines) for place, inner in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, at, lines)
    try:
        value = loader.construct_object(node)
    except (ValueError, OverflowError) as error:  # a date that does not exist, a number without end
        raise _Refused(problem="This value cannot be read.", problem_mark=node.start_mark) from error
    if isinstance(value, int) and value.bit_length() > MOST_BITS:  # could not even be told in a mistake
        raise _Refused(problem="This number is too large.", problem_mark=node.start_mark)
    _require_whole(node)
    return value


def _require_whole(node: yaml.Node) -> None:
    """YAML can write half of a surrogate pair, which no database keeps."""
    try:
        node.value.encode()
    except UnicodeEncodeError as error:
        problem = "This text holds half of a character, such as “\\ud83d” alone."
        raise _Refused(problem=problem, problem_mark=node.start_mark) from error


def _mapping(loader: _Loader, node: yaml.MappingNode, at: Path, lines: dict[Path, int]) -> dict[Any, Any]:
    said: dict[Any, Any] = {}
    for key, inner in node.value:
        name: Hashable = key.value if isinstance(key, yaml.ScalarNode) else ""
        if not isinstance(name, str) or not name or name == "<<":
            raise _Refused(problem="This is not the name of a field.", problem_mark=key.start_mark)
        _require_whole(key)
        if name in said:
            raise _Refused(problem=f"“{name}” is here twice.", problem_mark=key.start_mark)
        lines[(*at, name)] = key.start_mark.line + 1
        said[name] = _plain(loader, inner, (*at, name), lines)
    return said

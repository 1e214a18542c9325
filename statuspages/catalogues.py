"""The catalogues of public texts below locale/: brought up to date with the sources, and checked, by Babel.

A catalogue (.po) is edited by people. Its compiled form (.mo) is in no repository: the set-up makes it, see
launcher/tools/catalogues.py.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

SOURCES = [
    "core/text.py",
    "incidents/message_templates.py",
    "incidents/models/communication.py",
    "incidents/workflow/wording.py",
    "statuspages/**/*.py",
    "templates/statuspages/public/*.html",
    "templates/statuspages/mail/*",
]
"""Where public texts are. Staff's texts are English and in no catalogue."""
READ_ALOUD = re.compile(r'(?:title|alt|placeholder|aria-label)="([^"]*)"')
MARKUP = re.compile(r"<[^>]*>|&\w+;")
WORD = re.compile(r"[^\W\d_]{2,}")
NAMES = {"Atom", "RSS", "JSON"}
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
HEADER = "# Public texts of status pages. `bin/manage translations` brings this file up to date."
NOT_KEPT = tuple(  # of the header: what changes with every run, or tells nothing
    f'"{name}: '
    for name in (
        "Project-Id-Version",
        "Report-Msgid-Bugs-To",
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Generated-By",
    )
)


def languages() -> list[str]:
    """Those with a catalogue: all but the language of the sources."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def folder() -> Path:
    return Path(settings.LOCALE_PATHS[0])


def file_of(language: str) -> Path:
    return folder() / to_locale(language) / "LC_MESSAGES" / "django.po"


def compiled(language: str) -> Path:
    return file_of(language).with_suffix(".mo")


def found_in_sources() -> Catalog:
    """Every public text, with the files it is in."""
    catalogue = Catalog(charset="utf-8")
    for path in _sources():
        name = str(path.relative_to(settings.BASE_DIR))
        is_python = path.suffix == ".py"
        text = path.read_text() if is_python else _as_python(path.read_text())
        for _line, message, comments, context in extract(
            "python", BytesIO(text.encode()), KEYWORDS, ["Translators:"]
        ):
            catalogue.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalogue


def _sources() -> Iterator[Path]:
    for pattern in SOURCES:
        yield from sorted(settings.BASE_DIR.glob(pattern))


def _as_python(template: str) -> str:
    """What Django leaves of a template for xgettext: calls of gettext between filler words."""
    return "\n".join(line.strip() for line in templatize(template).splitlines())


def untranslated() -> list[str]:
    """What the templates say without asking a catalogue."""
    found = []
    for path in _sources():
        if path.suffix != ".py":
            text = _between_tags(path.read_text())
            said = " ".join([*READ_ALOUD.findall(text), MARKUP.sub(" ", text)])
            words = [word for word in WORD.findall(said) if word not in NAMES]
            name = path.relative_to(settings.BASE_DIR)
            found += [f"{name}: {word!r} stands outside of translate and blocktranslate" for word in words]
    return found


def _between_tags(template: str) -> str:
    """What stands in a template as it is, without what is translated and without its canonical address."""
    text, inside = [], ""
    for token in Lexer(template).tokenize():
        name = token.contents.split(" ", 1)[0] if token.token_type == TokenType.BLOCK else ""
        if name == "blocktranslate" or (token.contents.startswith("block canonical") and name == "block"):
            inside = name
        elif name == f"end{inside}":
            inside = ""
        elif token.token_type == TokenType.TEXT and not inside:
            text.append(token.contents)
    return "".join(text)


def load(language: str) -> Catalog:
    path = file_of(language)
    if not path.exists():
        return Catalog(locale=to_locale(language), charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=to_locale(language))


def bring_up_to_date(language: str, sources: Catalog) -> str:
    """The text of the catalogue with the messages of the sources: new ones without translation, gone ones removed."""
    catalogue = load(language)
    catalogue.update(sources, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.header_comment, catalogue.fuzzy = HEADER, False
    written = BytesIO()
    write_po(written, catalogue, width=110, include_lineno=False, sort_by_file=True)
    lines = written.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(NOT_KEPT))


def problems(language: str, sources: Catalog) -> list[str]:
    """What keeps the catalogue from saying every public text in its language; empty where nothing does."""
    catalogue, named = load(language), file_of(language).relative_to(settings.BASE_DIR)
    wanted = {(m.id if isinstance(m.id, str) else m.id[0], m.context): m for m in sources if m.id}
    found = []
    for (text, context), message in wanted.items():
        translated = catalogue.get(text, context)
        if translated is None or not _is_whole(translated, catalogue.num_plurals):
            found.append(f"{named}: no translation of {text!r}")
        elif translated.fuzzy:
            found.append(f"{named}: fuzzy translation of {text!r}")
        elif bool(translated.pluralizable) != bool(message.pluralizable):
            found.append(f"{named}: {text!r} is said with a number, or not any more")
    for message in catalogue:
        if not message.id:
            continue
        text = message.id if isinstance(message.id, str) else message.id[0]
        if (text, message.context) not in wanted:
            found.append(f"{named}: {text!r} is in no source any more")
        found += [f"{named}: {text!r}: {error}" for error in message.check(catalogue)]
    found += [f"{named}: obsolete {text!r}" for text in catalogue.obsolete]
    return found


def _is_whole(message: Message, plurals: int) -> bool:
    said = [message.string] if isinstance(message.string, str) else list(message.string or [])
    return all(said) and (not message.pluralizable or len(said) == plurals)

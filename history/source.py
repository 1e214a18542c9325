"""Reading a file in pieces: never the whole of it in memory, and never more than one entry of reasonable size."""

import codecs
import csv
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from history.entry import BrokenFile

CHUNK = 64 * 1024
LONGEST_ENTRY = 8 * 1024 * 1024  # characters
PACKED = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"(\xb5/\xfd": "zstd",
}
OTHER_ENCODINGS = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}


class Unreadable:
    """In the place of an entry that is no JSON, in a file whose other entries may be."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


_decoder = json.JSONDecoder(parse_constant=_no_constant)


def check_beginning(stream: BinaryIO) -> None:
    """Raise BrokenFile for what is packed, empty or not text."""
    head = stream.read(CHUNK)
    stream.seek(0)
    if not head.strip():
        raise BrokenFile("The file is empty.")
    for magic, name in PACKED.items():
        if head.startswith(magic):
            raise BrokenFile(f"This is a {name} archive. Unpack it first. Allclear does not unpack archives.")
    for mark, name in OTHER_ENCODINGS.items():
        if head.startswith(mark):
            raise BrokenFile(f"The file is written in {name}. Save it as UTF-8.")
    if b"\x00" in head:
        raise BrokenFile("This is not a text file.")


def texts(stream: BinaryIO) -> Iterator[str]:
    """The file's characters, piece by piece."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
    line = 1
    while True:
        chunk = stream.read(CHUNK)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            line += error.object[: error.start].count(b"\n")
            if not chunk:
                raise BrokenFile(f"The file ends in the middle of a character, on line {line}.") from error
            byte = error.object[error.start]
            raise BrokenFile(
                f"The file is not UTF-8: byte 0x{byte:02x} on line {line}. Save it as UTF-8."
            ) from error
        line += text.count("\n")
        if text:
            yield text
        if not chunk:
            return


def lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """(number, line), the empty ones included; the last one without its end is an entry like the others."""
    rest, number = "", 0
    for text in texts(stream):
        *whole, rest = (rest + text).split("\n")
        for line in whole:
            number += 1
            yield number, line.removesuffix("\r")
        if len(rest) > LONGEST_ENTRY:
            raise BrokenFile(f"Line {number + 1} is longer than {LONGEST_ENTRY:,} characters.")
    if rest:
        yield number + 1, rest


def json_lines(stream: BinaryIO) -> Iterator[tuple[int, Any]]:
    """(line number, value); a line that is no JSON is Unreadable, unless it is the last: then the file was cut off."""
    bad: tuple[int, str, str] | None = None
    for number, line in lines(stream):
        if bad:
            yield bad[0], Unreadable(bad[1])
            bad = None
        if not line.strip():
            continue
        try:
            yield number, _decoder.decode(line)
        except (ValueError, RecursionError) as error:
            bad = number, _told(error), line
    if bad and bad[2].lstrip().startswith("{") and not bad[2].rstrip().endswith("}"):
        raise BrokenFile(f"The file is cut off: line {bad[0]}, its last, ends in the middle.")
    if bad:
        yield bad[0], Unreadable(bad[1])


def _told(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return f"it is not JSON: {error}"[:200]


class Elements:
    """The elements of a JSON array, alone or under one of `names` in an object, one after the other."""

    def __init__(self, stream: BinaryIO, *names: str) -> None:
        self._texts, self.names = texts(stream), names
        self._text, self._at, self._is_end = "", 0, False

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        first = self._peek()
        if first == "{":
            self._find_list()
        elif first != "[":
            raise BrokenFile("This is not JSON: it begins with neither [ nor {.")
        self._at += 1
        number = 0
        while self._peek() != "]":
            if number:
                self._expect(",")
            number += 1
            yield number, self._value(f"entry {number}")

    def _find_list(self) -> None:
        self._at += 1
        while True:
            if self._peek() == "}":
                wanted = " or ".join(f"“{name}”" for name in self.names)
                raise BrokenFile(f"The file has no list under {wanted}.")
            name = self._value("a name")
            self._expect(":")
            if name in self.names and self._peek() == "[":
                return
            self._value(f"“{str(name)[:40]}”")
            if self._peek() == ",":
                self._at += 1

    def _more(self, wanted: int = CHUNK) -> bool:
        parts, size = [self._text[self._at :]], 0
        while size < wanted and not self._is_end:
            text = next(self._texts, None)
            if text is None:
                self._is_end = True
            else:
                parts.append(text)
                size += len(text)
        self._text, self._at = "".join(parts), 0
        return size > 0

    def _peek(self) -> str:
        """The next character that is not white space."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                raise BrokenFile("The file is cut off: it ends before its list does.")

    def _expect(self, character: str) -> None:
        if (found := self._peek()) != character:
            raise BrokenFile(f"This is not JSON: there is “{found}” where “{character}” belongs.")
        self._at += 1

    def _value(self, what: str) -> Any:
        self._peek()
        while True:
            try:
                value, end = _decoder.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise BrokenFile(f"The file is broken at {what}: it is nested too deeply.") from error
            except ValueError as error:
                size = len(self._text) - self._at
                if size > LONGEST_ENTRY:
                    raise BrokenFile(
                        f"The file is broken at {what}, or that is longer than {LONGEST_ENTRY:,} characters."
                    ) from error
                if not self._more(max(CHUNK, size)):
                    raise BrokenFile(f"The file is broken or cut off at {what}: {error}"[:200]) from error
                continue
            if end == len(self._text) and self._more():
                continue  # a number could go on
            self._at = end
            return value


def table(stream: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of a CSV file; comma, semicolon or tab, as its first line says."""
    numbered = lines(stream)
    first = next(numbered, None)
    if first is None:
        raise BrokenFile("The file is empty.")
    delimiter = max(",;\t", key=first[1].count)

    def again() -> Iterator[str]:
        yield first[1] + "\n"
        for _number, text in numbered:
            yield text + "\n"

    reader = csv.reader(again(), delimiter=delimiter, strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            told = "a quotation mark is never closed" if "unexpected end" in str(error) else str(error)
            raise BrokenFile(
                f"The file is broken in the row that begins on line {begins}: {told}."
            ) from error
        if any(cell.strip() for cell in cells):
            yield begins, cells

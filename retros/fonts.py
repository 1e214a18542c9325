"""Which scripts the fonts of this machine can show in a PDF, asked of fontconfig as Pango does."""

import ctypes
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

OWN = 0x250  # Latin, which the fonts that Allclear brings along show
PACKAGES = "fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji"
NAMED = 12  # characters that a message shows


@dataclass(frozen=True)
class Script:
    """`begins` are the beginnings of its characters' Unicode names; `sample` is one of them."""

    name: str
    package: str
    sample: str
    begins: tuple[str, ...]


CORE, CJK = "fonts-noto-core", "fonts-noto-cjk"
SCRIPTS = [
    Script("Chinese", CJK, "\u652f", ("CJK ",)),
    Script("Japanese", CJK, "\u30ed", ("HIRAGANA ", "KATAKANA")),
    Script("Korean", CJK, "\uc11c", ("HANGUL ",)),
    Script("Arabic", CORE, "\u0628", ("ARABIC ",)),
    Script("Hebrew", CORE, "\u05d0", ("HEBREW ",)),
    Script("Greek", CORE, "\u03b1", ("GREEK ",)),
    Script("Cyrillic", CORE, "\u0434", ("CYRILLIC ",)),
    Script("Armenian", CORE, "\u0561", ("ARMENIAN ",)),
    Script("Georgian", CORE, "\u10d0", ("GEORGIAN ",)),
    Script("Devanagari", CORE, "\u0915", ("DEVANAGARI ",)),
    Script("Bengali", CORE, "\u0995", ("BENGALI ",)),
    Script("Tamil", CORE, "\u0b95", ("TAMIL ",)),
    Script("Telugu", CORE, "\u0c15", ("TELUGU ",)),
    Script("Thai", CORE, "\u0e01", ("THAI ",)),
    Script("Khmer", CORE, "\u1780", ("KHMER ",)),
    Script("Ethiopic", CORE, "\u1200", ("ETHIOPIC ",)),
    Script("Emoji", "fonts-noto-color-emoji", "\U0001f525", ()),
]


def missing_scripts() -> list[Script]:
    """Those of which this machine has no font; none where fontconfig cannot be asked."""
    found = _fontconfig()
    return [script for script in SCRIPTS if not found.shows(script.sample)] if found else []


def remark_on(text: str) -> str:
    """What a PDF of `text` does not show, in words, and what to install; empty where it shows everything."""
    found = _fontconfig()
    if found is None:
        return ""
    missing = [letter for letter in sorted(set(text)) if _is_shown(letter) and not found.shows(letter)]
    if not missing:
        return ""
    known = {script.name: script.package for letter in missing if (script := _script_of(letter))}
    names = ", ".join(known) or " ".join(f"U+{ord(letter):04X}" for letter in missing[:NAMED])
    packages = " ".join(sorted(set(known.values()))) or PACKAGES
    number = f"{len(missing)} character{'' if len(missing) == 1 else 's'}"
    return f"{number} cannot be shown: no font for {names}. On Debian and Ubuntu: apt install {packages}"


def _is_shown(letter: str) -> bool:
    """Whether a font is needed: not for Latin, nor for what has no shape of its own."""
    return ord(letter) >= OWN and unicodedata.category(letter) not in (
        "Cc",
        "Cf",
        "Cn",
        "Co",
        "Cs",
        "Mn",
        "Zs",
    )


def _script_of(letter: str) -> Script | None:
    name = unicodedata.name(letter, "")
    by_name = next((script for script in SCRIPTS if script.begins and name.startswith(script.begins)), None)
    return by_name or (SCRIPTS[-1] if ord(letter) >= 0x1F000 else None)


class _Fontconfig:
    """The fonts of this machine, read once."""

    def __init__(self, library: Any) -> None:
        class FontSet(ctypes.Structure):
            _fields_ = (
                ("count", ctypes.c_int),
                ("space", ctypes.c_int),
                ("fonts", ctypes.POINTER(ctypes.c_void_p)),
            )

        library.FcInitLoadConfigAndFonts.restype = ctypes.c_void_p
        library.FcConfigGetFonts.restype = ctypes.POINTER(FontSet)
        library.FcConfigGetFonts.argtypes = (ctypes.c_void_p, ctypes.c_int)
        library.FcPatternGetCharSet.argtypes = (
            ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(ctypes.c_void_p)
        )  # fmt: skip
        library.FcCharSetHasChar.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
        self._library = library
        config = library.FcInitLoadConfigAndFonts()
        found = library.FcConfigGetFonts(config, 0) if config else None
        self._sets = []
        whole = found.contents if found else FontSet()
        for at in range(whole.count):
            letters = ctypes.c_void_p()
            if library.FcPatternGetCharSet(whole.fonts[at], b"charset", 0, ctypes.byref(letters)) == 0:
                self._sets.append(letters.value)

    def shows(self, letter: str) -> bool:
        return any(self._library.FcCharSetHasChar(letters, ord(letter)) for letters in self._sets)


@cache
def _fontconfig() -> _Fontconfig | None:
    try:
        name = "libfontconfig.1.dylib" if sys.platform == "darwin" else "libfontconfig.so.1"
        return _Fontconfig(ctypes.CDLL(name))
    except OSError:
        return None

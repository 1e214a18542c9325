"""HTML to PDF by WeasyPrint, which needs Pango on the machine. Made in a worker; fetches nothing but our fonts."""

import ctypes
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.html import escape

from retros.fonts import remark_on

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
MISSING = f"This machine lacks Pango, which PDFs are made with. On Debian and Ubuntu: apt install {PACKAGES}"
LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
SCHEME = "font:"
FONTS = {f"inter-{part}-{weight}-normal.woff2" for part in ("latin", "latin-ext") for weight in (400, 600)}


def weasyprint() -> Any:
    """The library, or None where what it needs from the system cannot be loaded."""
    try:
        return import_module("weasyprint")
    except OSError:
        return None


@cache
def is_available() -> bool:
    """Whether the system has what it needs; asked by pages, so without the second that importing it takes."""
    try:
        for name in LIBRARIES:
            ctypes.CDLL(f"lib{name}.dylib" if sys.platform == "darwin" else f"lib{name}.so.0")
    except OSError:
        return False
    return True


def make_pdf(html: str) -> tuple[bytes, str]:
    """The PDF, and what it does not show because no font has it; that stands at its end as well.

    Raises RuntimeError, with words for people, where this machine cannot.
    """
    library = weasyprint()
    if library is None:
        raise RuntimeError(MISSING)
    remark = remark_on(html)
    if remark:
        html = html.replace("</body>", f"<p>{escape(remark)}</p></body>")
    return library.HTML(string=html, url_fetcher=_fetcher(library)).write_pdf(), remark


def _fetcher(library: Any) -> Any:
    class OwnFontsOnly(library.urls.URLFetcher):
        """No address that somebody wrote is ever asked for: neither of the network, nor a file, nor data."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            name = url.removeprefix(SCHEME)
            if not url.startswith(SCHEME) or name not in FONTS:
                raise ValueError("Only the fonts of Allclear are fetched.")
            return library.urls.URLFetcherResponse(
                url, font_file(name).read_bytes(), {"Content-Type": "font/woff2"}
            )

    return OwnFontsOnly()


def font_file(name: str) -> Path:
    built = settings.BASE_DIR / "static" / "build" / name
    return built if built.exists() else Path(settings.STATIC_ROOT) / "build" / name

"""A logo as it was uploaded, decoded by Pillow and encoded again: nothing but its pixels is kept."""

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 1024 * 1024
LONGEST_SIDE, MOST_PIXELS = 4000, 4_000_000
LEAST = 24  # px high and wide
BOX = (640, 128)  # px; shown 32 px high, on screens of up to four times that density
DARK, LIGHT = 90, 190  # of 255: below and above, a cut-out logo cannot be seen in one of the themes
UNREADABLE = "This picture can't be read. Save it again as PNG, JPEG or WebP."


@dataclass(frozen=True)
class Logo:
    content: bytes  # PNG
    width: int
    height: int
    plate: str  # the theme in which it needs a plate behind it: "", light or dark


def logo_of(raw: bytes) -> Logo:
    """The logo as it is served. Raises ValidationError for what is no such picture, or is too large."""
    if len(raw) > MOST_BYTES:
        raise ValidationError("A logo has at most 1 MB.")
    picture = _decoded(raw)
    picture.thumbnail(BOX)
    if min(picture.size) < LEAST // 2:
        raise ValidationError("This logo is too narrow. Its longer side may be ten times the shorter one.")
    content = BytesIO()
    picture.save(content, "PNG", optimize=True)
    return Logo(content.getvalue(), *picture.size, _plate(picture))


def _decoded(raw: bytes) -> "Image":
    from PIL import Image, ImageOps  # brings a library along that hardly any process needs

    try:
        with Image.open(BytesIO(raw), formats=FORMATS) as opened:
            width, height = opened.size
            if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
                raise ValidationError(
                    f"This logo has {width} × {height} pixels. It may have {LONGEST_SIDE} a side and 4 million in all."
                )
            if min(width, height) < LEAST:
                raise ValidationError(
                    f"This logo has {width} × {height} pixels. It needs at least {LEAST} a side."
                )
            upright = ImageOps.exif_transpose(opened)
            return upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError(UNREADABLE) from error


def _plate(picture: "Image") -> str:
    """A dark logo on nothing needs a light plate where the page is dark, and the other way round."""
    from PIL import ImageStat

    if picture.mode != "RGBA":
        return ""
    seen = picture.getchannel("A").point(lambda alpha: 255 * (alpha > 127))
    if not seen.getbbox():
        raise ValidationError("This logo is transparent everywhere.")
    if seen.getextrema() == (255, 255):
        return ""
    lightness = ImageStat.Stat(picture.convert("L"), mask=seen).mean[0]
    return "dark" if lightness < DARK else "light" if lightness > LIGHT else ""

"""A logo as it was uploaded, decoded by Pillow and encoded again: nothing but its pixels is kept."""

import struct
import threading
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 1024 * 1024
LONGEST_SIDE, MOST_PIXELS = 4000, 4_000_000
MOST_SCANS = 200  # of a JPEG, each of which costs as much as the whole picture; cameras and editors write 10
LEAST = 24  # px high and wide
BOX = (640, 128)  # px; shown 32 px high, on screens of up to four times that density
DARK, LIGHT = 90, 190  # of 255: below and above, a cut-out logo cannot be seen in one of the themes
START_OF_SCAN = b"\xff\xda"  # of a JPEG; in a PNG of 1 MB it happens to be 16 times
_one_at_a_time = threading.Lock()
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
    if raw.count(START_OF_SCAN) > MOST_SCANS:
        raise ValidationError(UNREADABLE)
    picture = _decoded(raw)
    picture.thumbnail(BOX)
    if min(picture.size) < LEAST // 2:
        raise ValidationError("This logo is too narrow. Its longer side may be ten times the shorter one.")
    content = BytesIO()
    picture.save(content, "PNG", optimize=True)
    return Logo(content.getvalue(), *picture.size, _plate(picture))


def _decoded(raw: bytes) -> "Image":
    from PIL import ExifTags, Image, ImageOps  # brings a library along that hardly any process needs

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
            _load_whole(opened)
            picture = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
            turned = opened.getexif().get(ExifTags.Base.Orientation)
            picture.info.clear()  # Pillow writes EXIF again as it turns a picture, and fails on what is odd in it
            if turned in range(2, 9):
                alone = Image.Exif()
                alone[ExifTags.Base.Orientation] = turned
                picture.info["exif"] = alone.tobytes()
            return ImageOps.exif_transpose(picture)
    except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError) as error:
        raise ValidationError(UNREADABLE) from error


def _load_whole(opened: "Image") -> None:
    """Raise OSError where the end is missing. WeasyPrint tells Pillow to take such pictures, for the whole process."""
    from PIL import ImageFile  # as above

    with _one_at_a_time:
        takes_broken = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            opened.load()
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = takes_broken


def _plate(picture: "Image") -> str:
    """A dark logo on nothing needs a light plate where the page is dark, and the other way round."""
    from PIL import ImageStat  # as above

    if picture.mode != "RGBA":
        return ""
    seen = picture.getchannel("A").point(lambda alpha: 255 * (alpha > 127))
    if not seen.getbbox():
        raise ValidationError("This logo is transparent everywhere.")
    if seen.getextrema() == (255, 255):
        return ""
    lightness = ImageStat.Stat(picture.convert("L"), mask=seen).mean[0]
    return "dark" if lightness < DARK else "light" if lightness > LIGHT else ""

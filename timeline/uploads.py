"""Files that may be kept: what they really are decides, not what they are called."""

import filetype
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

KEPT_TYPES = {"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"}


def checked_file(file: UploadedFile) -> str:
    """The media type of a file that may be kept. Raises ValidationError for any other."""
    if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
        raise ValidationError(f"At most {settings.UPLOAD_MAX_BYTES // 1024 // 1024} MB.")
    if media_type := sniff(file):
        return media_type
    raise ValidationError("Only pictures (PNG, JPEG, GIF, WebP), PDF and plain text are kept.")


def sniff(file: UploadedFile) -> str:
    """The media type by the file's first bytes; "" for what is not kept. Text is what decodes as UTF-8."""
    head = file.read(4096)
    file.seek(0)
    media_type = filetype.guess_mime(head)
    if media_type:
        return media_type if media_type in KEPT_TYPES else ""
    if b"\0" in head:
        return ""
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:  # a character may be cut in two at the end of what was read
        return "text/plain" if error.start > len(head) - 4 else ""
    return "text/plain"

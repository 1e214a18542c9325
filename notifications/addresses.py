"""What an address of a place outside may be, and how one is recognised that a chat service shows to copy."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

from notifications.kinds import DeliveryKind, why_retired


def checked_host(host: str) -> str:
    """The name of a mail server. Raises ValidationError."""
    host = host.strip()
    if "/" in host or ":" in host or any(character.isspace() for character in host):
        raise ValidationError("Enter only the name of the server, without smtp:// and without a port.")
    try:
        host.encode("idna")
    except UnicodeError as error:  # every e-mail would be given up, as if it could not be written
        raise ValidationError("This is not the name of a server. Check the dots.") from error
    return host


def usable_address(kind: str, url: str) -> tuple[str, str]:
    """The kind and the address that are kept for what somebody pasted. Raises ValidationError."""
    if pasted := recognised(url):
        kind, url = DeliveryKind.CHAT, pasted
    check_address(kind, url)
    return kind, url


def recognised(url: str) -> str | None:
    """The address of a chat service, where it is one. Raises ValidationError for one that its service retired."""
    if instead := why_retired(url):
        raise ValidationError(instead)
    from notifications.channels import chat  # brings a library for every service along

    return chat.recognised(url)


def chat_address(url: str) -> str:
    """The address of a chat service, as pasted or as Apprise writes it. Raises ValidationError."""
    address = recognised(url) or url
    check_address(DeliveryKind.CHAT, address)
    return address


def check_address(kind: str, url: str) -> None:
    """Raises ValidationError, in words that repeat nothing of the address."""
    if kind == DeliveryKind.CHAT:
        from notifications.channels import chat  # brings a library for every service along

        try:
            chat.service(url)
        except chat.NotAnAddressError as error:
            raise ValidationError(str(error)) from error
        return
    try:
        parts = urlsplit(url)
        is_complete = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        has_person = "@" in parts.netloc
    except ValueError:
        is_complete = has_person = False
    if not is_complete or any(character.isspace() for character in url):
        raise ValidationError(
            "This is not a complete address. It must begin with https:// and name a server."
        )
    if has_person or "\\" in url:
        raise ValidationError("An address with a name before an @, or with a \\, is not called.")


def shown_address(url: str) -> str:
    """As much of the address as holds no secret: the path may be one."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{'/…' if parts.path.strip('/') else ''}"

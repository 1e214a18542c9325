"""The address of a brief that opens without a sign-in: signed, so that nobody can make one up."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from incidents.models import BriefLink

SALT = "incident brief"


def signed(link: BriefLink) -> str:
    """The part of the address that stands for the link."""
    return signing.dumps(link.pk, salt=SALT)


def brief_address(link: BriefLink) -> str:
    """The whole address, to be sent to somebody."""
    return settings.PUBLIC_URL + reverse("signed_brief", args=[signed(link)])


def link_key(written: str) -> int:
    """The key of the link that the part stands for. Raises signing.BadSignature."""
    return signing.loads(written, salt=SALT)

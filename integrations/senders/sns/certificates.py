"""The certificates that SNS signs with: fetched from SNS alone, and kept for a day."""

import re
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.core.cache import cache

from integrations.senders.signatures import SilentError, UnsignedError
from integrations.senders.sns.client import RefusedError, get, is_of_sns

PATH = re.compile(r"/[A-Za-z0-9_-]{1,100}\.pem")
KEPT = timedelta(days=1)
SILENT_FOR = timedelta(seconds=30)
"""How long nobody asks a host again that did not answer: other messages need not wait for it, too."""


def public_key(url: str, *, at: datetime) -> RSAPublicKey:
    """The key of the certificate at this address, which must be valid at that time.

    Raises UnsignedError where there can be none, SilentError where SNS does not answer now.
    """
    if not is_of_sns(url) or not PATH.fullmatch(urlsplit(url).path) or urlsplit(url).query:
        raise UnsignedError("“SigningCertURL” is no certificate of SNS.")
    certificate = _certificate(url)
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise UnsignedError("The certificate that it is signed with is not valid at this time.")
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise UnsignedError("The certificate that it is signed with has no RSA key.")
    return key


def _certificate(url: str) -> x509.Certificate:
    name = f"sns-certificate-{sha256(url.encode()).hexdigest()}"
    kept = cache.get(name)
    pem = kept.encode() if kept else _fetched(url)
    try:
        certificate = x509.load_pem_x509_certificate(pem)
    except ValueError as fault:
        raise UnsignedError("What “SigningCertURL” leads to is no certificate.") from fault
    if not kept:
        cache.set(name, pem.decode("ascii", "replace"), KEPT.total_seconds())
    return certificate


def _fetched(url: str) -> bytes:
    silence = f"sns-silent-{urlsplit(url).hostname}"
    if reason := cache.get(silence):
        raise SilentError(reason)
    try:
        return get(url)
    except RefusedError as fault:
        raise UnsignedError(f"There is no certificate at “SigningCertURL”: SNS {fault}.") from fault
    except SilentError as fault:
        cache.set(silence, str(fault), SILENT_FOR.total_seconds())
        raise

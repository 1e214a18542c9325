"""Amazon SNS as its documentation describes it: messages signed with a certificate of ours, which a TLS server has.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
"""

import ipaddress
import socket
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

REGION = "eu-west-1"
HOST = f"sns.{REGION}.amazonaws.com"
TOPIC = f"arn:aws:sns:{REGION}:123456789012:alarms"
DAY = timedelta(days=1)


def certificate(
    key: RSAPrivateKey,
    names: tuple[str, ...] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> x509.Certificate:
    """Signed by itself; with `names` it is of a server."""
    now = datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since or now - DAY)
        .not_valid_after(until or now + DAY)
    )
    if names:
        known = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), *map(x509.DNSName, names)]
        builder = builder.add_extension(x509.SubjectAlternativeName(known), critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = builder.add_extension(identifier, critical=False)
    return builder.sign(key, hashes.SHA256())


def pem(one: x509.Certificate) -> bytes:
    return one.public_bytes(Encoding.PEM)


class TlsFiles:
    """A certificate for the hosts of SNS, which a test trusts in place of all others."""

    def __init__(self, folder: Path) -> None:
        key = generate_private_key(65537, 2048)
        self.certificate, self.key = folder / "tls.pem", folder / "tls.key"
        self.certificate.write_bytes(pem(certificate(key, (HOST, "sns.us-east-1.amazonaws.com"))))
        self.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@contextmanager
def reached_at(port: int, monkeypatch: Any, files: TlsFiles) -> Iterator[None]:
    """The names of SNS lead to this machine, to that port, and its certificate is trusted."""
    found = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **more: Any) -> list[Any]:
        if str(host).startswith("sns.") and str(host).endswith(".amazonaws.com"):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        return found(host, *rest, **more)

    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", resolve)
        patched.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(files.certificate))
        yield


class Sns:
    """Signs messages, has the certificate, and notes what it was asked for. `answers` is by path, its status first."""

    def __init__(self, files: TlsFiles) -> None:
        self.key = generate_private_key(65537, 2048)
        self.asked: list[str] = []
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.drips = False  # a byte now and then, for ever
        self.url = self.has_certificate(certificate(self.key))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files.certificate, files.key)
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.drips = False
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        sns = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                sns.asked.append(self.path)
                status, body = sns.answers.get(self.path.partition("?")[0], (404, b""))
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "https://sns.eu-west-1.amazonaws.com/elsewhere")
                self.send_header("Content-Length", str(10**6 if sns.drips else len(body)))
                self.end_headers()
                while sns.drips:
                    self.wfile.write(b"x")
                    time.sleep(0.1)
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def has_certificate(self, one: x509.Certificate | bytes, host: str = HOST) -> str:
        """Its address."""
        path = f"/SimpleNotificationService-{uuid4().hex}.pem"
        self.answers[path] = (200, one if isinstance(one, bytes) else pem(one))
        return f"https://{host}{path}"

    def message(self, kind: str = "Notification", *, version: str = "2", **fields: Any) -> dict[str, Any]:
        """One that fits, with these fields in place of the usual ones; None leaves one out."""
        told: dict[str, Any] = {
            "Type": kind,
            "MessageId": str(uuid4()),
            "TopicArn": TOPIC,
            "Subject": "ALARM: “Errors” in EU (Ireland)",
            "Message": "{}",
            "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "SignatureVersion": version,
            "SigningCertURL": self.url,
        }
        if kind != "Notification":
            token = uuid4().hex
            told |= {
                "Token": token,
                "SubscribeURL": f"https://{HOST}/?Action=ConfirmSubscription&Token={token}",
            }
            del told["Subject"]
        told = {name: value for name, value in (told | fields).items() if value is not None}
        return told | {"Signature": self.signature(told)}

    def signature(self, message: dict[str, Any]) -> str:
        algorithm = hashes.SHA1() if message["SignatureVersion"] == "1" else hashes.SHA256()
        return b64encode(self.key.sign(to_sign(message), PKCS1v15(), algorithm)).decode()


def to_sign(message: dict[str, Any]) -> bytes:
    """The string to sign, field by field as the documentation writes it."""
    lines = ["Message", message["Message"], "MessageId", message["MessageId"]]
    if message["Type"] == "Notification":
        if "Subject" in message:
            lines += ["Subject", message["Subject"]]
        lines += ["Timestamp", message["Timestamp"], "TopicArn", message["TopicArn"], "Type", message["Type"]]
    else:
        lines += ["SubscribeURL", message["SubscribeURL"], "Timestamp", message["Timestamp"]]
        lines += ["Token", message["Token"], "TopicArn", message["TopicArn"], "Type", message["Type"]]
    return ("\n".join(lines) + "\n").encode()

"""Whatever a message holds, it becomes an alert or is refused with a reason: nothing else comes out of it."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.observed import Parsed
from integrations.senders import SENDERS, UnreadableError, load

load()
EMAIL = SENDERS["email"]
CHARSETS = ("utf-8", "latin-1", "utf-7", "utf-16", "iso-2022-jp", "gb18030", "idna", "punycode", "undefined", "rot13", "base64", "x-no", "", "\0", "ü", "a" * 300)  # fmt: skip
PIECES = st.sampled_from(
    [
        *(f'text/plain; charset="{one}"'.encode() for one in CHARSETS),
        *(f"=?{one}?b?/+8=?= =?{one}?q?=ff=fe?=".encode("utf-8", "replace") for one in CHARSETS),
        b"text/html", b"multipart/mixed; boundary=b", b"multipart/alternative; boundary=b", b"message/rfc822",
        b"message/partial", b"multipart/mixed", b"base64", b"quoted-printable", b"x-uuencode", b"8bit",
        b"attachment; filename*0*=utf-8''%ff; filename*1=\"a", b"attachment; filename*=''", b"inline; filename=a",
        b"text/plain; name*999999999=a; name*0=b", b"Sun, 99 Nov 99999 99:99:99 +9999", b"Sun, 29 Nov 2026 13:00:00",
        b"<a@b> <c@d>", b'"a\\" <a@b>, (c <d@', b"a: b;, c@d", b"@" * 99, b"=?", b"\xff\xfe", b"\xed\xa0\x80", b"auto-replied",
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    [b"Subject", b"From", b"To", b"Date", b"Message-ID", b"In-Reply-To", b"References", b"Content-Type",
     b"Content-Transfer-Encoding", b"Content-Disposition", b"MIME-Version", b"Auto-Submitted", b"", b"A b", b"\xff"]
)  # fmt: skip
VALUES = PIECES | st.binary(max_size=30) | st.lists(PIECES, max_size=3).map(b"; ".join)
HEADERS = st.lists(st.tuples(NAMES, VALUES).map(b": ".join), max_size=6).map(b"\r\n".join)
BODIES = st.sampled_from(
    [b"--b\r\n", b"--b--\r\n", b"begin 666 a\n#86)C\n`\nend\n", b"<p>Hello<ul><li>", b"<!--", b"+2AA-", b"=ff=\r\n", b"/+8="]
) | st.binary(max_size=40)  # fmt: skip
PARTS = st.tuples(HEADERS, st.lists(BODIES, max_size=3).map(b"".join)).map(b"\r\n\r\n".join)
MESSAGES = st.lists(PARTS, min_size=1, max_size=5).map(b"\r\n--b\r\n".join)
MAPPINGS = st.sampled_from(
    [{}, {"look_in": "everything", "resolved_words": "a, b,, ü", "same_by": "thread"}, {"same_by": "message"}]
)


@settings(max_examples=1500)
@given(st.binary(max_size=20) | MESSAGES, MAPPINGS)
def test_it_becomes_an_alert_or_is_refused(raw, mapping):
    with suppress(UnreadableError):
        body = EMAIL.read(b"Subject: x\r\n" + raw)
        told = EMAIL.parse(body, {}, mapping)
        assert isinstance(told, Parsed)
        for alert in told.alerts:
            assert alert.dedup_key
            assert alert.title
            texts = [alert.dedup_key, alert.title, alert.description, alert.source, *alert.labels.values()]
            assert all(text.encode() is not None and "\0" not in text for text in texts)

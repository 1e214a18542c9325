"""Can a message of the size that is taken hold a worker up, or fill its memory?"""

import time
import tracemalloc

import pytest

from integrations.models import LARGEST_MAIL
from integrations.senders import UnreadableError
from integrations.senders.email.message import read_mail

HEAD = b"From: a@example.org\nSubject: Disk is full\n"
HTML = HEAD + b"Content-Type: text/html\n\n"
SECONDS, BYTES = 5, 150_000_000


def filled(start: bytes, again: bytes, end: bytes = b"") -> bytes:
    return start + again * ((LARGEST_MAIL - len(start) - len(end)) // len(again)) + end


@pytest.mark.parametrize(
    "raw",
    [
        filled(HEAD + b'Content-Type: text/plain; a="', b'\\";', b"\n\nhi"),
        filled(HEAD + b"Content-Type: multipart/mixed; ", b"a=b; ", b"boundary=b\n\nhi"),
        filled(HEAD + b"Content-Disposition: attachment; ", b"filename*1=a; ", b"\n\nhi"),
        filled(HEAD + b'Content-Type: text/plain; charset="!punycode"\n\n' + b"a" * 400_000 + b"-", b"b9"),
        filled(HEAD + b'Content-Type: text/plain; charset="=idna"\n\n', b"xn--b9"),
    ],
    ids=["quotes", "parameters", "pieces", "punycode", "idna"],
)
def test_it_is_read_in_little_time(raw):
    begun = time.process_time()
    assert read_mail(raw)["subject"] == "Disk is full"
    assert time.process_time() - begun < SECONDS


def test_parts_in_parts_are_not_compared_with_every_line():
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(250))
    begun = time.process_time()
    with pytest.raises(UnreadableError, match="nested too deeply"):
        read_mail(filled(HEAD + nested, b"--\n"))
    assert time.process_time() - begun < SECONDS


@pytest.mark.parametrize(
    "tables",
    [
        b"<table><tr><td>" + b"A" * 60_000 + b"</td></tr>" + b"<tr><td>b" * 1500 + b"</table>",
        b"<table><tr><td>" + b"A" * 60_000 + b"<td>" + b"b<br>" * 1500 + b"</table>",
        b"<table><tr><td>" + b"A" * 60_000 + b"<td><pre>" + b"b\n" * 1500 + b"</table>",
    ],
    ids=["rows", "breaks", "lines"],
)
def test_a_table_is_not_made_of_blanks(tables):
    tracemalloc.start()
    text = read_mail(HTML + tables)["text"]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert text.startswith("AAA")
    assert most < BYTES


def test_a_usual_table_stays_one():
    page = b"<table>" + b"<tr><td>Host<td>db-1" * 50 + b"</table>"
    assert read_mail(HTML + page)["text"].splitlines()[:2] == ["Host  db-1", "Host  db-1"]

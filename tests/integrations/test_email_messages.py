"""What does an e-mail become: title, text, sender, state, severity, and which messages are the same alert?"""

from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from alerts.observed import Observed, Told
from integrations.senders import SENDERS, UnreadableError, load
from integrations.senders.email.message import read_mail
from integrations.senders.email.parse import holds, same_subject

load()
EMAIL = SENDERS["email"]


def raw(subject: str = "Disk is full", text: str = "On db-1.", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Nagios <nagios@example.org>"
    message["Subject"] = subject
    message["Date"] = "Sun, 29 Nov 2026 13:00:00 +0100"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def alert(body: bytes, **mapping: str) -> Observed:
    (found,) = EMAIL.parse(EMAIL.read(body), {}, mapping).alerts
    return found


def test_a_plain_message():
    found = alert(raw(Message_ID="<1@example.org>"))
    assert (found.title, found.description, found.state) == ("Disk is full", "On db-1.", Told.FIRING)
    assert (found.source, found.severity, found.service) == ("nagios@example.org", "", "")
    assert found.at.isoformat() == "2026-11-29T12:00:00+00:00"
    assert found.labels == {"from": "Nagios <nagios@example.org>", "message_id": "<1@example.org>"}


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?= =?utf-8?b?4oKs?=", "Grüße€"),
        (b"=?iso-8859-15?q?=A4?= OK", "€ OK"),
        (b"=?no-such-charset?q?plain?=", "plain"),
        (b"=?utf-8?b?%%%?=", "=?utf-8?b?%%%?="),
        (b"=?idna?q?xn--a?=", "xn--a"),
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("latin-1"), "Grüße"),
        (b"folded\r\n   over lines", "folded over lines"),
        (b"a\0b", "a b"),
    ],
)
def test_subjects_in_any_charset(header, subject):
    assert alert(b"From: a@example.org\r\nSubject: " + header + b"\r\n\r\nx").title == subject


def test_html_becomes_text_where_there_is_no_other():
    html = (
        "<html><head><title>T</title><style>p {color: red}</style></head><body><script>x()</script>"
        "<p>Disk <b>full</b> on&nbsp;db-1</p><ul><li>one<li>two</ul>"
        '<p style="padding-left: 99999999em; display: none" onclick="x()">End</p></body></html>'
    )
    message = MIMEText(html, "html", "utf-8")
    message["Subject"] = "Disk"
    text = alert(message.as_bytes()).description
    assert "Disk full on" in text
    assert "* one" in text
    assert text.endswith("End")
    assert "x()" not in text
    assert "color" not in text
    both = MIMEMultipart("alternative")
    both["Subject"] = "Disk"
    both.attach(MIMEText("Plain words", "plain"))
    both.attach(MIMEText(html, "html"))
    assert alert(both.as_bytes()).description == "Plain words"


def test_attachments_are_listed_and_not_read():
    message = MIMEMultipart()
    message["Subject"] = "Report"
    message.attach(MIMEText("See the report.", "plain"))
    message.attach(MIMEImage(b"x" * 2048, "png", name="graph.png"))
    told = MIMEText("secret notes", "plain")
    told.add_header("Content-Disposition", "attachment", filename=("utf-8", "", "Notizen für dich.txt"))
    message.attach(told)
    inner = MIMEBase("message", "rfc822")
    inner.set_payload([MIMEText("an inner message")])
    message.attach(inner)
    found = alert(message.as_bytes())
    assert found.description == "See the report."
    assert (
        found.labels["attachments"] == "graph.png (2 KB), Notizen für dich.txt (0 KB), message/rfc822 (0 KB)"
    )


@pytest.mark.parametrize("charset", ["idna", "\0", "no-such", "undefined", ""])
def test_a_charset_that_is_none_costs_no_alert(charset):
    kind = f'Content-Type: text/plain; charset="{charset}"'.encode()
    assert alert(b"Subject: Disk\r\n" + kind + b"\r\n\r\n\xff").title == "Disk"


def test_a_message_without_a_subject_is_named_by_its_text():
    assert alert(b"From: a@example.org\n\nDisk is full\nOn db-1").title == "Disk is full"
    assert alert(b"From: a@example.org\n\n").title == "E-mail from a@example.org"


@pytest.mark.parametrize("body", [b"", b"\n\n", b'{"title": "x"}', b"\xff\xfe\0", b"To: a@example.org\n\nx"])
def test_what_is_no_message_is_refused(body):
    with pytest.raises(UnreadableError, match="This is no e-mail"):
        read_mail(body)


def test_parts_that_are_nested_too_deeply_are_refused():
    lines = [b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d" % (n, n) for n in range(3000)]
    with pytest.raises(UnreadableError, match="nested too deeply"):
        read_mail(b"Subject: x\n" + b"\n".join(lines))


WORDS = {"resolved_words": "RECOVERY, OK", "acknowledged_words": "ACKNOWLEDGEMENT", "other_words": "PROBLEM"}


@pytest.mark.parametrize(
    ("subject", "state"),
    [
        ("PROBLEM: Disk is full", Told.FIRING),
        ("recovery: Disk is full", Told.RESOLVED),
        ("[OK] Disk is full", Told.RESOLVED),
        ("Book is full", Told.FIRING),
        ("OKAY", Told.FIRING),
        ("ACKNOWLEDGEMENT: Disk is full", Told.ACKNOWLEDGED),
        ("", Told.FIRING),
    ],
)
def test_words_say_the_state(subject, state):
    assert alert(raw(subject, "OK"), **WORDS).state == state


def test_without_words_every_message_fires():
    assert alert(raw("RESOLVED: OK")).state == Told.FIRING


def test_words_are_looked_for_in_the_text_where_that_is_chosen():
    assert alert(raw(text="State: OK"), look_in="everything", **WORDS).state == Told.RESOLVED


def test_words_say_the_severity():
    words = {"critical_words": "CRITICAL, P1", "warning_words": "WARNING"}
    assert alert(raw("CRITICAL: Disk"), **words).severity == "critical"
    assert alert(raw("WARNING: Disk"), **words).severity == "warning"
    assert alert(raw("Disk"), **words).severity == ""


def test_a_jmespath_counts_before_words():
    path = {
        "state": 'headers."x-state"',
        "severity": 'headers."x-severity"',
        "service": "from_name",
        "link": "'https://a.test/'",
    }
    found = alert(raw("OK", X_State="problem", X_Severity="P2"), **path, **WORDS)
    assert (found.state, found.severity, found.service) == (Told.FIRING, "P2", "Nagios")
    assert found.links[0].url == "https://a.test/"
    with pytest.raises(UnreadableError, match="no known state"):
        alert(raw(X_State="odd"), **path)


def test_the_same_subject_is_the_same_alert():
    keys = {
        alert(raw(subject), **WORDS).dedup_key
        for subject in ("PROBLEM: Disk is full", "Re: RECOVERY:  disk is full", "AW: Re: [OK] Disk is full!")
    }
    assert keys == {"disk is full"}
    assert alert(raw("PROBLEM: Disk 2 is full"), **WORDS).dedup_key == "disk 2 is full"


def test_the_same_thread_is_the_same_alert_where_that_is_chosen():
    first = alert(raw("A", Message_ID="<1@x>"), same_by="thread")
    second = alert(raw("B", Message_ID="<2@x>", In_Reply_To="<1@x>"), same_by="thread")
    third = alert(raw("C", Message_ID="<3@x>", References="<1@x> <2@x>"), same_by="thread")
    assert first.dedup_key == second.dedup_key == third.dedup_key == "<1@x>"


def test_each_message_is_an_alert_where_that_is_chosen():
    keys = {alert(raw(Message_ID=f"<{n}@x>"), same_by="message").dedup_key for n in range(3)}
    assert len(keys) == 3
    assert alert(raw(), same_by="message").dedup_key == alert(raw(), same_by="message").dedup_key


def test_a_subject_of_words_alone_is_told_apart_by_its_thread():
    assert alert(raw("OK", Message_ID="<1@x>"), **WORDS).dedup_key == "<1@x>"


def test_automatic_replies_are_no_alerts():
    told = EMAIL.parse(EMAIL.read(raw(Auto_Submitted="auto-replied (vacation)")), {}, {})
    assert (told.alerts, told.note) == ((), "An automatic reply is no alert.")
    assert alert(raw(Auto_Submitted="auto-generated")).title == "Disk is full"


def test_words_are_found_in_linear_time():
    assert not holds("ok" * 100_000, ["ok"])
    assert same_subject("ok " * 1000, ["ok"])

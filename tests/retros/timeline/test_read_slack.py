"""Is a Slack export read as far as it is wanted, and one made to do harm refused?"""

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from retros.imports import slack
from retros.imports.rows import Refused
from retros.imports.slack import Window, read_slack

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAY = Window(datetime(2025, 11, 17, tzinfo=UTC), datetime(2025, 11, 18, tzinfo=UTC))
AT = int(datetime(2025, 11, 17, 13, 32, tzinfo=UTC).timestamp())
USERS = [
    {"id": "U1", "name": "ana", "profile": {"real_name": "Ana Ruiz"}},
    {"id": "U2", "real_name": "Lee"},
    "odd",
]


def zipped(files, compression=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, (str, bytes)) else json.dumps(content))
    return buffer.getvalue()


def message(text="rolled back", user="U1", at=AT, **more):
    return {"type": "message", "user": user, "text": text, "ts": f"{at}.000100"} | more


def export(**channels):
    days = {f"{name.replace('_', '-')}/2025-11-17.json": messages for name, messages in channels.items()}
    return zipped({"users.json": USERS, "channels.json": []} | days)


def read(content, window=DAY, people=None):
    return read_slack(content, window=window, now=NOW, people=people)


def test_messages_come_with_names_and_readable_words():
    (row,) = read(export(inc_142=[message("<@U2> see <https://x.test/a|the graph> &amp; <#C1|ops>")])).rows
    assert row.text == "@Lee see the graph (https://x.test/a) & #ops"
    assert (row.system, row.group, row.source) == ("Ana Ruiz", "#inc-142", "slack")
    assert row.occurred_at == datetime(2025, 11, 17, 13, 32, tzinfo=UTC)
    (known,) = read(export(inc_142=[message()]), people={"ana ruiz": 7}).rows
    assert (known.actor_id, known.system) == (7, "")


def test_joins_other_days_and_other_channels_stay_out():
    content = export(
        ops=[
            message("joined", subtype="channel_join"),
            message("too early", at=AT - 90_000),
            message("here"),
        ],
        random=[message("elsewhere")],
    )
    only = Window(DAY.since, DAY.until, "#ops")
    assert [row.text for row in read(content, only).rows] == ["here"]
    assert {row.group for row in read(content).rows} == {"#ops", "#random"}


def test_bots_and_odd_messages():
    content = export(
        ops=[message("deployed", user=None, username="deploybot"), message(ts="soon"), 3, {"text": 3}]
    )
    reading = read(content)
    assert [(row.system, row.text) for row in reading.rows] == [("deploybot", "deployed")]
    assert {refusal.reason for refusal in reading.refused} == {"It has no time that can be read."}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"no zip", "no zip that can be read"),
        (zipped({"a.txt": "x"}), "No channel is in it"),
        (zipped({"ops/2025-11-17.json": "{"}), "well-formed JSON"),
        (zipped({"ops/2025-11-17.json": b"0" * 20_000_000}), "grows too large"),
        (
            zipped({"users.json": b" " * 9_000_000, "ops/2025-11-17.json": []}, zipfile.ZIP_STORED),
            "grows too large",
        ),
    ],
    ids=["no zip", "no channel", "no json", "bomb", "large"],
)
def test_what_is_no_export_is_refused(content, why):
    with pytest.raises(Refused, match=why):
        read(content)


@pytest.mark.parametrize("kind", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_that_broke_on_its_way_is_refused(kind):
    content = bytearray(zipped({"ops/2025-11-17.json": [message(str(n)) for n in range(50)]}, kind))
    begin = len("ops/2025-11-17.json") + 30 + 12
    content[begin : begin + 40] = b"\xff" * 40
    with pytest.raises(Refused, match="no zip that can be read"):
        read(bytes(content))


def test_a_zip_with_broken_names_is_refused():
    content = zipped({"ops/ü.json": []}).replace("ü".encode(), b"\xff\xff")
    with pytest.raises(Refused, match="no zip that can be read"):
        read(content)


def test_half_a_character_is_left_out():
    content = export(ops=[message("back\ud800 again\0", user=None, username="de\ud800ploybot")])
    assert [(row.system, row.text) for row in read(content).rows] == [("deploybot", "back again")]


def test_a_channel_that_is_not_there_names_those_that_are():
    with pytest.raises(Refused, match=r"There is no #nope in it\. It holds #ops"):
        read(export(ops=[message()]), Window(DAY.since, DAY.until, "nope"))


def test_too_large():
    content = b"x" * (slack.LARGEST_ZIP + 1)
    with pytest.raises(Refused, match="At most 20 MB"):
        read(content)


def test_too_many_files():
    content = zipped({f"a/{n}.txt": "" for n in range(slack.MOST_FILES + 1)}, zipfile.ZIP_STORED)
    with pytest.raises(Refused, match="the limit is 20,000"):
        read(content)


def test_too_many_messages():
    content = export(ops=[message(f"m{n}", at=AT + n) for n in range(1001)])
    with pytest.raises(Refused, match="At most 1,000 can be imported at once"):
        read(content)


CASE = Path(settings.BASE_DIR).parent / "shared" / "data" / "cases" / "slack_bots.zip"
BOTS = [
    message("error rate at 38 %, looking"),
    message("", None, AT + 60, subtype="bot_message", username="Alertmanager",
            attachments=[{"fallback": "x", "title": "FIRING PaymentsErrorRate", "text": "38 % of payments fail"}]),
    message("", None, AT + 120, bot_id="B2", bot_profile={"name": "Deploy Bot"},
            blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "*payments-api* v231 deployed"}}]),
    message("", "U2", AT + 180, files=[{"title": "dashboard.png", "name": "a.png"}]),
    message("<@U1> rolling back, see <#C1|inc-14>", "U2", AT + 240),
    message("<@U2> has joined the channel", "U2", AT + 241, subtype="channel_join"),
    message("", None, AT + 300, subtype="huddle_thread"),
]  # fmt: skip


def bot_exports() -> list:
    found = [(export(inc_14=BOTS), DAY)]
    if CASE.exists():
        window = Window(datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 5, 2, tzinfo=UTC))
        found.append((CASE.read_bytes(), window))
    return found


@pytest.mark.parametrize(("content", "window"), bot_exports())
def test_bots_files_and_what_is_left_out(content, window):
    reading = read(content, window)
    assert not reading.refused
    assert [row.system for row in reading.rows][1:3] == ["Alertmanager", "Deploy Bot"]
    texts = [row.text for row in reading.rows]
    assert len(texts) == 5
    assert "FIRING PaymentsErrorRate" in texts[1]
    assert "38 % of payments fail" in texts[1]
    assert "v231 deployed" in texts[2]
    assert "dashboard.png" in texts[3]
    assert texts[4].startswith("@")
    assert "#inc-14" in texts[4]
    assert [one.reason for one in reading.left_out] == ["Somebody joined the channel.", "It is a huddle."]
    assert reading.left_out_count == 2


@pytest.mark.parametrize(
    ("mark", "shown"),
    [
        ("<@U1>", "@Ana Ruiz"),
        ("<@U9|sam>", "@sam"),
        ("<#C1>", "#ops"),
        ("<#C9|inc-7>", "#inc-7"),
        ("<!here>", "@here"),
        ("<!here|here>", "@here"),
        ("<!channel>", "@channel"),
        ("<!subteam^S1|@oncall>", "@oncall"),
        ("<!subteam^S1>", "@S1"),
        ("<!date^1714557601^{date_short}|1 May 2024>", "1 May 2024"),
        ("<!date^1714557601^{date_short}^https://x.test|1 May>", "1 May"),
        ("<!date^1714557601^{date_short}>", "2024-05-01 10:00 UTC"),
        ("<mailto:a@x.test|a@x.test>", "a@x.test (mailto:a@x.test)"),
        ("a < b &lt;c&gt;", "a < b <c>"),
    ],
)
def test_every_mark_of_slack(mark, shown):
    content = zipped(
        {
            "users.json": USERS,
            "channels.json": [{"id": "C1", "name": "ops"}],
            "ops/2025-11-17.json": [message(mark)],
        }
    )
    assert [row.text for row in read(content).rows] == [shown]


def test_blocks_are_read_where_there_is_no_text():
    elements = [
        {"type": "text", "text": "ask "}, {"type": "user", "user_id": "U2"}, {"type": "text", "text": " in "},
        {"type": "channel", "channel_id": "C9"}, {"type": "link", "url": "https://x.test", "text": " see"},
        {"type": "emoji", "name": "eyes"},
    ]  # fmt: skip
    blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}]
    (row,) = read(export(ops=[message("", blocks=blocks)])).rows
    assert row.text == "ask @Lee in #C9 see (https://x.test):eyes:"
    (kept,) = read(export(ops=[message("short", blocks=blocks)])).rows
    assert kept.text == "short"


def test_messages_outside_the_period_are_counted():
    reading = read(export(ops=[message(at=AT - 90_000), message("here")]))
    assert [one.reason for one in reading.left_out] == ["1 message is outside the chosen period."]

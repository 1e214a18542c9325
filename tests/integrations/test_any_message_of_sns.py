"""Whatever a message of SNS holds, it is refused with a reason: nothing else comes out of its check."""

import json
from contextlib import suppress
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.senders import UnreadableError
from integrations.senders.signatures import UnsignedError
from integrations.senders.sns import check
from tests.integrations.sns import TOPIC

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
WORDS = st.sampled_from(
    [
        "Notification",
        "SubscriptionConfirmation",
        TOPIC,
        NOW.isoformat(),
        "1",
        "2",
        "e30=",
        "\ud800",
        "a\0b",
        "https://[",
        "",
    ]
)
VALUES = WORDS | st.none() | st.integers() | st.text(max_size=9) | st.lists(st.none(), max_size=1)
FIELDS = ("Type", "Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Token", "SubscribeURL", "Signature", "SignatureVersion", "SigningCertURL")  # fmt: skip
MESSAGES = st.dictionaries(st.sampled_from(FIELDS), VALUES)
RECORDS = st.fixed_dictionaries(
    {"Records": st.lists(st.fixed_dictionaries({"Sns": MESSAGES}) | VALUES, max_size=3)}
)


@settings(max_examples=400)
@given(MESSAGES | RECORDS | VALUES, st.sampled_from(["", TOPIC]))
def test_it_is_refused(message, topic):
    with suppress(UnsignedError, UnreadableError):
        assert check(json.dumps(message).encode(), {}, topic=topic, received_at=NOW) == ""
        assert not topic

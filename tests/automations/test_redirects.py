"""What becomes of an answer that points elsewhere, where the address was somebody's choice?"""

import pytest

from automations.targets.client import call
from notifications.channels.calls import session
from tests.automations.test_call_targets import request

BROKEN = ["http://[::1", "http://\xff/%zz", "http://a:99999999/", "http://", "file:///etc/passwd"]


def test_its_body_is_not_read(target):
    """A library reads it whole, unpacked, before it looks whether to follow: it may be of any size."""
    target.status, target.headers = 302, {"Location": "http://example.org/"}
    target.body = b"x" * 1_000_000
    with session((1, 1)).request("GET", target.url, stream=True) as response:
        assert (response.status_code, response.raw.tell(), response.next) == (302, 0, None)


@pytest.mark.parametrize("location", BROKEN)
def test_where_it_leads_is_not_read(target, location):
    target.status, target.headers = 302, {"Location": location}
    found = call(request(target))
    assert (found.state, found.status) == ("unknown", 302)

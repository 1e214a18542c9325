"""Behind proxies, whose address do limits and the audit trail mean?"""

import pytest

from core.client_address import seen_through_proxies

PROXY = ("127.0.0.1", 50_000)


def address(*forwarded: str, proxies: int = 1) -> str:
    headers = [(b"host", b"x.example"), *((b"x-forwarded-for", one.encode()) for one in forwarded)]
    scope = {"type": "http", "headers": headers, "client": PROXY}
    return seen_through_proxies(scope, proxies)["client"][0]


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        (["203.0.113.7"], 1, "203.0.113.7"),
        (["203.0.113.7"], 0, "127.0.0.1"),  # nobody in front: anybody could write one
        (["198.51.100.1, 203.0.113.7"], 1, "203.0.113.7"),  # the first was made up
        (["198.51.100.1", "203.0.113.7"], 1, "203.0.113.7"),
        (["198.51.100.1, 203.0.113.7, 10.0.0.2"], 2, "203.0.113.7"),
        (["203.0.113.7"], 2, "127.0.0.1"),
        (["2001:DB8::1"], 1, "2001:db8::1"),
        (["nonsense\r\nX: y"], 1, "127.0.0.1"),
        ([""], 1, "127.0.0.1"),
        ([], 1, "127.0.0.1"),
    ],
)
def test_it_is_what_the_trusted_proxies_have_seen(forwarded, proxies, expected):
    assert address(*forwarded, proxies=proxies) == expected

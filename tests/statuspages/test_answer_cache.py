"""Is a public page rendered once for many readers, again after a change, and never given to anybody who may not share it?"""

import asyncio
import gzip
from datetime import UTC, datetime
from itertools import count

import pytest

from statuspages import answer_cache
from statuspages.answer_cache import AnswerCache
from statuspages.public_routes import HTML, Answer
from tests.loops import run

PAGE = "/status/shop/"


class Pages:
    """An application that counts how often it was asked; `headers` and `status` are what it answers."""

    def __init__(self, *headers: tuple[bytes, bytes], status: int = 200) -> None:
        self.asked: list[dict] = []
        self.status = status
        self.headers = [(b"ETag", b'"one"'), (b"Cache-Control", b"public, max-age=2"), *headers]
        self.turn = asyncio.Event()
        self.turn.set()
        self.numbers = count(1)

    async def __call__(self, scope, receive, send) -> None:
        self.asked.append(dict(scope))
        body = f"answer {next(self.numbers)} ".encode() * 100
        await self.turn.wait()
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": body[:50], "more_body": True})
        await send({"type": "http.response.body", "body": body[50:]})


async def get(app, path: str = PAGE, *, method: str = "GET", query: bytes = b"", **headers: str):
    """(status, headers, body) of a request."""
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http", "method": method, "path": path, "scheme": "http", "query_string": query,
        "headers": sent if "host" in headers else [(b"host", b"testserver"), *sent],
    }  # fmt: skip
    messages = []

    async def send(message) -> None:
        messages.append(message)

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in messages[1:])
    return messages[0]["status"], {n.lower(): v for n, v in messages[0]["headers"]}, body


def test_many_readers_at_once_make_one_rendering():
    async def crowd():
        pages = Pages()
        pages.turn.clear()
        cache = AnswerCache(pages)
        waiting = [asyncio.create_task(get(cache)) for _ in range(50)]
        await asyncio.sleep(0)
        pages.turn.set()
        answers = await asyncio.gather(*waiting)
        return pages, [*answers, await get(cache)]

    pages, answers = run(crowd())
    assert len(pages.asked) == 1
    assert {body for _, _, body in answers} == {b"answer 1 " * 100}


def test_a_change_is_rendered_before_it_is_answered_again():
    async def changed():
        pages = Pages()
        cache = AnswerCache(pages)
        first = await get(cache)
        cache.changed()
        return first[2], (await get(cache))[2], (await get(cache))[2]

    first, second, third = run(changed())
    assert first.startswith(b"answer 1")
    assert second == third
    assert second.startswith(b"answer 2")


def test_a_change_while_it_is_rendered_is_not_missed():
    async def changed():
        pages = Pages()
        cache = AnswerCache(pages)
        pages.turn.clear()
        early = asyncio.create_task(get(cache))
        while len(pages.asked) < 1:
            await asyncio.sleep(0)
        cache.changed()
        late = asyncio.create_task(get(cache))
        while len(pages.asked) < 2:
            await asyncio.sleep(0)
        pages.turn.set()
        return (await early)[2], (await late)[2], (await get(cache))[2]

    early, late, after = run(changed())
    assert early.startswith(b"answer 1")
    assert late.startswith(b"answer 2")
    assert after == late


def test_it_gets_no_older_than_two_seconds():
    async def aged():
        loop, pages = asyncio.get_running_loop(), Pages()
        now = loop.time()
        cache = AnswerCache(pages)
        await get(cache)
        (kept,) = cache.kept.values()
        kept.made_at = now - answer_cache.RENDER_AFTER
        beside = (await get(cache))[2]
        while cache.rendering:
            await asyncio.sleep(0.001)
        renewed = (await get(cache))[2]
        (kept,) = cache.kept.values()
        kept.made_at = now - answer_cache.OLDEST
        return beside, renewed, (await get(cache))[2]

    beside, renewed, waited_for = run(aged())
    assert beside.startswith(b"answer 1")
    assert renewed.startswith(b"answer 2")
    assert waited_for.startswith(b"answer 3")


@pytest.mark.parametrize("tag", ['"one"', 'W/"one"', '"zero", "one"', "*"])
def test_who_has_it_gets_304(tag):
    status, headers, body = run(get(AnswerCache(Pages()), if_none_match=tag))
    assert (status, body) == (304, b"")
    assert headers[b"etag"] == b'"one"'
    assert b"content-length" not in headers


@pytest.mark.parametrize("headers", [{"if_none_match": '"two"'}, {"if_none_match": "one"}])
def test_who_has_another_gets_it_whole(headers):
    assert run(get(AnswerCache(Pages()), **headers))[0] == 200


def test_by_date_where_there_is_no_tag():
    dated = (b"Last-Modified", b"Sat, 28 Nov 2026 10:00:00 GMT")
    pages = Pages(dated)
    known = {
        "Sat, 28 Nov 2026 10:00:00 GMT": 304, "Sat, 28 Nov 2026 09:59:59 GMT": 200, "yesterday": 200,
    }  # fmt: skip
    for at, status in known.items():
        assert run(get(AnswerCache(pages), if_modified_since=at))[0] == status


def test_zipped_for_who_takes_it():
    async def both():
        cache = AnswerCache(Pages())
        return await get(cache, accept_encoding="gzip, br"), await get(cache)

    zipped, plain = run(both())
    assert gzip.decompress(zipped[2]) == plain[2]
    assert zipped[1][b"content-encoding"] == b"gzip"
    assert int(zipped[1][b"content-length"]) == len(zipped[2])
    assert zipped[1][b"etag"] == b'W/"one"'
    assert zipped[1][b"vary"] == plain[1][b"vary"] == b"Accept-Encoding"


def test_head_has_no_body():
    status, headers, body = run(get(AnswerCache(Pages()), method="HEAD"))
    assert (status, body) == (200, b"")
    assert int(headers[b"content-length"]) > 0


def test_a_rendering_knows_nothing_of_who_asked():
    pages = Pages()
    run(
        get(AnswerCache(pages), query=b"x=1", cookie="session=mine", if_none_match='"two"', range="bytes=0-5")
    )
    (asked,) = pages.asked
    assert dict(asked["headers"]) == {b"host": b"testserver", b"x-forwarded-proto": b"http"}
    assert asked["query_string"] == b""


@pytest.mark.parametrize(
    "header",
    ["accept_language", "authorization", "hx_request", "x_forwarded_for", "x_forwarded_host", "forwarded"],
)
def test_no_header_of_a_reader_reaches_a_rendering(header):
    pages = Pages()
    run(get(AnswerCache(pages), **{header: "mine"}))
    assert b"mine" not in dict(pages.asked[0]["headers"]).values()


def test_any_query_gets_the_one_answer():
    async def ask():
        pages = Pages()
        cache = AnswerCache(pages)
        for number in range(20):
            await get(cache, query=f"x={number}".encode())
        return pages, cache

    pages, cache = run(ask())
    assert len(pages.asked) == len(cache.kept) == 1


@pytest.mark.parametrize(
    "path",
    ["/status/shop/subscribe", "/status/shop/unsubscribe/abc", "/status/shop/nothing/here", "/healthz"],
)
def test_what_is_not_for_everybody_is_passed_on_whole(path):
    async def twice():
        pages = Pages()
        cache = AnswerCache(pages)
        for _ in range(2):
            await get(cache, path, cookie="csrf=mine")
        return pages, cache

    pages, cache = run(twice())
    assert len(pages.asked) == 2
    assert (b"cookie", b"csrf=mine") in pages.asked[0]["headers"]
    assert not cache.kept


@pytest.mark.parametrize(
    "pages",
    [
        Pages(status=404),
        Pages(status=503),
        Pages((b"Set-Cookie", b"csrf=mine")),
        Pages((b"Cache-Control", b"no-store")),
    ],
)
def test_only_pages_are_kept(pages):
    cache = AnswerCache(pages)
    run(get(cache))
    assert not cache.kept


def test_what_is_sent_is_not_kept():
    pages = Pages()
    run(get(AnswerCache(pages), method="POST"))
    assert pages.asked[0]["method"] == "POST"


async def asked(*headers: dict[str, str]) -> int:
    """How many renderings requests with these headers make."""
    pages = Pages()
    cache = AnswerCache(pages)
    for some in headers:
        await get(cache, **some)
    return len(pages.asked)


def test_hosts_and_schemes_do_not_share_an_answer():
    assert run(asked({"x_forwarded_proto": "http"}, {"x_forwarded_proto": "https"})) == 2
    assert run(asked({"host": "one.example"}, {"host": "two.example"})) == 2


def test_another_spelling_makes_no_rendering():
    assert run(asked({"x_forwarded_proto": "a"}, {"x_forwarded_proto": "b"}, {})) == 1
    spelt = ("status.example", "Status.EXAMPLE", "status.example:81", "status.example.")
    assert run(asked(*({"host": host} for host in spelt))) == 1


@pytest.mark.parametrize("proxies", ["https,http", "https, http", " https"])
def test_https_is_told_as_django_tells_it(proxies):
    async def ask():
        pages = Pages()
        cache = AnswerCache(pages)
        await get(cache, x_forwarded_proto=proxies)
        return pages, cache

    pages, cache = run(ask())
    (key,) = cache.kept
    assert key.is_secure
    assert (b"x-forwarded-proto", b"https") in pages.asked[0]["headers"]


@pytest.mark.parametrize("refused", ["gzip;q=0", "gzip; q=0.0, br", "br", "xgzip"])
def test_not_zipped_for_who_refuses_it(refused):
    _, headers, body = run(get(AnswerCache(Pages()), accept_encoding=refused))
    assert b"content-encoding" not in headers
    assert body.startswith(b"answer")


def test_many_small_answers_are_counted_with_what_they_take():
    async def ask():
        cache = AnswerCache(Pages())
        await get(cache)
        return cache

    assert run(ask()).bytes >= 2048


HANGS = "The database hangs"


def copied(host: str, path: str) -> Answer | None:
    return Answer(HANGS.encode(), HTML, datetime(2026, 1, 1, tzinfo=UTC)) if path == PAGE else None


def test_a_rendering_that_hangs_is_answered_by_the_copy(monkeypatch):
    monkeypatch.setattr(answer_cache, "PATIENCE", 0.05)

    async def ask():
        pages = Pages()
        pages.turn.clear()
        cache = AnswerCache(pages, copied)
        first = await asyncio.wait_for(get(cache), 5)
        again = [await asyncio.wait_for(get(cache), 5) for _ in range(3)]
        asked = len(pages.asked)
        pages.turn.set()
        while cache.rendering:
            await asyncio.sleep(0.001)
        return first, again, asked, await get(cache)

    (status, headers, body), again, asked, after = run(ask())
    assert (status, body) == (200, HANGS.encode())
    assert b"etag" not in headers
    assert [one[2] for one in again] == [body] * 3
    assert asked == 1, "nobody adds a rendering to one that hangs"
    assert after[2].startswith(b"answer 1"), "a copy is never kept as the answer"


def test_without_a_copy_it_is_waited_for(monkeypatch):
    monkeypatch.setattr(answer_cache, "PATIENCE", 0.01)

    async def ask():
        pages = Pages()
        pages.turn.clear()
        waiting = asyncio.create_task(get(AnswerCache(pages)))
        await asyncio.sleep(0.05)
        pages.turn.set()
        return await waiting

    assert run(ask())[2].startswith(b"answer 1")


def test_changes_that_come_faster_than_renderings_do_not_pile_up():
    async def ask():
        pages = Pages()
        pages.turn.clear()
        cache = AnswerCache(pages)
        waiting = []
        for _ in range(10):
            waiting.append(asyncio.create_task(get(cache)))
            await asyncio.sleep(0.01)
            cache.changed()
        begun = len(pages.asked)
        pages.turn.set()
        return begun, [body for _, _, body in await asyncio.gather(*waiting)], (await get(cache))[2]

    begun, answers, last = run(ask())
    assert begun == answer_cache.MOST_AT_ONCE
    assert answers[-1] == last


def test_made_up_addresses_keep_no_reader_of_a_page_waiting(monkeypatch):
    monkeypatch.setattr(answer_cache, "MOST_NEW", 5)

    async def ask():
        pages = Pages()
        cache = AnswerCache(pages)
        await get(cache)
        pages.turn.clear()
        codes = [f"/status/shop/incidents/{'a' * 11}{letter}" for letter in "abcdefghij"]
        waiting = [asyncio.create_task(get(cache, code)) for code in codes]
        await asyncio.sleep(0.01)
        begun = len(pages.asked) - 1
        pages.turn.set()
        return begun, sorted(status for status, _, _ in await asyncio.gather(*waiting))

    begun, statuses = run(ask())
    assert begun == 1
    assert statuses == [200] * 5 + [503] * 5


def test_memory_has_an_end(monkeypatch):
    monkeypatch.setattr(answer_cache, "MOST_BYTES", 10_000)

    async def ask():
        cache = AnswerCache(Pages())
        for month in range(1, 13):
            await get(cache, f"/status/shop/history/2026-{month:02}")
        return cache

    cache = run(ask())
    assert 1 < len(cache.kept) < 12
    assert cache.bytes == sum(kept.size for kept in cache.kept.values()) <= 10_000


def test_an_error_is_told_to_everybody_who_waits():
    async def fails(scope, receive, send):
        await asyncio.sleep(0)
        raise RuntimeError("no")

    async def ask():
        cache = AnswerCache(fails)
        answers = await asyncio.gather(get(cache), get(cache), return_exceptions=True)
        return answers, cache.rendering

    answers, rendering = run(ask())
    assert [str(error) for error in answers] == ["no", "no"]
    assert not rendering

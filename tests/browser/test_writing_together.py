"""Two people type in one paragraph at once, on two web processes, while the network of one is cut and the other's
process is killed: do both end with the same text, with every letter that was confirmed?"""

import statistics
import sys
import time

import pytest
from django.conf import settings
from django.test import Client

from retros.models import Document, Section
from retros.workflow import open_section, start_retrospective
from tests.live.editors import Webs, free_port

pytestmark = pytest.mark.browser

SECONDS = 20
SAID = "() => window.allclearWriting.editor.getText()"
COUNTS = "() => { const s = window.allclearWriting.sync; return [s.kept, s.typed, s.state]; }"
# Each letter typed notes when it was; each letter of the other that appears notes when it did.
WATCH = """() => {
  window.seen = {}; window.typedAt = {};
  const note = () => {
    const text = window.allclearWriting.editor.getText();
    for (const [word] of text.matchAll(/[a-z]\\d{4}/g)) window.seen[word] ??= Date.now();
  };
  window.allclearWriting.editor.on('transaction', note);
}"""


@pytest.fixture
def webs(transactional_db, tmp_path, server):
    webs = Webs(tmp_path / "webs")
    webs.ports = [free_port(), free_port()]
    for port in webs.ports:
        webs.serve(port)
    yield webs
    webs.stop()


@pytest.fixture
def document(incident, commander) -> Document:
    retrospective = start_retrospective(incident=incident, by=commander, owner=commander)
    return open_section(retrospective=retrospective, section=Section.WHAT_HAPPENED, by=commander)


@pytest.fixture
def open_on(browser):
    """`open_on(user, port)` is a signed-in page of that web process."""
    contexts = []

    def open_page(user, port: int):
        url = f"http://127.0.0.1:{port}"
        context = browser.new_context(base_url=url, viewport={"width": 1200, "height": 800})
        contexts.append(context)
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()


def editing(page, document: Document):
    page.goto(f"/retrospectives/{document.retrospective_id}/narrative/{document.section}/")
    page.locator(".ProseMirror").wait_for()
    page.locator(".ProseMirror").click()
    page.evaluate(WATCH)
    return page


def until_saved(page, seconds: float = 20) -> None:
    page.locator("#saved[data-state=saved]").wait_for(timeout=seconds * 1000)


def test_two_people_in_one_paragraph_through_a_cut_and_a_kill(
    webs, open_on, commander, responder, document, capsys
):
    mine = editing(open_on(commander, webs.ports[0]), document)
    theirs = editing(open_on(responder, webs.ports[1]), document)
    mine.keyboard.type("Together: ")
    until_saved(mine)
    theirs.get_by_text("Together:").wait_for()
    theirs.keyboard.press("End")

    confirmed: dict[str, str] = {}
    words: dict[str, list[str]] = {"a": [], "b": []}
    waiting: dict[str, list[tuple[int, str]]] = {"a": [], "b": []}
    began, steps = time.monotonic(), {4: "cut", 8: "mend", 11: "kill", 13: "back"}
    n = 0
    while (passed := time.monotonic() - began) < SECONDS:
        for moment in [m for m in steps if passed >= m]:
            step = steps.pop(moment)
            if step in ("cut", "mend"):
                mine.context.set_offline(step == "cut")
            elif step == "kill":
                webs.kill(f"web-{webs.ports[1]}")
            else:
                webs.serve(webs.ports[1])
        for name, page in (("a", mine), ("b", theirs)):
            word = f"{name}{n:04d}"
            page.evaluate("word => { window.typedAt[word] = Date.now(); }", word)
            page.keyboard.type(f"{word} ")
            words[name].append(word)
            kept, typed, _ = page.evaluate(COUNTS)
            waiting[name].append((typed, word))
            for count, said in [w for w in waiting[name] if w[0] <= kept]:
                confirmed[said] = name
                waiting[name].remove((count, said))
        n += 1
    for page in (mine, theirs):
        until_saved(page)
    mine.wait_for_function(
        "n => window.allclearWriting.editor.getText().length >= n", arg=len(theirs.evaluate(SAID))
    )
    theirs.wait_for_function(
        "n => window.allclearWriting.editor.getText().length >= n", arg=len(mine.evaluate(SAID))
    )

    one, other = mine.evaluate(SAID), theirs.evaluate(SAID)
    assert one == other
    letters = sorted(one.replace("Together: ", "").replace(" ", ""))
    assert letters == sorted("".join(words["a"] + words["b"])), "every letter typed is there, once"
    assert set(confirmed.values()) == {"a", "b"}
    fresh = editing(open_on(commander, webs.ports[1]), document)
    fresh.wait_for_function("n => window.allclearWriting.editor.getText().length >= n", arg=len(one))
    assert fresh.evaluate(SAID) == one, "the database says the same"
    assert not mine.faults + theirs.faults
    with capsys.disabled():
        sys.stdout.write(
            f"\\n  {len(words['a'])} + {len(words['b'])} words in {SECONDS} s, {len(confirmed)} confirmed in time\\n"
        )


def test_a_letter_is_on_the_other_screen_within_150_ms(webs, open_on, commander, responder, document, capsys):
    mine = editing(open_on(commander, webs.ports[0]), document)
    theirs = editing(open_on(responder, webs.ports[1]), document)
    mine.wait_for_timeout(1000)
    for n in range(60):
        word = f"a{n:04d}"
        mine.keyboard.type(word[:-1])
        mine.wait_for_timeout(120)
        mine.evaluate("word => { window.typedAt[word] = Date.now(); }", word)
        mine.keyboard.type(word[-1])
        mine.wait_for_timeout(120)
        mine.keyboard.type(" ")
    until_saved(mine)
    theirs.wait_for_function("Object.keys(window.seen).length === 60")
    typed, seen = mine.evaluate("window.typedAt"), theirs.evaluate("window.seen")
    spans = sorted(seen[word] - typed[word] for word in typed)
    with capsys.disabled():
        sys.stdout.write(
            f"\\n  key to other screen: median {statistics.median(spans):.0f} ms, p90 {spans[54]} ms\\n"
        )
    assert statistics.median(spans) <= 150


def test_what_was_typed_offline_survives_a_closed_tab(webs, open_on, commander, document):
    page = editing(open_on(commander, webs.ports[0]), document)
    page.keyboard.type("Before. ")
    until_saved(page)
    webs.kill(f"web-{webs.ports[0]}")
    page.locator("#saved[data-state=offline]").wait_for()
    page.keyboard.type("While it was away.")
    page.get_by_text("Offline, kept here").wait_for()
    webs.serve(webs.ports[0])
    context = page.context
    page.close()
    again = context.new_page()
    editing(again, document)
    again.get_by_text("While it was away.").wait_for()
    until_saved(again)
    document = open_section(retrospective=document.retrospective, section=document.section, by=commander)
    assert document.text == "Before. While it was away."

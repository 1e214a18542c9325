"""Does a web process stop quietly while people have pages open?"""

import http.client

from tests.live.editors import cookie_of


def test_open_pages_are_ended_without_an_error(webs, editor, document, commander, incident):
    port = webs.ports[0]
    editor(commander)
    page = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    page.request("GET", f"/live/incidents/{incident.reference}/", headers={"Cookie": cookie_of(commander)})
    answer = page.getresponse()
    assert b"hello" in answer.readline() + answer.readline()
    before = len(webs.said(f"web-{port}"))

    process = webs._running[f"web-{port}"]
    process.terminate()
    assert process.wait(timeout=20) in (0, -15)
    answer.read()  # to its end: the browser is not left with half an answer
    assert "ERROR" not in webs.said(f"web-{port}")[before:]

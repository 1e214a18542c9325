"""One section without a database: the messages of coediting/wire.py, merged as the product does."""

import base64
import json
import threading

from websockets.datastructures import Headers
from websockets.http11 import Response
from websockets.sync.server import serve

from coediting import wire
from coediting.document import Stale, accept, open_document, to_markdown
from coediting.markdown_merge import rewrite

Replies = list[tuple[str, bytes]]
PAGE = b"<!doctype html><title>Sessions</title><body></body>"


def _page(connection, request) -> Response | None:
    """An empty page on the same host; browsers let no other one connect here."""
    if "Upgrade" in request.headers:
        return None
    headers = Headers({"Content-Type": "text/html", "Content-Length": str(len(PAGE)), "Connection": "close"})
    return Response(200, "OK", headers, PAGE)


class SectionServer:
    def __init__(self) -> None:
        self.state = b""
        self.open: set[str] = set()
        self._server = serve(
            self._answer, "127.0.0.1", 0, process_request=_page, max_size=None, compression=None
        )
        self.host = f"127.0.0.1:{self._server.socket.getsockname()[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()

    def _answer(self, connection) -> None:
        for message in connection:
            call = json.loads(message)
            match call["do"]:
                case "start":
                    doc = open_document()
                    rewrite(doc, call["text"])
                    self.state, self.open = doc.get_update(), set()
                    said: object = []
                case "text":
                    said = {"text": to_markdown(open_document(self.state))}
                case "open":
                    said = self._written(self._opened(call["from"]))
                case "take":
                    said = self._written(self._take(call["from"], base64.b64decode(call["data"])))
            connection.send(json.dumps(said))

    def _written(self, replies: Replies) -> list[tuple[str, str]]:
        return [(name, base64.b64encode(data).decode()) for name, data in replies]

    def _opened(self, name: str) -> Replies:
        self.open.add(name)
        return [(name, wire.may_write(True)), (name, self._have())]

    def _have(self) -> bytes:
        return wire.sync(wire.HAVE, open_document(self.state).get_state())

    def _take(self, name: str, data: bytes) -> Replies:
        reader = wire.Reader(data)
        match reader.number():
            case wire.KEEP:
                count, update = reader.number(), reader.chunk()
                try:
                    after = accept(self.state, update)
                except Stale:
                    return [(name, self._have())]
                news = [(other, wire.sync(wire.NEWS, update)) for other in sorted(self.open - {name})]
                self.state, is_new = after, after != self.state
                return [(name, wire.kept(count)), *(news if is_new else [])]
            case wire.SYNC:
                reader.number()
                lacked = open_document(self.state).get_update(reader.chunk())
                return [(name, wire.sync(wire.LACKED, lacked))]
        return []

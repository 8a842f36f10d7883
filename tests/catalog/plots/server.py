"""A real HTTP server that answers what a test tells it to, the rude things included."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    # Holds the answer back until the test is over.
    never: bool = False
    # Promises more than it sends.
    cut: bool = False
    # One byte now and then, for as long as the client listens.
    drips: bool = False


def says(answer: object, status: int = 200, **headers: str) -> Reply:
    body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
    return Reply(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


@dataclass
class Seen:
    path: str
    query: dict[str, str]
    headers: dict[str, str]


class RudeServer:
    """Replies are kept by path, the last one for every further request; unknown paths get 404."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.over = threading.Event()
        self.asked_to_wait = threading.Event()
        self._replies: dict[str, list[Reply]] = defaultdict(list)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    def on(self, path: str, *replies: Reply) -> None:
        self._replies[path] = list(replies)

    def paths(self) -> list[str]:
        return [request.path for request in self.seen]

    def stop(self) -> None:
        self.over.set()
        self._http.shutdown()
        self._http.server_close()

    def take(self, path: str) -> Reply:
        replies = self._replies.get(path) or [Reply(404, b"no such page")]
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def _handler(rude) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                rude.seen.append(Seen(parts.path, query, dict(self.headers)))
                self._answer(rude.take(parts.path))

            def _answer(self, reply: Reply) -> None:
                if reply.never:
                    rude.asked_to_wait.set()
                    rude.over.wait(60)
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body) + 1000 * (reply.cut or reply.drips)))
                self.end_headers()
                while reply.drips and not rude.over.wait(0.05):
                    self.wfile.write(b".")
                self.wfile.write(reply.body)

            def handle(self) -> None:
                with suppress(ConnectionError):
                    super().handle()

            def log_message(self, *args: object) -> None:
                """The test's own output says enough."""

        return Handler

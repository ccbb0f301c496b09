"""Servers that are not as they should be: older than the client, or hostile. Each is a real HTTP server of ours."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, Mapping[str, str], bytes]
Rule = Callable[[str], Answer | None]
JSON: Mapping[str, str] = {"content-type": "application/json"}
ID = "11111111-1111-1111-1111-111111111111"


@dataclass
class Strange:
    """`rules` answer by method and the beginning of the path, the first that fits; all else is a bare 404."""

    rules: dict[tuple[str, str], Answer | Callable[[str], Answer]]
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, method: str, path: str) -> Answer:
        self.asked.append(f"{method} {path}")
        rules = self.rules.items()
        found = next((rule for (verb, start), rule in rules if verb == method and path.startswith(start)), None)
        if found is None:
            return 404, {"content-type": "text/html"}, b"<h1>Not found</h1>"
        return found(path) if callable(found) else found


def json_answer(value: object, status: int = 200, **headers: str) -> Answer:
    return status, {**JSON, **headers}, json.dumps(value).encode()


def dataset(**more: object) -> dict[str, object]:
    made = {
        "id": ID,
        "name": "one",
        "status": "ready",
        "segment_count": 1,
        "total_duration_seconds": 1.0,
        "options": {},
    }
    return {**made, **more}


@contextlib.contextmanager
def serving(server: Strange) -> Iterator[Strange]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: tests read what was asked."""

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            status, headers, body = server.answer(self.command, self.path)
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _answer

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        server.url = f"http://127.0.0.1:{running.server_port}"
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            running.shutdown()
            thread.join()

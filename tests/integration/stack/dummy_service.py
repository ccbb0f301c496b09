"""Stands in for a service: says what environment it got, and is ready at once; if told so, it dies or does not stop."""

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(dict(os.environ)).encode())


if os.environ.get("DUMMY_DIES") == sys.argv[1]:
    print("my disk is full", flush=True)
    sys.exit(7)
if os.environ.get("DUMMY_STAYS") == sys.argv[1]:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
HTTPServer((os.environ["HTTP_HOST"], int(os.environ["HTTP_PORT"])), Handler).serve_forever()

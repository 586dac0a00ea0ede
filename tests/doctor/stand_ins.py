"""Stand-ins: an office whose folder a server holds, and what answers at an address."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from app.doctor.case import Case
from app.running_server import RunningServer
from tools.driving.servers import free_port

Answers = Mapping[str, tuple[int, Mapping[str, str]]]
NOTHING_THERE = (404, {})


def served(case: Case, address: str = "", *, lan: bool = False, host: str = "127.0.0.1") -> Case:
    """The same office, as if a server held its folder."""
    port = int(address.rpartition(":")[2] or free_port())
    address = address or f"http://127.0.0.1:{port}"
    server = RunningServer(address, host, port, lan, os.getpid(), {})
    return replace(case, is_served=True, server=server)


@contextmanager
def answering(answers: Answers) -> Iterator[str]:
    """Something that answers each path with a status and headers; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers = answers.get(self.path, NOTHING_THERE)
            self.send_response_only(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()

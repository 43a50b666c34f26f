"""A web server on loopback that can be told to misbehave."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Server:
    """What it serves, how it fails, and what it was asked.

    Attributes
    ----------
    content : the file, under any path
    fault : "", "404", "503", "hang", "cut", "cut-always", "short", "login", "no-ranges", "endless"
        or "wrong-range"
    cut_at : bytes after which a connection is cut
    """

    content: bytes = b""
    fault: str = ""
    cut_at: int = 0
    address: str = ""
    ranges: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    etag: str = '"one"'
    release: threading.Event = field(default_factory=threading.Event)


@contextlib.contextmanager
def serve(content: bytes) -> Iterator[Server]:
    """Serve ``content`` until the block ends."""
    told = Server(content)

    class Handler(_Handler):
        server_told = told

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.daemon_threads = True
    told.address = f"http://127.0.0.1:{web.server_port}"
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield told
    finally:
        told.release.set()
        web.shutdown()
        thread.join()
        web.server_close()


class _Handler(BaseHTTPRequestHandler):
    server_told: Server
    protocol_version = "HTTP/1.0"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        told = self.server_told
        told.ranges.append(self.headers.get("Range", ""))
        told.paths.append(self.path)
        if told.fault in ("404", "503"):
            self.send_error(int(told.fault))
            return
        if told.fault == "hang":
            told.release.wait(20)
            return
        with contextlib.suppress(ConnectionError):
            self._send(told, *self._range(told))

    def _range(self, told: Server) -> tuple[int, int]:
        asked = self.headers.get("Range", "")
        same = self.headers.get("If-Range") in (None, told.etag)
        if not asked or not same or told.fault == "no-ranges":
            return 200, 0
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        return 206, start + (1 if told.fault == "wrong-range" else 0)

    def _send(self, told: Server, status: int, start: int) -> None:
        body = told.content[start : -10 if told.fault == "short" else None]
        if told.fault == "login":
            body = b"<html>Please log in to this network</html>"
        if told.fault == "endless":
            body = body + b"x" * 100_000
        self.send_response(status)
        if told.fault != "endless":
            self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", told.etag)
        if status == 206:
            last = len(told.content)
            self.send_header("Content-Range", f"bytes {start}-{last - 1}/{last}")
        self.end_headers()
        if told.fault in ("cut", "cut-always"):
            body = body[: told.cut_at]
            if told.fault == "cut":
                told.fault = ""
        self.wfile.write(body)

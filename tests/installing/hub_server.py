"""A model hub on this machine: what huggingface.co answers to, in its shapes, over folders of the test."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

LARGE = (".safetensors", ".bin", ".spm", ".model")  # what the hub keeps beside git, with a SHA-256


@dataclass
class Hub:
    """Repositories by id; ``asked`` is every request in order, with its Range.

    ``cut`` names files whose connection breaks once after so many bytes; ``refused`` those that are answered 503.
    """

    repositories: dict[str, tuple[str, dict[str, Any], Path]] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    cut: dict[str, int] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    altered: set[str] = field(default_factory=set)
    endpoint: str = ""

    def add(self, id: str, folder: Path, card: dict[str, Any] | None, *extra: str) -> str:
        """Publish ``folder`` as ``id`` with its card's metadata; return the commit. ``extra`` files are empty."""
        for name in extra:
            (folder / name).write_bytes(b"")
        listed = sorted((p.name, p.stat().st_size) for p in folder.iterdir() if p.is_file())
        commit = hashlib.sha1(repr((id, listed)).encode(), usedforsecurity=False).hexdigest()
        self.repositories[id] = (commit, {"card": card}, folder)
        return commit

    def names(self) -> list[str]:
        """The files that were fetched, in order, each once."""
        return list(
            dict.fromkeys(
                path.rpartition("/")[2] for method, path, _ in self.asked if method == "GET" and "resolve" in path
            )
        )


def blob_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def described(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    entry: dict[str, Any] = {"rfilename": path.name, "size": len(data), "blobId": blob_id(data)}
    if path.name.endswith(LARGE):
        entry["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
    return entry


def handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_HEAD(self) -> None:
            self._file(body=False)

        def do_GET(self) -> None:
            path = urlsplit(unquote(self.path)).path
            if path.startswith("/api/models/"):
                hub.asked.append(("GET", path, ""))
                self._about(path.removeprefix("/api/models/"))
            else:
                self._file(body=True)

        def _about(self, rest: str) -> None:
            id, _, revision = rest.partition("/revision/")
            if id not in hub.repositories:
                self._refuse(404, "RepoNotFound")
                return
            commit, about, folder = hub.repositories[id]
            if revision not in ("", "main", commit):
                self._refuse(404, "RevisionNotFound")
                return
            answer = {
                "id": id,
                "modelId": id,
                "sha": commit,
                "private": False,
                "tags": [],
                "downloads": 0,
                "likes": 0,
                "cardData": about["card"],
                "siblings": [described(p) for p in sorted(folder.iterdir()) if p.is_file()],
            }
            data = json.dumps({k: v for k, v in answer.items() if v is not None}).encode()
            self._send(200, {"Content-Type": "application/json"}, data)

        def _file(self, *, body: bool) -> None:
            path = urlsplit(unquote(self.path)).path
            wanted = self.headers.get("Range", "")
            hub.asked.append((self.command, path, wanted))
            id, _, rest = path.lstrip("/").partition("/resolve/")
            if id not in hub.repositories:
                self._refuse(404, "")
                return
            commit, _, folder = hub.repositories[id]
            asked, _, name = rest.partition("/")
            if asked != commit or not (folder / name).is_file():
                self._refuse(404, "EntryNotFound")
                return
            if body and name in hub.refused:
                self._refuse(503, "")
                return
            data = (folder / name).read_bytes()
            large = name.endswith(LARGE)
            etag = hashlib.sha256(data).hexdigest() if large else blob_id(data)
            headers = {"ETag": f'"{etag}"', "X-Repo-Commit": commit, "Accept-Ranges": "bytes"}
            if large:
                headers |= {"X-Linked-Size": str(len(data)), "X-Linked-Etag": f'"{etag}"'}
            if name in hub.altered:
                data = bytes([data[0] ^ 1]) + data[1:]
            start = int(wanted.removeprefix("bytes=").partition("-")[0]) if wanted else 0
            status = 200
            if wanted:
                status = 206
                headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
            self._send(status, headers, data[start:], body=body, stop=hub.cut.pop(name, None) if body else None)

        def _send(
            self, status: int, headers: dict[str, str], data: bytes, *, body: bool = True, stop: int | None = None
        ) -> None:
            self.send_response(status)
            for key, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(key, value)
            self.end_headers()
            if body:
                self.wfile.write(data if stop is None else data[:stop])
            if stop is not None:
                self.close_connection = True

        def _refuse(self, status: int, code: str) -> None:
            self._send(status, {"X-Error-Code": code} if code else {}, b"")

    return Handler


@contextmanager
def serving() -> Iterator[Hub]:
    """Run a hub until the end of the block."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(hub))
    hub.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

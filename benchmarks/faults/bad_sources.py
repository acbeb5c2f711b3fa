"""Sources that hang, drip, send garbage, a bomb or a gigabyte: each a rejection, in bounded time and memory.

python -m benchmarks.faults.bad_sources
"""

import gzip
import os
import resource
import socket
import sys
import threading
import time
from collections.abc import Callable

from benchmarks.faults.made import verdict
from colophon.reading import Rejection
from colophon.reading.fetching import Fetcher, fetched_document
from colophon.settings import FetchingSettings, ReadingSettings

GIGABYTE = 1 << 30
DEADLINE = 3.0  # seconds, settings.fetching.total_timeout
LATE = 5.0  # seconds more on a machine that does other work
MEMORY_MIB = 100  # more than before, at most
SETTINGS = FetchingSettings(
    operator="benchmarks@colophon.example",
    allowed_networks=("127.0.0.0/8",),
    connect_timeout=1,
    read_timeout=2,
    total_timeout=DEADLINE,
    largest_body=1 << 20,
    attempts=1,
    crawl_delay=0,
)
PAGE = b"<p>The harbour was closed on Monday.</p>"
Answer = Callable[[socket.socket], None]


def answer(body: bytes = b"", more: str = "", length: int | None = None) -> bytes:
    """Return an HTTP answer; ``length`` is what it claims."""
    size = len(body) if length is None else length
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {size}\r\n{more}Connection: close\r\n\r\n"
    return head.encode() + body


def hang(_: socket.socket) -> None:
    """Say nothing."""
    time.sleep(DEADLINE * 3)


def drip(client: socket.socket) -> None:
    """Send a byte now and then: no single read takes long."""
    client.sendall(answer(length=1000))
    for _ in range(int(DEADLINE * 30)):
        client.sendall(b"x")
        time.sleep(0.1)


def gigabyte(client: socket.socket) -> None:
    """Send a gigabyte of page."""
    client.sendall(answer(length=GIGABYTE))
    piece = b"<p>word</p>" * 6000
    for _ in range(GIGABYTE // len(piece)):
        client.sendall(piece)


def bomb(client: socket.socket) -> None:
    """Send a megabyte that decompresses to a gigabyte."""
    piece = gzip.compress(bytes(1 << 24), 9, mtime=0)
    client.sendall(answer(piece * 64, "Content-Encoding: gzip\r\n"))


def endless_headers(client: socket.socket) -> None:
    """Send headers without end."""
    client.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(1_000_000):
        client.sendall(f"X-{number}: {'x' * 1000}\r\n".encode())


SOURCES: dict[str, tuple[Answer, tuple[str, ...]]] = {
    "/good": (lambda client: client.sendall(answer(PAGE)), ("read",)),
    "/hangs": (hang, ("timeout",)),
    "/drips": (drip, ("timeout",)),
    "/garbage": (lambda client: client.sendall(os.urandom(100_000)), ("unreachable",)),
    "/garbage-page": (lambda client: client.sendall(answer(os.urandom(100_000))), ("binary", "unknown-encoding")),
    "/closes": (lambda client: client.close(), ("unreachable",)),
    "/cut": (lambda client: client.sendall(answer(PAGE, length=10_000)), ("unreachable",)),
    "/gigabyte": (gigabyte, ("too-large",)),
    "/bomb": (bomb, ("expands-too-much",)),
    "/headers": (endless_headers, ("unreachable", "timeout", "too-large")),
    "/good-again": (lambda client: client.sendall(answer(PAGE)), ("read",)),
}


def serve(server: socket.socket) -> None:
    """Answer every connection in a thread of its own."""
    while True:
        client, _ = server.accept()
        threading.Thread(target=converse, args=(client,), daemon=True).start()


def converse(client: socket.socket) -> None:
    """Read a request and answer as its path says; clients that leave are none of our concern."""
    with client:
        try:
            path = client.recv(65536).split(b" ", 2)[1].decode()
            if path == "/robots.txt":
                client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            else:
                SOURCES[path][0](client)
        except OSError:
            return


def outcome(fetcher: Fetcher, url: str) -> tuple[str, float]:
    """Return what became of a source, and how many seconds it held us."""
    begun = time.monotonic()
    fetched = fetcher.fetch(url)
    seconds = time.monotonic() - begun
    read = fetched if isinstance(fetched, Rejection) else fetched_document(fetched, ReadingSettings())
    return (read.reason if isinstance(read, Rejection) else "read"), seconds


def peak_mib() -> float:
    """Return the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Serve, fetch and check."""
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(server,), daemon=True).start()
    root = f"http://127.0.0.1:{server.getsockname()[1]}"
    fetcher = Fetcher(SETTINGS)
    outcome(fetcher, f"{root}/good")  # libraries are loaded once
    before = peak_mib()
    checks = []
    for path, (_, expected) in SOURCES.items():
        reason, seconds = outcome(fetcher, root + path)
        words = f"{path}: {reason} in {seconds:.1f} s"
        checks.append((words, reason in expected and seconds < DEADLINE + LATE))
    grown = peak_mib() - before
    checks.append((f"{grown:.0f} MiB more at most than before", grown < MEMORY_MIB))
    sys.exit(verdict(checks))


if __name__ == "__main__":
    main()

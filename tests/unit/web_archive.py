"""Web archives for tests, record by record."""

import gzip
import io
from collections.abc import Iterable


def record(
    block: bytes,
    kind: str = "response",
    uri: str = "http://news.example/1",
    type: str = "application/http",
    more: str = "",
) -> bytes:
    """Return one WARC record; ``more`` are further header lines, each with its line break."""
    header = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427>\r\n"
        f"WARC-Date: 2025-03-01T06:30:00Z\r\nWARC-Target-URI: {uri}\r\n{more}"
        f"Content-Type: {type}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return header.encode() + block + b"\r\n\r\n"


def answer(body: bytes, *headers: str, status: str = "200 OK", type: str = "text/html; charset=utf-8") -> bytes:
    """Return an HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {type}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def page(words: str) -> bytes:
    """Return a record of a page with these words."""
    return record(answer(f"<p>{words}</p>".encode()))


def by_member(records: Iterable[bytes]) -> bytes:
    """Compress each record alone, as archives do."""
    return b"".join(member(data) for data in records)


def member(data: bytes) -> bytes:
    """Compress bytes, the same each time."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as stream:
        stream.write(data)
    return out.getvalue()

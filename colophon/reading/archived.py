"""One record of a web archive becomes a document: a page as a server gave it, or a text that the archive's maker kept.

Needs the extra ``archive`` (fastwarc). What the answer said, and when, is kept as with pages fetched now.
"""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from colophon.documents import MetadataClaim, Retrieval, SourceDocument
from colophon.errors import MissingExtraError
from colophon.reading.headers import charset_of, claims_of_headers, kept_headers, media_type_of
from colophon.reading.making import read_bytes
from colophon.reading.rejections import RefusedError, Rejection
from colophon.settings import ReadingSettings

if TYPE_CHECKING:
    from fastwarc.warc import HeaderMap, WarcRecord

_WITH_CONTENT = ("response", "resource", "conversion")
_HTTP = "application/http"
_DIGESTS = ("sha1:", "sha256:")
_LONGEST_VALUE = 2_000
_MOST_HEADERS = 100
_LONGEST_URL = 4_000
_STEP = 1 << 16
_ZSTD = b"\x28\xb5\x2f\xfd"
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r\n")
# What the record itself says; other fields are of the archive.
_FIELDS = ("warc-date", "warc-record-id", "warc-truncated")


def require_fastwarc() -> None:
    """Check that web archives can be read.

    Raises:
        MissingExtraError: fastwarc is not installed.
    """
    try:
        import fastwarc  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise MissingExtraError("fastwarc", "archive", "reading web archives") from error


def read_record(data: bytes, location: str, settings: ReadingSettings) -> SourceDocument | Rejection:
    """Return the page that a whole WARC record holds.

    Raises:
        MissingExtraError: fastwarc is not installed.
    """
    require_fastwarc()
    from fastwarc.warc import WarcRecord

    try:
        record = WarcRecord.from_bytes(data)
        return _document(record, location, settings)
    except RefusedError as refusal:
        return refusal.rejection
    except (OSError, ValueError) as error:
        return Rejection(location, "broken-archive", f"no WARC record: {str(error)[:200]}")


def _document(record: WarcRecord, location: str, settings: ReadingSettings) -> SourceDocument | Rejection:
    kind = (record.headers.get("WARC-Type") or "").strip().lower()
    if kind not in _WITH_CONTENT:
        raise RefusedError(location, "no-page", f"a record of type {kind[:40] or 'unknown'}: its page is elsewhere")
    _check_digest(record, location)
    block = record.reader.read()
    declared = (record.headers.get("Content-Type") or "").strip()
    headers: tuple[tuple[str, str], ...] = ()
    if declared.lower().startswith(_HTTP):
        headers, block = _answer(block, location, settings)
        declared = dict(reversed(headers)).get("content-type") or "text/html"
    media_type = media_type_of(declared)
    if media_type is None:
        raise RefusedError(location, "unsupported-media-type", f"{declared[:100] or 'no type'}, not a page")
    read = read_bytes(
        block, location, settings, media_type=media_type, charset=charset_of(declared), url=_target(record.headers)
    )
    if isinstance(read, Rejection):
        return read
    claims = read.claims + claims_of_headers(headers) + _fields(record.headers)
    return replace(read, claims=claims, retrieval=_retrieval(record, headers))


def _check_digest(record: WarcRecord, location: str) -> None:
    """Refuse a block that is not the one its maker saw, where the record says which that was."""
    given = (record.headers.get("WARC-Block-Digest") or "").strip().lower()
    if given.startswith(_DIGESTS) and not record.verify_block_digest():
        raise RefusedError(location, "broken-archive", f"the block does not have the digest {given[:80]}")


def _answer(block: bytes, location: str, settings: ReadingSettings) -> tuple[tuple[tuple[str, str], ...], bytes]:
    """Return the headers of an HTTP answer, names in lower case, and its body without any encoding for transport."""
    from fastwarc.warc import HeaderMap

    answer = HeaderMap("latin1")
    length = answer.parse(io.BytesIO(block))
    if answer.status_code is None:
        raise RefusedError(location, "broken-archive", "no HTTP answer in the record")
    if answer.status_code != 200:
        raise RefusedError(location, "http-error", f"status {answer.status_code} when it was archived")
    pairs = answer.to_tuples()[:_MOST_HEADERS]
    headers = tuple((name.lower(), value[:_LONGEST_VALUE]) for name, value in pairs)
    named = dict(reversed(headers))
    body = block[length:]
    if "chunked" in named.get("transfer-encoding", "").lower():
        body = _unchunked(body, location)
    return headers, _decoded(body, named.get("content-encoding", ""), location, settings)


def _unchunked(body: bytes, location: str) -> bytes:
    """Join the chunks of a body; one that was joined before it was archived is left as it is."""
    parts: list[bytes] = []
    at = 0
    while True:
        found = _CHUNK.match(body, at)
        if found is None and not parts:
            return body
        if found is None:
            raise RefusedError(location, "broken-archive", f"the chunks of the body break at byte {at}")
        size = int(found[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[found.end() : found.end() + size])
        at = found.end() + size + len(b"\r\n")
        if at > len(body):
            raise RefusedError(location, "broken-archive", "the last chunk of the body is cut")


def _decoded(body: bytes, encodings: str, location: str, settings: ReadingSettings) -> bytes:
    """Undo Content-Encoding, the last first; a body that was decoded before it was archived is left as it is."""
    for encoding in reversed([name.strip().lower() for name in encodings.split(",") if name.strip()][:3]):
        if encoding in ("gzip", "x-gzip") and body.startswith(b"\x1f\x8b"):
            body = _inflated(body, 31, location, settings)
        elif encoding == "deflate" and body:
            body = _inflated(body, 15 if body[0] & 0x0F == 8 else -15, location, settings)
        elif encoding == "br" or (encoding == "zstd" and body.startswith(_ZSTD)):
            body = _unpacked(body, encoding, location, settings)
    return body


def _inflated(body: bytes, window: int, location: str, settings: ReadingSettings) -> bytes:
    inflater = zlib.decompressobj(wbits=window)
    try:
        plain = inflater.decompress(body, settings.largest_input + 1)
    except zlib.error as error:
        raise RefusedError(location, "broken-archive", f"the body: {error}") from error
    if len(plain) > settings.largest_input:
        raise RefusedError(location, "expands-too-much", _grows(settings))
    if not inflater.eof:
        raise RefusedError(location, "broken-archive", "the compressed body is cut")
    return plain


def _unpacked(body: bytes, encoding: str, location: str, settings: ReadingSettings) -> bytes:
    from fastwarc.stream_io import BrotliReader, ZstdReader

    reader = (BrotliReader if encoding == "br" else ZstdReader)(io.BytesIO(body))
    plain = bytearray()
    try:
        while piece := reader.read(_STEP):
            plain += piece
            if len(plain) > settings.largest_input:
                raise RefusedError(location, "expands-too-much", _grows(settings))
    except OSError as error:
        raise RefusedError(location, "broken-archive", f"the body, {encoding}: {error}") from error
    return bytes(plain)


def _grows(settings: ReadingSettings) -> str:
    return f"more than {settings.largest_input:,} bytes when decompressed; settings.reading.largest_input"


def _target(headers: HeaderMap) -> str | None:
    """Return the URL that was archived; some writers put it in angle brackets."""
    url = (headers.get("WARC-Target-URI") or "").strip().removeprefix("<").removesuffix(">")
    return url if 0 < len(url) <= _LONGEST_URL else None


def _retrieval(record: WarcRecord, headers: tuple[tuple[str, str], ...]) -> Retrieval | None:
    """Return how the page was fetched, as far as the record says when and from where."""
    url, time = _target(record.headers), record.record_date
    if url is None or time is None:
        return None
    moment = time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Retrieval(requested=url, fetched_at=moment, headers=kept_headers(headers))


def _fields(headers: HeaderMap) -> tuple[MetadataClaim, ...]:
    found = ((name, headers.get(name)) for name in _FIELDS)
    return tuple(MetadataClaim("http", name, value.strip()[:_LONGEST_VALUE]) for name, value in found if value)

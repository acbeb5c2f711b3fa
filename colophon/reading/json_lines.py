"""JSON Lines, one object a line, read as a stream: no more than one line is in memory, and that one is limited."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from colophon.reading.rejections import RefusedError
from colophon.settings import ReadingSettings

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_FIELDS = frozenset(("id", "text", "html", "url"))
_STEP = 1 << 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file without its line break; ``data`` is None when it is longer than allowed."""

    number: int
    offset: int
    length: int
    data: bytes | None


@dataclass(frozen=True, slots=True)
class LineDocument:
    """What one line says; ``id`` is None when the line has none."""

    id: str | None
    url: str | None
    content: str
    is_html: bool
    unused: tuple[str, ...]
    repairs: tuple[str, ...]


class Guard(Protocol):
    """Called with the position reached in the decompressed data; raises when that is too far."""

    def __call__(self, position: int) -> None:
        """Check a position in bytes."""


def no_guard(position: int) -> None:
    """Accept any position."""


def expansion_guard(raw: BinaryIO, location: str, settings: ReadingSettings) -> Guard:
    """Return a guard that stops a compression bomb: ``raw`` is the compressed file behind the stream."""

    def check(position: int) -> None:
        if position > settings.largest_input and position > settings.largest_expansion * max(1, raw.tell()):
            detail = f"grows more than {settings.largest_expansion} times when decompressed"
            raise RefusedError(location, "expands-too-much", detail)

    return check


def lines(stream: BinaryIO, location: str, settings: ReadingSettings, guard: Guard = no_guard) -> Iterator[Line]:
    """Yield the lines that hold more than white space.

    Raises:
        RefusedError: the compressed data are corrupt, or a bomb; lines before were yielded.
    """
    offset = number = 0
    while True:
        try:
            line, size = _next_line(stream, settings.largest_input, offset, guard)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise RefusedError(f"{location}#{number + 1}", "broken-archive", f"gzip: {error}") from error
        if not size:
            return
        number += 1
        if line is None:
            yield Line(number, offset, size, None)
        elif line.strip():
            bare = line.rstrip(b"\r\n")
            yield Line(number, offset, len(bare), bare)
        offset += size


def _next_line(stream: BinaryIO, limit: int, offset: int, guard: Guard) -> tuple[bytes | None, int]:
    """Return the next line, or None when it is longer than ``limit``, and how many bytes it took."""
    parts: list[bytes] = []
    size = 0
    while piece := stream.readline(_STEP):
        size += len(piece)
        guard(offset + size)
        if size <= limit:
            parts.append(piece)
        else:
            parts.clear()
        if piece.endswith(b"\n"):
            break
    return (b"".join(parts) if size <= limit else None), size


def parse_line(data: bytes, location: str) -> LineDocument:
    """Return what a line says.

    Raises:
        RefusedError: no UTF-8, no JSON, no object, or no text in it.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        value = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise RefusedError(location, "invalid-encoding", f"JSON Lines are UTF-8; byte {error.start} is not") from error
    except RecursionError as error:
        raise RefusedError(location, "broken-json", "nested too deeply") from error
    except ValueError as error:
        raise RefusedError(location, "broken-json", str(error)[:200]) from error
    if not isinstance(value, dict):
        raise RefusedError(location, "not-an-object", f"a JSON {type(value).__name__}, not an object with text or html")
    return _document(value, location)


def _document(value: dict[str, object], location: str) -> LineDocument:
    repairs: list[str] = []
    text, html = value.get("text"), value.get("html")
    content = text if isinstance(text, str) else html
    if not isinstance(content, str):
        raise RefusedError(location, "no-text-field", 'the object has neither "text" nor "html" as a string')
    if isinstance(text, str) and html is not None:
        repairs.append("html-ignored: text is given")
    unused = [_LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", key[:40]) for key in sorted(value.keys() - _FIELDS)[:50]]
    content, lone = _LONE_SURROGATE.subn("\N{REPLACEMENT CHARACTER}", content)
    if lone:
        repairs.append(f"lone-surrogates-replaced: {lone}")
    named, url = _id(value, repairs), _url(value, repairs)
    return LineDocument(named, url, content, not isinstance(text, str), tuple(unused), tuple(repairs))


def _id(value: dict[str, object], repairs: list[str]) -> str | None:
    given = value.get("id")
    if isinstance(given, str) and given.strip():
        return _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", given)[:500]
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given) if abs(given) < 10**100 else None
    if given is not None:
        repairs.append("id-ignored: not a string or an integer")
    return None


def _url(value: dict[str, object], repairs: list[str]) -> str | None:
    given = value.get("url")
    if given is None:
        return None
    if isinstance(given, str) and len(given) <= 4_000 and not _LONE_SURROGATE.search(given):
        return given.strip() or None
    repairs.append("url-ignored: not a URL")
    return None

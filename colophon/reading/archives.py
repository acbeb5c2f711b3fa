"""Records of a web archive (WARC), found one after the other; what is broken between them is found too.

A record is ``WARC/1.0`` or another version, header lines, an empty line, as many bytes as ``Content-Length`` says,
and two line breaks. A length that lies does not lead to the next record, and would swallow those after it:
such a record is refused, and the search goes on behind its first line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from colophon.reading.gzip_members import MOST_BREAKS, Source
from colophon.reading.json_lines import Guard
from colophon.reading.making import too_large
from colophon.reading.rejections import Reason, RefusedError
from colophon.settings import ReadingSettings

_STEP = 1 << 16
_MARK = b"WARC/"
_EMPTY_LINE = b"\r\n\r\n"
_NEXT = _EMPTY_LINE + b"WARC/1."
_LONGEST_HEADER = 1 << 16
_LONGEST_GAP = 1 << 16
_LINE_BREAKS = re.compile(rb"[\r\n]*+")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*(?=\r\n)", re.IGNORECASE)
_TYPE = re.compile(rb"\r\nwarc-type:[ \t]*([a-z]{1,20})[ \t]*(?=\r\n)", re.IGNORECASE)
# They speak of the archive, of what was asked, or of another record, and hold no page.
_ABOUT_OTHERS = (b"warcinfo", b"request", b"metadata")


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """Number ``number`` of what is in an archive, from 1: a whole record, header and block, or why there is none.

    ``place`` is where to find the record again: offset in the stored file, decompressed bytes after it.
    """

    number: int
    data: bytes = b""
    place: tuple[int, int] = (0, 0)
    reason: Reason | None = None
    detail: str = ""


def records(source: Source, location: str, settings: ReadingSettings, guard: Guard) -> Iterator[FoundRecord]:
    """Yield the records that may hold a page, and every broken stretch, in order.

    Raises:
        RefusedError: the archive is a compression bomb, or broken in very many places; records before were yielded.
    """
    window = _Window(source, guard)
    number = breaks = 0
    while True:
        at_end = window.skip_line_breaks()
        for damage in source.damage_before(window.position):
            number += 1
            yield _broken(number, damage.detail)
        if at_end:
            return
        number += 1
        found = _record(number, window, source, settings)
        end = window.position
        window.skip_line_breaks()
        lost = source.damage_before(window.position)
        if lost and lost[0].begun < end:
            found = _broken(number, lost.pop(0).detail)
        breaks += found.reason == "broken-archive"
        if breaks > MOST_BREAKS:
            detail = f"broken in more than {MOST_BREAKS} places: the rest is not read"
            raise RefusedError(f"{location}#{number}", "broken-archive", detail)
        if found.reason is not None or not _about_others(found.data):
            yield found
        for damage in lost:
            number += 1
            yield _broken(number, damage.detail)


def _record(number: int, window: _Window, source: Source, settings: ReadingSettings) -> FoundRecord:
    """Take the record at the window's beginning, or what there is up to the next one."""
    end = window.find(_EMPTY_LINE, _LONGEST_HEADER) if window.starts_with(_MARK) else None
    if end is None:
        return _skipped(number, window, "no header of a WARC record")
    length = _LENGTH.search(window.peek(end + 2))
    if length is None:
        return _skipped(number, window, "a record without Content-Length")
    size = end + len(_EMPTY_LINE) + int(length[1])
    if size > settings.largest_input:
        return _skipped(number, window, too_large(size, settings), "too-large")
    if not window.has(size):
        return _skipped(number, window, f"cut: Content-Length is {int(length[1]):,}, beyond the end")
    if not window.may_end(size):
        return _skipped(number, window, f"Content-Length {int(length[1]):,} does not lead to the next record")
    place = source.place(window.position)
    return FoundRecord(number, window.take(size), place)


def _skipped(number: int, window: _Window, detail: str, reason: Reason = "broken-archive") -> FoundRecord:
    window.skip_to_next()
    return _broken(number, detail, reason)


def _broken(number: int, detail: str, reason: Reason = "broken-archive") -> FoundRecord:
    return FoundRecord(number, reason=reason, detail=detail)


def _about_others(data: bytes) -> bool:
    kind = _TYPE.search(data, 0, data.index(_EMPTY_LINE) + 2)
    return kind is not None and kind[1].lower() in _ABOUT_OTHERS


class _Window:
    """What is ahead in a source: looked at as far as asked, then taken or skipped."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self.position = 0
        self._source = source
        self._guard = guard
        self._ahead = bytearray()

    def has(self, size: int) -> bool:
        """Look ``size`` bytes ahead; False when the source ends before."""
        while len(self._ahead) < size:
            piece = self._source.read(_STEP)
            if not piece:
                return False
            self._ahead += piece
            self._guard(self.position + len(self._ahead))
        return True

    def starts_with(self, mark: bytes) -> bool:
        self.has(len(mark))
        return self._ahead.startswith(mark)

    def find(self, mark: bytes, within: int) -> int | None:
        """Return where ``mark`` is, if it ends ``within`` so many bytes."""
        self.has(within)
        at = self._ahead.find(mark, 0, within)
        return at if at >= 0 else None

    def peek(self, size: int) -> bytes:
        return bytes(self._ahead[:size])

    def may_end(self, size: int) -> bool:
        """Say whether a record may end after ``size`` bytes: before an empty line, the next record, or the end."""
        if self.has(size + len(_EMPTY_LINE)) and self._ahead.startswith(_EMPTY_LINE, size):
            return True
        end = size
        while end - size < _LONGEST_GAP:
            end = self._after_line_breaks(end)
            if end < len(self._ahead):
                return self.has(end + len(_MARK)) and self._ahead.startswith(_MARK, end)
            if not self.has(end + 1):
                return True
        return False

    def take(self, size: int) -> bytes:
        taken = self.peek(size)
        self._drop(size)
        return taken

    def skip_line_breaks(self) -> bool:
        """Skip line breaks; True when nothing is left."""
        while self.has(1):
            self._drop(self._after_line_breaks(0))
            if self._ahead:
                return False
        return True

    def skip_to_next(self) -> None:
        """Skip at least one byte, up to the next thing that looks like a record, or all."""
        self._drop(1)
        while True:
            at = self._ahead.find(_NEXT)
            if at >= 0:
                self._drop(at + len(_EMPTY_LINE))
                return
            self._drop(max(0, len(self._ahead) - len(_NEXT)))
            if not self.has(len(self._ahead) + 1):
                self._drop(len(self._ahead))
                return

    def _after_line_breaks(self, start: int) -> int:
        found = _LINE_BREAKS.match(self._ahead, start)
        return start if found is None else found.end()

    def _drop(self, size: int) -> None:
        del self._ahead[:size]
        self.position += size

"""Parts of files, found again by reference: lines of JSONL and records of web archives."""

from __future__ import annotations

import gzip
from typing import BinaryIO, cast

from colophon.reading.gzip_members import GzipMembers, Source, StoredBytes
from colophon.reading.places import open_place
from colophon.reading.references import ARCHIVES, GZIP_ARCHIVE, GZIP_LINES, InputReference
from colophon.reading.rejections import RefusedError

_STEP = 1 << 16
_RECORD = b"WARC/"


class PartFile:
    """The file last read, kept open: going forward in a compressed file is cheap, opening it again is not."""

    def __init__(self) -> None:
        self._path: str | None = None
        self._raw: BinaryIO | None = None
        self._lines: BinaryIO | None = None
        self._member: _Member | None = None

    def read(self, reference: InputReference) -> bytes:
        """Return the bytes of a part.

        Raises:
            RefusedError: it is not where the reference says.
            OSError, EOFError: the file cannot be read.
        """
        if reference.offset is None or reference.length is None:
            raise RefusedError(reference.location, "changed", "a reference to a part without its place")
        if self._path != reference.path:
            self.close()
        if self._raw is None:
            self._raw = open_place(reference.path)
            self._path = reference.path
        if reference.media_type in ARCHIVES:
            return self._record(reference, self._raw, reference.offset, reference.length)
        return self._line(reference, self._raw, reference.offset, reference.length)

    def close(self) -> None:
        """Close the file."""
        for stream in (self._lines, self._raw):
            if stream is not None:
                stream.close()
        self._path = self._raw = self._lines = self._member = None

    def _line(self, reference: InputReference, raw: BinaryIO, offset: int, length: int) -> bytes:
        if self._lines is None:
            compressed = reference.media_type == GZIP_LINES
            self._lines = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if compressed else raw
        self._lines.seek(offset)
        data = self._lines.read(length)
        if len(data) != length or b"\n" in data or self._lines.read(1) not in (b"", b"\r", b"\n"):
            raise RefusedError(reference.location, "changed", "the line is no longer where it was: enumerate again")
        return data

    def _record(self, reference: InputReference, raw: BinaryIO, offset: int, length: int) -> bytes:
        within = reference.within or 0
        if self._member is None or not self._member.leads_to(offset, within):
            raw.seek(offset)
            compressed = reference.media_type == GZIP_ARCHIVE
            self._member = _Member(GzipMembers(raw, reference.location) if compressed else StoredBytes(raw), offset)
        data = self._member.part(within, length)
        if len(data) != length or not data.startswith(_RECORD):
            raise RefusedError(reference.location, "changed", "the record is no longer where it was: enumerate again")
        return data


class _Member:
    """A stretch of an archive that is read forward from ``offset`` of the stored file."""

    def __init__(self, source: Source, offset: int) -> None:
        self._source = source
        self._offset = offset
        self._position = 0

    def leads_to(self, offset: int, within: int) -> bool:
        return offset == self._offset and within >= self._position

    def part(self, within: int, length: int) -> bytes:
        while self._position < within:
            skipped = self._source.read(min(_STEP, within - self._position))
            if not skipped:
                return b""
            self._position += len(skipped)
        data = bytearray()
        while len(data) < length and (piece := self._source.read(min(_STEP, length - len(data)))):
            data += piece
        self._position += len(data)
        return bytes(data)

"""Bytes of an archive in order, with the place where each can be found again; a broken gzip member costs only itself.

A web archive is gzip members in a row, by custom one a record. Python's own gzip reader stops for good at the
first broken one, and cannot say where a member begins.
"""

from __future__ import annotations

import zlib
from collections import deque
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from colophon.reading.rejections import RefusedError

_STEP = 1 << 16
_MAGIC = b"\x1f\x8b\x08"
# What each member of a web archive begins with; only used to find one again after damage.
_BEGINNING = b"WARC/"
# Where a member broke, the record before it must not run into the record after it.
_JOINT = b"\r\n\r\n"
# Looking for a member after damage may read what was read before, so that is not done without end.
MOST_BREAKS = 100


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes that are lost between the decompressed positions ``begun`` (where their member begins) and ``position``."""

    begun: int
    position: int
    detail: str


class Source(Protocol):
    """Decompressed bytes in order."""

    def read(self, size: int) -> bytes:
        """Return at most ``size`` bytes, none at the end."""

    def place(self, position: int) -> tuple[int, int]:
        """Return the offset in the stored file from where ``position`` is found, and how many bytes after it."""

    def damage_before(self, position: int) -> list[Damage]:
        """Return what is lost up to ``position`` and was not returned before."""


class StoredBytes:
    """An archive that is not compressed, read from where ``raw`` stands."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        return self._raw.read(size)

    def place(self, position: int) -> tuple[int, int]:
        """Return the position itself."""
        return position, 0

    def damage_before(self, position: int) -> list[Damage]:  # noqa: ARG002 - one protocol
        """Return nothing: bytes that were changed cannot be told from others here."""
        return []


class GzipMembers:
    """Gzip members in a row, read from where ``raw`` stands, which is where a member begins."""

    def __init__(self, raw: BinaryIO, location: str) -> None:
        self._raw = raw
        self._location = location
        self._inflater: zlib._Decompress | None = None
        self._waiting = b""  # stored bytes that were read and not yet decompressed
        self._next = raw.tell()  # offset in the file after them
        self._given = 0
        # Where members begin: decompressed position, offset in the file.
        self._members: deque[tuple[int, int]] = deque()
        self._damage: deque[Damage] = deque()
        self._breaks = 0

    def read(self, size: int) -> bytes:
        """Return the next decompressed bytes, and line breaks where some are lost.

        Raises:
            RefusedError: so much is broken that the rest is not looked for.
        """
        while True:
            if self._inflater is None and not self._begin():
                return b""
            if piece := self._step(size):
                return piece

    def place(self, position: int) -> tuple[int, int]:
        """Return the member that holds ``position``, and how far in; positions must not go back."""
        while len(self._members) > 1 and self._members[1][0] <= position:
            self._members.popleft()
        start, offset = self._members[0]
        return offset, position - start

    def damage_before(self, position: int) -> list[Damage]:
        """Return what is lost up to ``position`` and was not returned before."""
        found = []
        while self._damage and self._damage[0].position <= position:
            found.append(self._damage.popleft())
        return found

    def _step(self, size: int) -> bytes:
        assert self._inflater is not None
        self._fill()
        if not self._waiting:
            return self._lost("the file ends inside a gzip member")
        try:
            piece = self._inflater.decompress(self._waiting, size)
        except zlib.error as error:
            return self._lost(f"gzip: {error}")
        if self._inflater.eof:
            self._waiting, self._inflater = self._inflater.unused_data, None
        else:
            self._waiting = self._inflater.unconsumed_tail
        self._given += len(piece)
        return piece

    def _begin(self) -> bool:
        """Begin the next member; False at the end of the file."""
        while True:
            self._fill(len(_MAGIC))
            rest = self._waiting.lstrip(b"\0")  # tape and disk blocks are filled up with zeros
            if rest or not self._waiting:
                break
            self._waiting = b""
        self._waiting = rest
        self._fill(len(_MAGIC))
        if not self._waiting:
            return False
        if not self._waiting.startswith(_MAGIC):
            self._note(self._given, f"no gzip data at byte {self._offset}")
            return self._found_again(self._offset + 1)
        self._open()
        return True

    def _open(self) -> None:
        self._members.append((self._given, self._offset))
        self._inflater = zlib.decompressobj(wbits=31)

    def _lost(self, detail: str) -> bytes:
        """Note that the member breaks here, and go on with the next that is one."""
        begun, offset = self._members[-1]
        self._inflater = None
        self._given += len(_JOINT)
        self._note(begun, f"{detail}, in the member at byte {offset}")
        self._found_again(offset + 1)
        return _JOINT

    def _note(self, begun: int, detail: str) -> None:
        self._damage.append(Damage(begun, self._given, detail))
        self._breaks += 1
        if self._breaks > MOST_BREAKS:
            raise RefusedError(self._location, "broken-archive", f"broken in more than {MOST_BREAKS} places: {detail}")

    def _found_again(self, offset: int) -> bool:
        """Look from ``offset`` of the file for the next member of a web archive; False when there is none."""
        self._raw.seek(offset)
        self._next, self._waiting = offset, b""
        while True:
            self._fill(_STEP)
            at = self._waiting.find(_MAGIC)
            if at < 0:
                if len(self._waiting) < _STEP:
                    self._waiting = b""
                    return False
                at = len(self._waiting) - len(_MAGIC) + 1
            self._waiting = self._waiting[at:]
            if self._waiting.startswith(_MAGIC):
                self._fill(_STEP)
                if _begins_well(self._waiting):
                    self._open()
                    return True
                self._waiting = self._waiting[1:]

    def _fill(self, least: int = 1) -> None:
        while len(self._waiting) < least and (more := self._raw.read(_STEP)):
            self._waiting += more
            self._next += len(more)

    @property
    def _offset(self) -> int:
        return self._next - len(self._waiting)


def _begins_well(data: bytes) -> bool:
    try:
        return zlib.decompressobj(wbits=31).decompress(data, len(_BEGINNING)) == _BEGINNING
    except zlib.error:
        return False

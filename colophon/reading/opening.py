"""Inputs in order: enumerate, open, read. Each input gives one document or one rejection, and never an exception."""

from __future__ import annotations

import gzip
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import BinaryIO, cast

from colophon.documents import SourceDocument
from colophon.errors import UsageError
from colophon.reading.json_lines import Line, expansion_guard, lines, no_guard
from colophon.reading.making import read_bytes, read_line, too_large
from colophon.reading.references import InputReference, files_of, rejection_of
from colophon.reading.rejections import RefusedError, Rejection
from colophon.settings import ReadingSettings

_LINES = "application/x-ndjson"
_GZIP_LINES = "application/x-ndjson+gzip"
STANDARD_INPUT = "-"


def read_inputs(
    inputs: Sequence[str], settings: ReadingSettings, *, stdin: BinaryIO | None = None
) -> Iterator[SourceDocument | Rejection]:
    """Yield every document of files, folders, globs and ``-`` (JSONL on ``stdin``), in a fixed order.

    Raises:
        UsageError: ``-`` without a stream.
    """
    for reference, data in _references_with_data(inputs, settings, stdin):
        yield read_line(data, reference.location, settings) if data is not None else read_reference(reference, settings)


def input_references(inputs: Sequence[str], settings: ReadingSettings) -> Iterator[InputReference]:
    """Yield a reference for every input without decoding or parsing any; JSONL files are scanned for lines.

    Raises:
        UsageError: ``-``, because standard input cannot be read a second time.
    """
    for reference, _ in _references_with_data(inputs, settings, None):
        yield reference


def read_reference(reference: InputReference, settings: ReadingSettings) -> SourceDocument | Rejection:
    """Return the document that a reference leads to."""
    return next(read_references((reference,), settings))


def read_references(
    references: Iterable[InputReference], settings: ReadingSettings
) -> Iterator[SourceDocument | Rejection]:
    """Yield the document of each reference; lines of one file in a row are read through one open file."""
    with closing(_LineFile()) as file:
        for reference in references:
            rejection = rejection_of(reference)
            if rejection is not None:
                yield rejection
                continue
            try:
                data = file.line(reference) if reference.line is not None else _whole(reference, settings)
            except RefusedError as refusal:
                yield refusal.rejection
            except (OSError, EOFError) as error:
                yield Rejection(reference.location, "unreadable", _words(error))
            else:
                yield _read(data, reference, settings)


def _read(data: bytes, reference: InputReference, settings: ReadingSettings) -> SourceDocument | Rejection:
    if reference.line is not None:
        return read_line(data, reference.location, settings)
    return read_bytes(data, reference.location, settings, media_type=reference.media_type)


def _references_with_data(
    inputs: Sequence[str], settings: ReadingSettings, stdin: BinaryIO | None
) -> Iterator[tuple[InputReference, bytes | None]]:
    """Yield references, with the bytes where enumeration had to read them anyway."""
    for given in _grouped(inputs):
        if given == STANDARD_INPUT:
            if stdin is None:
                raise UsageError(
                    "standard input (-) can be read once, by read_inputs(..., stdin=stream), not by reference"
                )
            yield from _scanned(InputReference("-", "-", _LINES), stdin, settings)
            continue
        for file in files_of(given):
            if file.reason is None and file.media_type in (_LINES, _GZIP_LINES):
                yield from _opened(file, settings)
            else:
                yield file, None


def _grouped(inputs: Sequence[str]) -> Iterator[str | list[str]]:
    """Yield runs of path arguments together, so that a file named twice is met once, and ``-`` alone."""
    run: list[str] = []
    for given in inputs:
        if given != STANDARD_INPUT:
            run.append(given)
            continue
        if run:
            yield run
        run = []
        yield given
    if run:
        yield run


def _opened(file: InputReference, settings: ReadingSettings) -> Iterator[tuple[InputReference, bytes | None]]:
    try:
        with _stream(file) as (stream, raw):
            yield from _scanned(file, stream, settings, raw)
    except OSError as error:
        yield _known(file, Rejection(file.location, "unreadable", _words(error))), None


def _scanned(
    file: InputReference, stream: BinaryIO, settings: ReadingSettings, raw: BinaryIO | None = None
) -> Iterator[tuple[InputReference, bytes | None]]:
    guard = expansion_guard(raw, file.location, settings) if raw is not None else no_guard
    any_line = False
    try:
        for line in lines(stream, file.location, settings, guard):
            any_line = True
            yield _line_reference(file, line, settings), line.data
    except RefusedError as refusal:
        any_line = True
        yield _known(file, refusal.rejection), None
    if not any_line:
        yield _known(file, Rejection(file.location, "empty", "no lines")), None


def _line_reference(file: InputReference, line: Line, settings: ReadingSettings) -> InputReference:
    location = f"{file.location}#{line.number}"
    if line.data is None:
        return _known(file, Rejection(location, "too-large", too_large(line.length, settings)))
    return InputReference(file.path, location, file.media_type, line.number, line.offset, line.length)


def _known(file: InputReference, rejection: Rejection) -> InputReference:
    return InputReference(
        file.path, rejection.location, file.media_type, reason=rejection.reason, detail=rejection.detail
    )


@contextmanager
def _stream(file: InputReference) -> Iterator[tuple[BinaryIO, BinaryIO | None]]:
    """Open a JSONL file; the second is the compressed file behind the first."""
    with _regular(file.path) as raw:
        if file.media_type != _GZIP_LINES:
            yield raw, None
            return
        with gzip.GzipFile(fileobj=raw, mode="rb") as stream:
            yield cast(BinaryIO, stream), raw


def _regular(path: str) -> BinaryIO:
    """Open a regular file and nothing else: a pipe put in its place must not make us wait."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path} is not a regular file")
    return os.fdopen(descriptor, "rb")


def _whole(reference: InputReference, settings: ReadingSettings) -> bytes:
    with _regular(reference.path) as stream:
        data = stream.read(settings.largest_input + 1)
    if len(data) > settings.largest_input:
        raise RefusedError(reference.location, "too-large", too_large(os.path.getsize(reference.path), settings))
    return data


class _LineFile:
    """The JSONL file last read, kept open: going forward in a gzip file is cheap, opening it again is not."""

    def __init__(self) -> None:
        self._path: str | None = None
        self._raw: BinaryIO | None = None
        self._stream: BinaryIO | None = None

    def line(self, reference: InputReference) -> bytes:
        """Return the bytes of one line."""
        if reference.offset is None or reference.length is None:
            raise RefusedError(reference.location, "changed", "a reference to a line without its place")
        stream = self._opened(reference)
        stream.seek(reference.offset)
        data = stream.read(reference.length)
        if len(data) != reference.length or b"\n" in data or stream.read(1) not in (b"", b"\r", b"\n"):
            raise RefusedError(reference.location, "changed", "the line is no longer where it was: enumerate again")
        return data

    def close(self) -> None:
        """Close the file."""
        for stream in (self._stream, self._raw):
            if stream is not None:
                stream.close()
        self._path = self._raw = self._stream = None

    def _opened(self, reference: InputReference) -> BinaryIO:
        if self._stream is None or self._path != reference.path:
            self.close()
            self._raw = _regular(reference.path)
            compressed = reference.media_type == _GZIP_LINES
            self._stream = cast(BinaryIO, gzip.GzipFile(fileobj=self._raw)) if compressed else self._raw
            self._path = reference.path
        return self._stream


def _words(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__

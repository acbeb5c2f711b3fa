"""Inputs in order: enumerate, open, read. Each input gives one document or one rejection, and never an exception."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import BinaryIO, cast

from colophon.documents import SourceDocument
from colophon.errors import UsageError
from colophon.reading.archived import read_record, require_fastwarc
from colophon.reading.archives import FoundRecord, records
from colophon.reading.enumerating import files_of
from colophon.reading.gzip_members import GzipMembers, StoredBytes
from colophon.reading.json_lines import Line, expansion_guard, lines, no_guard
from colophon.reading.making import read_bytes, read_line, too_large
from colophon.reading.parts import PartFile
from colophon.reading.places import open_place
from colophon.reading.references import ARCHIVES, GZIP_ARCHIVE, GZIP_LINES, LINES, InputReference, rejection_of
from colophon.reading.rejections import RefusedError, Rejection
from colophon.settings import ReadingSettings

STANDARD_INPUT = "-"


def read_inputs(
    inputs: Sequence[str], settings: ReadingSettings, *, stdin: BinaryIO | None = None
) -> Iterator[SourceDocument | Rejection]:
    """Yield every document of files, folders, globs, object stores and ``-`` (JSONL on ``stdin``), in a fixed order.

    Raises:
        UsageError: ``-`` without a stream, or a store that fsspec has no library for.
        MissingExtraError: a web archive or a store without the extra ``archive``.
    """
    for reference, data in _references_with_data(inputs, settings, stdin):
        yield _read(data, reference, settings) if data is not None else read_reference(reference, settings)


def input_references(inputs: Sequence[str], settings: ReadingSettings) -> Iterator[InputReference]:
    """Yield a reference for every input without decoding or parsing any; JSONL and web archives are scanned.

    Raises:
        UsageError: ``-``, because standard input cannot be read a second time.
        MissingExtraError: a web archive or a store without the extra ``archive``.
    """
    for reference, _ in _references_with_data(inputs, settings, None):
        yield reference


def read_reference(reference: InputReference, settings: ReadingSettings) -> SourceDocument | Rejection:
    """Return the document that a reference leads to."""
    return next(read_references((reference,), settings))


def read_references(
    references: Iterable[InputReference], settings: ReadingSettings
) -> Iterator[SourceDocument | Rejection]:
    """Yield the document of each reference; parts of one file in a row are read through one open file."""
    with closing(PartFile()) as file:
        for reference in references:
            rejection = rejection_of(reference)
            if rejection is not None:
                yield rejection
                continue
            try:
                data = file.read(reference) if reference.line is not None else _whole(reference, settings)
            except RefusedError as refusal:
                yield refusal.rejection
            except (OSError, EOFError) as error:
                yield Rejection(reference.location, "unreadable", _words(error))
            else:
                yield _read(data, reference, settings)


def _read(data: bytes, reference: InputReference, settings: ReadingSettings) -> SourceDocument | Rejection:
    if reference.line is not None and reference.media_type in ARCHIVES:
        return read_record(data, reference.location, settings)
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
            yield from _scanned(InputReference("-", "-", LINES), stdin, settings)
            continue
        for file in files_of(given):
            if file.reason is None and file.media_type in (LINES, GZIP_LINES):
                yield from _opened(file, settings)
            elif file.reason is None and file.media_type in ARCHIVES:
                yield from _archive(file, settings)
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


def _archive(file: InputReference, settings: ReadingSettings) -> Iterator[tuple[InputReference, bytes | None]]:
    require_fastwarc()
    any_record = False
    try:
        with open_place(file.path) as raw:
            compressed = file.media_type == GZIP_ARCHIVE
            source = GzipMembers(raw, file.location) if compressed else StoredBytes(raw)
            guard = expansion_guard(raw, file.location, settings) if compressed else no_guard
            for found in records(source, file.location, settings, guard):
                any_record = True
                yield _record_reference(file, found), found.data or None
    except RefusedError as refusal:
        any_record = True
        yield _known(file, refusal.rejection), None
    except OSError as error:
        any_record = True
        yield _known(file, Rejection(file.location, "unreadable", _words(error))), None
    if not any_record:
        yield _known(file, Rejection(file.location, "empty", "no record that may hold a page")), None


def _record_reference(file: InputReference, found: FoundRecord) -> InputReference:
    location = f"{file.location}#{found.number}"
    if found.reason is not None:
        return _known(file, Rejection(location, found.reason, found.detail))
    offset, within = found.place
    return InputReference(file.path, location, file.media_type, found.number, offset, len(found.data), within)


@contextmanager
def _stream(file: InputReference) -> Iterator[tuple[BinaryIO, BinaryIO | None]]:
    """Open a JSONL file; the second is the compressed file behind the first."""
    with open_place(file.path) as raw:
        if file.media_type != GZIP_LINES:
            yield raw, None
            return
        with gzip.GzipFile(fileobj=raw, mode="rb") as stream:
            yield cast(BinaryIO, stream), raw


def _whole(reference: InputReference, settings: ReadingSettings) -> bytes:
    with open_place(reference.path) as stream:
        data = stream.read(settings.largest_input + 1)
        if len(data) > settings.largest_input:
            raise RefusedError(reference.location, "too-large", too_large(stream.seek(0, os.SEEK_END), settings))
    return data


def _words(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__

"""InputReference: one input by name, small and JSON-serialisable, to be read later and elsewhere."""

from __future__ import annotations

import os
from dataclasses import dataclass

from colophon.reading.rejections import Reason, Rejection

LINES, GZIP_LINES = "application/x-ndjson", "application/x-ndjson+gzip"
ARCHIVE, GZIP_ARCHIVE = "application/warc", "application/warc+gzip"
ARCHIVES = (ARCHIVE, GZIP_ARCHIVE)
# What Colophon reads, by the end of the name. A line or a record has the media type of its text.
MEDIA_TYPES = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".jsonl": LINES,
    ".jsonl.gz": GZIP_LINES,
    ".warc": ARCHIVE,
    ".warc.gz": GZIP_ARCHIVE,
}
READABLE = ", ".join(MEDIA_TYPES)


@dataclass(frozen=True, slots=True)
class InputReference:
    """A file, or one part of it: number ``line`` from 1, a line of JSONL or a record of a web archive.

    The part is ``length`` bytes. Of JSONL, ``offset`` counts bytes of the decompressed file. Of a web archive,
    ``offset`` is a place in the stored file, and the part begins ``within`` decompressed bytes after it: one
    record is reached without decompressing all before it. ``reason`` is set for an input already known to be
    no document; reading it gives the Rejection.
    """

    path: str
    location: str
    media_type: str
    line: int | None = None
    offset: int | None = None
    length: int | None = None
    within: int | None = None
    reason: Reason | None = None
    detail: str | None = None


def refused(path: str, reason: Reason, detail: str, location: str | None = None) -> InputReference:
    """Return a reference that is known to lead to a rejection."""
    return InputReference(path, location or shown(path), "", reason=reason, detail=detail)


def rejection_of(reference: InputReference) -> Rejection | None:
    """Return the rejection that a reference carries, if any."""
    if reference.reason is None:
        return None
    return Rejection(reference.location, reference.reason, reference.detail or "")


def shown(path: str) -> str:
    """Return a path as a location: bytes of a name that are not UTF-8 become escapes."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")


def media_type_of(path: str) -> str | None:
    """Return the media type that the name promises, or None for a format that is not read.

    >>> media_type_of("a/B.HTML"), media_type_of("a.jsonl.gz"), media_type_of("a.gz")
    ('text/html', 'application/x-ndjson+gzip', None)
    """
    name = os.path.basename(path).lower()
    return next((kind for end, kind in MEDIA_TYPES.items() if name.endswith(end)), None)

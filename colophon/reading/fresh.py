"""Fresh: which inputs no earlier edition took, by the hash of their bytes; a changed file is fresh again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from colophon.documents import SourceDocument
from colophon.reading.fetch_state import FetchState, Memory
from colophon.reading.opening import read_reference
from colophon.reading.rejections import Rejection
from colophon.showing import file_of

if TYPE_CHECKING:
    from colophon.reading.references import InputReference
    from colophon.records import DocumentRecord
    from colophon.settings import ReadingSettings

# Not yet there, or being written: looked at again by the next run, which says so if it stays.
_LATER = ("changed", "empty-folder", "missing", "unreadable")


def fresh_references(
    references: Iterable[InputReference], state: FetchState, settings: ReadingSettings
) -> Iterator[InputReference]:
    """Yield the references that lead to something no earlier edition holds; each is read to know it."""
    for reference in references:
        read = read_reference(reference, settings)
        if isinstance(read, Rejection) and read.reason in _LATER:
            continue
        if not state.seen(*_identity(read)):
            yield reference


def taken(records: Iterable[DocumentRecord], rejected: Iterable[tuple[str, str, str]]) -> Memory:
    """Return what a published edition took: what it read, not what was there when the run began.

    ``rejected`` are locations with reason and detail.
    """
    memory = Memory()
    for record in records:
        memory.note(file_of(record.source.location), record.source.bytes_sha256)
    for location, reason, detail in rejected:
        memory.note(location, f"{reason} {detail}")
    return memory


def _identity(read: SourceDocument | Rejection) -> tuple[str, str]:
    if isinstance(read, Rejection):
        return read.location, f"{read.reason} {read.detail}"
    # Not the number of the line: a line in front of the others makes none of them new.
    return file_of(read.location), read.bytes_sha256

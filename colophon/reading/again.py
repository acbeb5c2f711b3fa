"""Again: from records back to the inputs that they were made of, to read them once more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from colophon.reading.opening import STANDARD_INPUT, input_references
from colophon.reading.references import InputReference, refused
from colophon.showing import file_of

if TYPE_CHECKING:
    from colophon.records import DocumentRecord, Translator
    from colophon.settings import ReadingSettings


def references_of(locations: Iterable[str], settings: ReadingSettings) -> Iterator[InputReference]:
    """Yield a reference for each location, in order; one that leads to a rejection where nothing is any more.

    Locations are those of records, in the order of their output: a file of many lines is then gone through once.
    Relative paths are those of the working directory.
    """
    for file, group in groupby(locations, file_of):
        if file == STANDARD_INPUT:
            for location in group:
                yield refused(file, "missing", "came from standard input, which is not kept", location)
        else:
            yield from _of_file(file, group, settings)


def _of_file(file: str, locations: Iterable[str], settings: ReadingSettings) -> Iterator[InputReference]:
    found = input_references([file], settings)
    current = next(found, None)
    for location in locations:
        while current is not None and current.location != location and (current.line or 0) < _line(location, file):
            current = next(found, None)
        if current is not None and current.location == location:
            yield current
        elif current is not None and current.line is None and current.reason is not None:
            yield refused(file, current.reason, current.detail or "", location)
        else:
            yield refused(file, "missing", f"{file} no longer has this", location)


def _line(location: str, file: str) -> int:
    number = location[len(file) + 1 :]
    return int(number) if number else 0


def has_translation(record: DocumentRecord, *, language: str, model: str) -> bool:
    """Say whether a record has a fragment of a language whose translation names a model, its revision or engine.

    An empty string is any. A fragment that nobody translated has no model, and fits any language asked for alone.
    """
    return any(
        (not language or fragment.language == language or fragment.language.startswith(f"{language}-"))
        and (not model or (fragment.translation is not None and _names(fragment.translation.translator, model)))
        for fragment in record.fragments
    )


def _names(translator: Translator, model: str) -> bool:
    said = (translator.model, translator.revision, translator.engine)
    return any(model in part for part in said if part is not None)

"""InputReference: one input by name, small and JSON-serialisable, to be read later and elsewhere.

Enumeration opens nothing but folders and JSONL files; order is that of the arguments, sorted by name inside folders.
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from colophon.reading.rejections import Reason, Rejection

# What Colophon reads, by the end of the name. The media type of a JSONL line is that of its text.
MEDIA_TYPES = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".jsonl": "application/x-ndjson",
    ".jsonl.gz": "application/x-ndjson+gzip",
}
READABLE = ", ".join(MEDIA_TYPES)


@dataclass(frozen=True, slots=True)
class InputReference:
    """A file, or ``length`` bytes from ``offset`` of the (decompressed) file: line number ``line``, from 1.

    ``reason`` is set for an input already known to be no document; reading it gives the Rejection.
    """

    path: str
    location: str
    media_type: str
    line: int | None = None
    offset: int | None = None
    length: int | None = None
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


def files_of(inputs: Sequence[str]) -> Iterator[InputReference]:
    """Yield a reference for every file that the inputs name, each once; JSONL files are not opened yet."""
    seen: set[str] = set()
    for given in inputs:
        for reference in _of_input(given):
            key = os.path.abspath(reference.path)
            if key not in seen:
                seen.add(key)
                yield reference


def _of_input(given: str) -> Iterator[InputReference]:
    if "\0" in given or not given:
        yield refused(given, "missing", "no path")
    elif os.path.isdir(given):
        yield from _of_folder(given, given)
    elif os.path.lexists(given):
        yield _of_file(given)
    elif glob.has_magic(given):
        yield from _of_glob(given)
    else:
        yield refused(given, "missing", "no such file or folder")


def _of_glob(pattern: str) -> Iterator[InputReference]:
    """Yield what a pattern fits; its part before the first wildcard is the folder that nothing leads out of."""
    root = os.path.dirname(_before_wildcard(pattern)) or "."
    home = Path(root).resolve()
    recursive = "**" in pattern
    seen: set[Path] = set()
    found = False
    for path in sorted(glob.iglob(pattern, recursive=True)):
        folder = os.path.isdir(path) and not os.path.islink(path)
        if folder and recursive:
            continue  # the pattern fits its files by itself
        found = True
        # glob follows links to folders, in circles too.
        real = Path(path).resolve()
        if not real.is_relative_to(home):
            yield refused(path, "outside-folder", "a symbolic link leads out of the folder before the first wildcard")
        elif folder:
            yield from _of_folder(path, root)
        elif real not in seen:
            seen.add(real)
            yield _inside(path, root)
    if not found:
        yield refused(pattern, "no-match", "no file fits this pattern")


def _before_wildcard(pattern: str) -> str:
    return pattern[: min(pattern.find(sign) for sign in "*?[" if sign in pattern)]


def _of_folder(folder: str, root: str) -> Iterator[InputReference]:
    """Yield what lies under a folder, which must not lead out of ``root``; without recursion, for any depth."""
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        if not os.path.isdir(path) or (os.path.islink(path) and path != folder):
            yield _inside(path, root)
            continue
        try:
            names = sorted(os.listdir(path))
        except OSError as error:
            yield refused(path, "unreadable", error.strerror or str(error))
            continue
        if not names:
            yield refused(path, "empty-folder", "nothing in this folder")
        for name in names:
            if name.startswith("."):
                detail = "the name begins with a dot: name it as an input to read it"
                yield refused(os.path.join(path, name), "hidden", detail)
        waiting += [os.path.join(path, name) for name in reversed(names) if not name.startswith(".")]


def _inside(path: str, root: str) -> InputReference:
    """Return a reference to a file found under ``root``; a link may stay inside, and may not be a folder."""
    if os.path.islink(path):
        target = Path(path).resolve()
        if not target.is_relative_to(Path(root).resolve()):
            return refused(path, "outside-folder", "a symbolic link that leads out of the folder given")
        if target.is_dir():
            return refused(path, "outside-folder", "a symbolic link to a folder: its files are read where they lie")
    return _of_file(path)


def _of_file(path: str) -> InputReference:
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        return refused(path, "missing" if missing else "unreadable", error.strerror or str(error))
    if not stat.S_ISREG(mode):
        return refused(path, "not-a-file", "a pipe, device or socket")
    media_type = media_type_of(path)
    if media_type is None:
        return refused(path, "unknown-extension", f"Colophon reads {READABLE}")
    return InputReference(path, shown(path), media_type)

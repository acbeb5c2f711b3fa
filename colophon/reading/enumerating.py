"""Enumerating inputs: files, folders, globs and places of an object store become references, each file once.

Nothing is opened but folders; order is that of the arguments, sorted by name inside folders.
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from colophon.reading.places import is_url, local_path, references_at
from colophon.reading.references import READABLE, InputReference, media_type_of, refused, shown
from colophon.reading.rejections import RefusedError


def files_of(inputs: Sequence[str]) -> Iterator[InputReference]:
    """Yield a reference for every file that the inputs name, each once; JSONL files are not opened yet."""
    if len(inputs) == 1:
        # A walk meets no file twice, and a million names need not be held to know it.
        yield from _of_input(inputs[0])
        return
    seen: set[str] = set()
    for given in inputs:
        for reference in _of_input(given):
            key = reference.path if is_url(reference.path) else os.path.abspath(reference.path)
            if key not in seen:
                seen.add(key)
                yield reference


def _of_input(given: str) -> Iterator[InputReference]:
    try:
        path = local_path(given)
    except RefusedError as refusal:
        yield refused(given, refusal.rejection.reason, refusal.detail)
        return
    yield from references_at(given) if path is None else _of_path(path)


def _of_path(given: str) -> Iterator[InputReference]:
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
    waiting = [iter((folder,))]
    while waiting:
        path = next(waiting[-1], None)
        if path is None:
            waiting.pop()
            continue
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
        waiting.append(_paths(path, names))


def _paths(folder: str, names: Sequence[str]) -> Iterator[str]:
    return (os.path.join(folder, name) for name in names if not name.startswith("."))


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

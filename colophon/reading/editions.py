"""Editions: an incremental output is a series of dated folders, each an ordinary output that never changes again.

Layout::

    OUT/state.sqlite            what was taken in earlier editions
    OUT/20261126T160000Z/       one edition: records.jsonl, rejected.jsonl, manifest.json, runs.jsonl
        captures.jsonl          the pages as fetched, when they came from the network
        memory.json             what to remember once this edition is published

An edition is published when it has a manifest. Its memory is written before, and taken into the state after, so
that whatever dies in between is found by the next run: nothing is lost, and nothing is published twice.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Self

from colophon.errors import OutputError
from colophon.reading.fetch_state import FetchState, Memory

STATE, CAPTURES, MEMORY, MANIFEST = "state.sqlite", "captures.jsonl", "memory.json", "manifest.json"
_LOCK = ".lock"
_NAME = re.compile(r"\d{8}T\d{6}Z(-\d+)?")


@dataclass(frozen=True, slots=True)
class Edition:
    """One dated folder; ``name`` is when it was begun, UTC."""

    folder: Path

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def captures(self) -> Path:
        """Where the fetched pages are."""
        return self.folder / CAPTURES

    @property
    def published(self) -> bool:
        """Whether its records may be read."""
        return (self.folder / MANIFEST).is_file()

    @property
    def planned(self) -> bool:
        """Whether everything that it will hold is known."""
        return (self.folder / MEMORY).is_file()

    @property
    def memory(self) -> Memory:
        """What to remember once it is published."""
        path = self.folder / MEMORY
        return Memory.from_json(path.read_text(encoding="utf-8"), str(path))

    @contextmanager
    def capturing(self) -> Iterator[IO[str]]:
        """Write the captures; they are there when the block ends well, and not before."""
        with _whole(self.captures) as out:
            yield out

    def plan(self, memory: Memory) -> None:
        """Write what to remember."""
        with _whole(self.folder / MEMORY) as out:
            out.write(memory.to_json())

    def drop(self) -> None:
        """Remove an edition in which nothing was found."""
        if self.published:
            raise OutputError(str(self.folder), "is published, and never changes again")
        shutil.rmtree(self.folder)


class Editions:
    """The series in one folder, held by one process; use as a context manager.

    Raises:
        OutputError: the folder cannot be written, or another run holds it.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        try:
            out.mkdir(parents=True, exist_ok=True)
            self._lock = (out / _LOCK).open("a", encoding="utf-8")
        except OSError as error:
            raise OutputError(str(out), f"cannot be made or written ({error.strerror}); choose another") from error
        _hold(self._lock, out)
        self.state = FetchState(out / STATE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.state.close()
        self._lock.close()

    def __iter__(self) -> Iterator[Edition]:
        """Yield all editions, oldest first."""
        for folder in sorted(self.out.iterdir()):
            if _NAME.fullmatch(folder.name) and folder.is_dir():
                yield Edition(folder)

    def unremembered(self) -> list[Edition]:
        """Return what runs that died had planned or published, and not yet remembered, oldest first."""
        return [e for e in self if (e.planned or e.published) and not self.state.knows(e.name)]

    def current(self, now: datetime) -> Edition:
        """Return the edition that a run which died had begun, else a new one; what it holds may be written again."""
        begun = next((edition for edition in self if not (edition.planned or edition.published)), None)
        return self._begin(now) if begun is None else begun

    def _begin(self, now: datetime) -> Edition:
        stem = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        name, number = stem, 1
        while (self.out / name).exists():
            number += 1
            name = f"{stem}-{number}"
        (self.out / name).mkdir()
        return Edition(self.out / name)

    def remember(self, edition: Edition, memory: Memory) -> None:
        """Take in what a published edition took."""
        if not edition.published:
            raise OutputError(str(edition.folder), "is not published; nothing of it may be remembered")
        self.state.remember(memory, edition.name)


def _hold(lock: IO[str], out: Path) -> None:
    try:
        import fcntl
    except ImportError:  # not on Windows: there the operator keeps runs apart
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise OutputError(str(out), "another run is writing here; wait for it, or choose another folder") from error


@contextmanager
def _whole(path: Path) -> Iterator[IO[str]]:
    """Open a file under a temporary name and move it into place when the block ends well."""
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("w", encoding="utf-8", newline="\n") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())
    os.replace(partial, path)


def outputs_in(folder: Path) -> list[Path]:
    """Return the finished outputs at a place: the folder itself, or the published editions in it, oldest first."""
    if (folder / MANIFEST).is_file():
        return [folder]
    inner = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in inner if _NAME.fullmatch(path.name) and Edition(path).published]

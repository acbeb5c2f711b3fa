"""What earlier runs have seen: validators of URLs, contents, entries of feeds, in one SQLite file.

Nothing is remembered by fetching. What a run wants remembered is a ``Memory``; it is kept beside the run's
output, and remembered in one transaction once the output is published. A run that dies before fetches again
rather than loses; one that dies between is remembered by the next.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from colophon.errors import DataError
from colophon.reading.fetching import Validators

_TABLES = """
CREATE TABLE IF NOT EXISTS pages (url TEXT PRIMARY KEY, etag TEXT, last_modified TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (source TEXT, entry TEXT, PRIMARY KEY (source, entry)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS editions (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failures (url TEXT PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID;
"""


@dataclass(slots=True)
class Memory:
    """What to remember of one run: the validators of URLs, and pairs of a source and an entry of it."""

    pages: dict[str, Validators] = field(default_factory=dict)
    entries: dict[tuple[str, str], None] = field(default_factory=dict)

    def note(self, source: str, entry: str) -> None:
        """Note an entry; once more is the same."""
        self.entries[source, entry] = None

    def noted(self, source: str, entry: str) -> bool:
        """Say whether an entry was noted in this run."""
        return (source, entry) in self.entries

    def to_json(self) -> str:
        """Return the whole as JSON; a lone surrogate of a file name becomes its escape."""
        pages = [[url, v.etag, v.last_modified] for url, v in self.pages.items()]
        return json.dumps({"pages": pages, "entries": list(self.entries)})

    @staticmethod
    def from_json(text: str, path: str) -> Memory:
        """Return what ``to_json`` wrote into ``path``; DataError when it is not that."""
        try:
            value = json.loads(text)
            pages = {str(url): Validators(etag, modified) for url, etag, modified in value["pages"]}
            return Memory(pages, {(str(source), str(entry)): None for source, entry in value["entries"]})
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(path, f"not what a run wanted remembered: {error}; remove it to read all again") from error


class FetchState:
    """The state file; use as a context manager, or close it."""

    def __init__(self, path: str | Path) -> None:
        self._database = sqlite3.connect(path, timeout=30)
        self._database.executescript(_TABLES)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def validators(self, url: str) -> Validators | None:
        """Return what makes a request for ``url`` conditional."""
        row = self._database.execute("SELECT etag, last_modified FROM pages WHERE url = ?", (url,)).fetchone()
        return Validators(*row) if row else None

    def seen(self, source: str, entry: str) -> bool:
        """Say whether an entry of a source was remembered."""
        found = self._database.execute("SELECT 1 FROM entries WHERE source = ? AND entry = ?", (source, entry))
        return found.fetchone() is not None

    def knows(self, edition: str) -> bool:
        """Say whether the memory of an edition was taken in."""
        return self._database.execute("SELECT 1 FROM editions WHERE name = ?", (edition,)).fetchone() is not None

    def remember(self, memory: Memory, edition: str | None = None) -> None:
        """Take in a memory, all at once; ``edition`` names the output that it belongs to. Twice is the same."""
        pages = ((url, v.etag, v.last_modified) for url, v in memory.pages.items())
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO pages VALUES (?, ?, ?)", pages)
            self._database.executemany("INSERT OR IGNORE INTO entries VALUES (?, ?)", memory.entries)
            self._database.executemany("DELETE FROM failures WHERE url = ?", ((url,) for url in memory.pages))
            if edition is not None:
                self._database.execute("INSERT OR IGNORE INTO editions VALUES (?)", (edition,))

    def failed(self, urls: Iterable[str]) -> None:
        """Count one more failure of each URL."""
        once = "INSERT INTO failures VALUES (?, 1) ON CONFLICT (url) DO UPDATE SET times = times + 1"
        with self._database:
            self._database.executemany(once, ((url,) for url in urls))

    def failures(self, url: str) -> int:
        """Return how many runs in a row could not fetch ``url``."""
        row = self._database.execute("SELECT times FROM failures WHERE url = ?", (url,)).fetchone()
        return row[0] if row else 0

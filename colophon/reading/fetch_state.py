"""What earlier runs have seen: validators of URLs and entries of feeds, in one SQLite file.

Nothing is remembered by fetching; the caller remembers what it has safely written, so that a run that dies
fetches again rather than loses.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from colophon.reading.fetching import Validators

_TABLES = """
CREATE TABLE IF NOT EXISTS pages (url TEXT PRIMARY KEY, etag TEXT, last_modified TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (source TEXT, entry TEXT, PRIMARY KEY (source, entry)) WITHOUT ROWID;
"""


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
        """Say whether an entry of a feed or sitemap was remembered."""
        found = self._database.execute("SELECT 1 FROM entries WHERE source = ? AND entry = ?", (source, entry))
        return found.fetchone() is not None

    def remember(self, url: str, validators: Validators, entries: Iterable[str] = ()) -> None:
        """Remember a source and those of its entries that are safely written, all at once."""
        with self._database:
            self._database.execute(
                "INSERT OR REPLACE INTO pages VALUES (?, ?, ?)", (url, validators.etag, validators.last_modified)
            )
            self._database.executemany("INSERT OR IGNORE INTO entries VALUES (?, ?)", ((url, e) for e in entries))

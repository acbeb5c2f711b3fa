"""Where the records of a finished run go: a database, Parquet files, or a copy of its lines elsewhere."""

from collections.abc import Callable
from pathlib import Path

from colophon.errors import MissingExtraError, UsageError
from colophon.settings import StoringSettings
from colophon.storing.finished import FinishedOutput
from colophon.storing.stored import Stored

__all__ = ["Stored", "StoringSettings", "store"]

_DATABASES = ("postgres", "postgresql", "sqlite")
PLACES = "sqlite:///FILE, postgresql+psycopg://USER@HOST/DATABASE, FOLDER.parquet or FILE.jsonl"


def store(folder: Path, url: str, *, upgrade: bool = False, settings: StoringSettings | None = None) -> Stored:
    """Store the finished output in ``folder`` at ``url``; doing it again changes nothing.

    ``url`` is a database, ``sqlite:///FILE`` or ``postgresql+psycopg://USER@HOST/DATABASE`` (password:
    ``PGPASSWORD``), or files: a path or URL (file, s3, gs, memory) that ends in ``.parquet`` or ``.jsonl``.
    ``upgrade`` lets an older database be brought to this version's tables.

    Raises:
        UsageError: no finished output, or a URL that is not served.
        MissingExtraError: the library for this kind of place is not installed.
        DataError: a line of the output is no record of this version.
        OutputError: the place refuses, or holds something else; then nothing of the run is visible there.
    """
    chosen = settings or StoringSettings()
    sink = _sink(url, upgrade=upgrade)
    return sink(FinishedOutput.open(folder), url, chosen)


def _sink(url: str, *, upgrade: bool) -> Callable[[FinishedOutput, str, StoringSettings], Stored]:
    """Return what stores at ``url``; its libraries are loaded here and not before."""
    scheme = url.partition("://")[0].partition("+")[0].lower() if "://" in url else "file"
    if scheme in _DATABASES:
        try:
            from colophon.storing.sql import store_in_database
        except ImportError as error:
            raise MissingExtraError(error.name or "sqlalchemy", "sql", "storing in a database") from error
        return lambda output, url, settings: store_in_database(output, url, settings, upgrade=upgrade)
    ending = url.rstrip("/").rpartition(".")[2]
    if ending == "parquet":
        try:
            from colophon.storing.parquet import store_as_parquet
        except ImportError as error:
            raise MissingExtraError(error.name or "pyarrow", "parquet", "writing Parquet") from error
        return store_as_parquet
    if ending == "jsonl":
        from colophon.storing.copies import copy_lines

        return copy_lines
    # The URL itself is not repeated: it may hold a password.
    raise UsageError(f"no place of a kind that is served ({scheme}); served: {PLACES}")

"""Where the records of a finished run go: a database, Parquet files, or a copy elsewhere."""

from pathlib import Path

from colophon.errors import MissingExtraError
from colophon.settings import StoringSettings
from colophon.storing.finished import FinishedOutput
from colophon.storing.stored import Stored

__all__ = ["Stored", "StoringSettings", "store"]


def store(folder: Path, url: str, *, upgrade: bool = False, settings: StoringSettings | None = None) -> Stored:
    """Store the finished output in ``folder`` at ``url``; doing it again changes nothing.

    ``url`` is ``sqlite:///FILE`` or ``postgresql+psycopg://USER@HOST/DATABASE`` (password: ``PGPASSWORD``).
    ``upgrade`` lets an older database be brought to this version's tables.

    Raises:
        UsageError: no finished output, or a URL that is not served.
        MissingExtraError: the library for this kind of place is not installed.
        DataError: a line of the output is no record of this version.
        OutputError: the place refuses, or holds something else; then nothing of the run is visible there.
    """
    output = FinishedOutput.open(folder)
    chosen = settings or StoringSettings()
    try:
        from colophon.storing.sql import store_in_database
    except ImportError as error:
        raise MissingExtraError(error.name or "sqlalchemy", "sql", "storing in a database") from error
    return store_in_database(output, url, chosen, upgrade=upgrade)

"""Databases by URL: which are served, how they are opened, and what is waited for. Passwords are never shown."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from colophon.errors import MissingExtraError, OutputError, UsageError
from colophon.settings import StoringSettings

_T = TypeVar("_T")
_log = logging.getLogger(__name__)

# One store at a time a database: this number means Colophon's lock in PostgreSQL ("colophon" in ASCII).
_LOCK = int.from_bytes(b"colophon", "big")
# PostgreSQL's codes for: deadlock, serialization failure.
_TRY_AGAIN = ("40P01", "40001")
_LOCK_NOT_AVAILABLE = "55P03"
_SECRETS = ("password", "passfile", "sslpassword", "sslkey")


class Database:
    """A database by its URL; ``shown`` is the URL without its password, for messages."""

    def __init__(self, url: str, settings: StoringSettings) -> None:
        """Check the URL without connecting.

        Raises UsageError when it is not one of the served kinds, MissingExtraError when the driver is not installed.
        """
        self._url = _served(url)
        self._settings = settings
        self._connected = False
        self.shown = shown(self._url)

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """Open an engine for one store or one reader, and close its connections after."""
        engine = self._made()
        try:
            yield engine
        finally:
            engine.dispose()

    def exclusively(self, work: Callable[[Connection], _T]) -> _T:
        """Do ``work`` in one transaction that no other store runs beside, and commit; return what it returns.

        A connection that breaks is made again and the work begun from its start, with growing pauses. A database
        that cannot be reached at the first try is not waited for: a wrong address is likelier than a restart.
        Raises OutputError with the database's own words when it gives up.
        """
        wait, attempts = self._settings.connection_first_wait, self._settings.connection_attempts
        for attempt in range(1, attempts + 1):
            try:
                return self._once(work)
            except DBAPIError as error:
                if attempt == attempts or not self._may_pass(error):
                    raise OutputError(self.shown, self._words(error)) from error
                _log.warning("%s: %s; trying again in %.1f s", self.shown, self._words(error), wait)
                time.sleep(wait)
                wait = min(2 * wait, self._settings.connection_longest_wait)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, work: Callable[[Connection], _T]) -> _T:
        with self.engine() as engine, engine.begin() as connection:
            self._connected = True
            if engine.dialect.name == "postgresql":
                self._take_lock(connection)
            return work(connection)

    def _take_lock(self, connection: Connection) -> None:
        encoding = connection.scalar(text("SHOW server_encoding"))
        if encoding != "UTF8":
            raise OutputError(self.shown, f"keeps text as {encoding}; make a database with ENCODING 'UTF8'")
        wait = int(1000 * self._settings.lock_wait)
        connection.execute(text(f"SET LOCAL lock_timeout = {wait}"))
        # Should this process vanish, the server must not keep its lock for hours.
        connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = {wait}"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})

    def _may_pass(self, error: DBAPIError) -> bool:
        if getattr(error.orig, "sqlstate", None) in _TRY_AGAIN or error.connection_invalidated:
            return True
        if self._url.get_backend_name() == "sqlite" or not isinstance(error, OperationalError):
            return False
        return self._connected and getattr(error.orig, "sqlstate", None) is None

    def _words(self, error: DBAPIError) -> str:
        """Return the first line of what the database said: the rest may quote the rows."""
        said = (str(error.orig).splitlines() or [type(error.orig).__name__])[0]
        locked = getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE or said == "database is locked"
        if locked:
            return f"another store holds it for more than {self._settings.lock_wait:g} s; wait for it, then store again"
        return f"{said}; nothing of this run is visible, store it again when that is mended"

    def _made(self) -> Engine:
        try:
            if self._url.get_backend_name() == "sqlite":
                return _sqlite(self._url, self._settings)
            return create_engine(self._url, poolclass=NullPool, hide_parameters=True)
        except ImportError as error:
            raise MissingExtraError(error.name or "psycopg", "sql", "storing in PostgreSQL") from error


def _served(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # Without its cause, which quotes what it took for a port: part of a password, perhaps.
        raise UsageError("not the URL of a database: sqlite:///FILE or postgresql+psycopg://…") from None
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise UsageError(f"{url} is a database in memory, lost at the end; give a file: sqlite:///records.db")
        return parsed
    if parsed.drivername != "postgresql+psycopg":
        raise UsageError(f"{parsed.drivername}:// is not served; sqlite:///FILE and postgresql+psycopg://… are")
    return parsed


def shown(url: URL) -> str:
    """Return a URL that may be printed: passwords become ``***`` or ``hidden``.

    >>> shown(make_url("postgresql+psycopg://me:secret@db/news?sslpassword=secret"))
    'postgresql+psycopg://me:***@db/news?sslpassword=hidden'
    """
    hidden = {name: "hidden" for name in url.query if name in _SECRETS}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)


def _sqlite(url: URL, settings: StoringSettings) -> Engine:
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": settings.lock_wait})

    @event.listens_for(engine, "connect")
    def _open(connection: Any, _record: object) -> None:
        # Python's module would begin transactions by rules of its own; here each is one, tables included.
        connection.isolation_level = None
        # Readers go on reading the old state while a run is written.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine

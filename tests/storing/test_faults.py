"""What readers see while a run is stored, when the store is killed, beside another one, over a restart."""

import logging
import multiprocessing
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, event, text

from colophon.errors import OutputError
from colophon.records import DocumentRecord
from colophon.storing import Stored, StoringSettings, store
from tests.storing.conftest import examples, numbered, write_output
from tests.storing.postgres import PostgresServer
from tests.storing.restoring import restored, sql_tables


class StoringProcess:
    """A process that stores ``out`` at ``url``, one record a batch.

    After statement ``last`` it makes the file ``paused`` and waits to be killed; ``pause`` seconds pass between
    statements. What it returned and logged is in ``said()``.
    """

    def __init__(self, out: Path, url: str, *, last: int = 0, pause: float = 0, name: str = "store") -> None:
        self.paused = out.parent / f"{name}.paused"
        self._said = out.parent / f"{name}.said"
        self.process = multiprocessing.get_context("fork").Process(target=self._store, args=(out, url, last, pause))
        self.process.start()

    def wait_until_paused(self) -> None:
        deadline = time.monotonic() + 60
        while not self.paused.exists():
            assert self.process.is_alive(), self.said()
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        assert self.process.exitcode == -9

    def said(self) -> str:
        self.process.join(60)
        assert self.process.exitcode == 0, self._said.read_text()
        return self._said.read_text()

    def _store(self, out: Path, url: str, last: int, pause: float) -> None:
        logging.basicConfig(filename=self._said, level=logging.WARNING, force=True)
        seen = 0

        def count(*_: object) -> None:
            nonlocal seen
            seen += 1
            time.sleep(pause)
            if seen == last:
                self.paused.touch()
                time.sleep(600)

        event.listen(Engine, "after_cursor_execute", count)
        done = store(out, url, settings=StoringSettings(batch_records=1, connection_first_wait=0.2))
        logging.getLogger("done").warning("%r", done)


def old_and_new() -> tuple[list[DocumentRecord], list[DocumentRecord]]:
    """Return three records, and six of which one is changed, two equal, three new."""
    many = numbered(examples() * 2)
    return many[:3], [many[0].model_copy(update={"disclosure": "changed"}), *many[1:]]


# Of about forty statements: the run's row is there, a changed record has lost its children, amid new ones, at the end.
@pytest.mark.parametrize("last", [6, 11, 25, 38])
def test_a_killed_store_leaves_the_old_state(last: int, database_url: str, tmp_path: Path) -> None:
    old, new = old_and_new()
    store(write_output(tmp_path / "old", old), database_url)
    before = sql_tables(database_url)
    out = write_output(tmp_path / "new", new)

    process = StoringProcess(out, database_url, last=last)
    process.wait_until_paused()
    assert sql_tables(database_url) == before, "readers see the old state while a run is written"
    process.kill()
    assert sql_tables(database_url) == before

    done = store(out, database_url)
    assert (done.written, done.changed, done.unchanged) == (3, 1, 2)
    assert restored(sql_tables(database_url)) == {record.id: record for record in new}


def test_a_killed_first_store_leaves_an_empty_database(database_url: str, tmp_path: Path) -> None:
    out = write_output(tmp_path / "out", examples())
    process = StoringProcess(out, database_url, last=12)
    process.wait_until_paused()
    process.kill()
    assert store(out, database_url).written == 3


class TestTwoAtOnce:
    def both(self, first: Path, second: Path, url: str) -> list[str]:
        processes = [StoringProcess(out, url, pause=0.002, name=name) for name, out in (("a", first), ("b", second))]
        return [process.said() for process in processes]

    def test_two_runs_that_share_records(self, database_url: str, tmp_path: Path) -> None:
        many = numbered(examples() * 2)
        one, two = write_output(tmp_path / "one", many[:4]), write_output(tmp_path / "two", [*reversed(many[1:])])
        self.both(one, two, database_url)
        tables = sql_tables(database_url)
        assert restored(tables) == {record.id: record for record in many}
        assert sorted(run["number"] for run in tables["runs"]) == [1, 2]
        assert len(tables["run_documents"]) == 4 + 5

    def test_one_run_twice(self, database_url: str, tmp_path: Path) -> None:
        out = write_output(tmp_path / "out", examples())
        said = self.both(out, out, database_url)
        assert sorted("already=True" in line for line in said) == [False, True]
        assert restored(sql_tables(database_url)) == {record.id: record for record in examples()}

    def test_a_store_that_waits_too_long_says_for_what(self, database_url: str, tmp_path: Path) -> None:
        out = write_output(tmp_path / "out", examples())
        process = StoringProcess(out, database_url, last=12)
        process.wait_until_paused()
        try:
            with pytest.raises(OutputError, match=r"another store holds it for more than 0\.2 s"):
                store(out, database_url, settings=StoringSettings(lock_wait=0.2, connection_attempts=1))
        finally:
            process.kill()


class TestRestart:
    def test_a_store_outlives_a_restart_of_the_server(self, postgres_server: PostgresServer, tmp_path: Path) -> None:
        records = numbered(examples() * 3)
        out = write_output(tmp_path / "out", records)
        url = postgres_server.new_database()
        process = StoringProcess(out, url, pause=0.02)
        self.wait_until_writing(postgres_server)
        postgres_server.stop()
        time.sleep(0.5)
        postgres_server.start()
        said = process.said()
        assert "written=9" in said
        assert "trying again in" in said
        assert restored(sql_tables(url)) == {record.id: record for record in records}

    def test_a_server_that_stays_away_is_named(self, postgres_server: PostgresServer, tmp_path: Path) -> None:
        url = postgres_server.new_database()
        out = write_output(tmp_path / "out", examples())
        store(out, url)
        postgres_server.stop()
        try:
            with pytest.raises(OutputError, match="Connection refused"):
                store(out, url)
        finally:
            postgres_server.start()
        assert store(out, url).already

    def wait_until_writing(self, server: PostgresServer) -> None:
        """Wait until a store holds its lock."""
        with psycopg.connect(server.dsn("postgres"), autocommit=True) as watching:
            deadline = time.monotonic() + 60
            while watching.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted").fetchone() is None:
                assert time.monotonic() < deadline
                time.sleep(0.02)
        time.sleep(0.3)


def test_a_database_that_keeps_another_encoding_is_refused(postgres_server: PostgresServer, tmp_path: Path) -> None:
    with psycopg.connect(postgres_server.dsn("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(OutputError, match="keeps text as LATIN1"):
        store(write_output(tmp_path / "out", examples()), postgres_server.url("latin"))


def test_readers_are_not_kept_waiting_by_sqlite(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    done: Stored = store(write_output(tmp_path / "out", examples()), url)
    engine = create_engine(url)
    with engine.connect() as reading:
        assert reading.execute(text("SELECT count(*) FROM documents")).scalar() == done.records
        more = write_output(tmp_path / "more", numbered(examples() * 2))
        assert store(more, url, settings=StoringSettings(lock_wait=0.2)).written == 3
        assert reading.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    engine.dispose()

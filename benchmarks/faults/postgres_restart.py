"""PostgreSQL stopped, or crashed, and started again at random moments of a store: is everything there, and once?

    nice -n 15 python benchmarks/faults/postgres_restart.py [--records 2000] [--moments 6]

Starts a server of its own (Debian's postgresql). Each time a new database is filled by a process of its own while
the server goes away for a second; then all tables are compared with those of a store that nobody disturbed.
Prints Markdown for benchmarks/RESULTS.md.
"""

import argparse
import logging
import multiprocessing
import random
import signal
import sys
import time
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

from sqlalchemy import create_engine, select
from storing import output  # type: ignore[import-not-found]

from colophon.storing import StoringSettings, store
from colophon.storing.tables import metadata
from tests.storing.postgres import PostgresServer, binaries, running

# When a run was stored differs from store to store; all else is equal.
_VARIES = "stored_at"


def stored(out: Path, url: str, log: Path) -> None:
    """Store, as a process of its own."""
    logging.basicConfig(filename=log, level=logging.WARNING, force=True)
    store(out, url, settings=StoringSettings(batch_records=64, connection_first_wait=0.2))


def content(url: str) -> str:
    """Return a hash of every row of every table."""
    digest = sha256()
    engine = create_engine(url)
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            columns = [column for column in table.c if column.name != _VARIES]
            rows = sorted(repr(tuple(row)) for row in connection.execute(select(*columns)))
            digest.update(f"{table.name} {len(rows)}\n".encode())
            for row in rows:
                digest.update(row.encode())
    engine.dispose()
    return digest.hexdigest()


def disturbed(
    server: PostgresServer, out: Path, folder: Path, moment: float, how: signal.Signals
) -> tuple[int, str, int]:
    """Store while the server goes away after ``moment`` seconds; return exit code, hash of the content, tries."""
    url, log = server.new_database(), folder / f"{moment}.log"
    process = multiprocessing.get_context("fork").Process(target=stored, args=(out, url, log))
    process.start()
    time.sleep(moment)
    server.stop(how)
    time.sleep(1)
    server.start()
    process.join(300)
    said = log.read_text() if log.exists() else ""
    return process.exitcode if process.exitcode is not None else -1, content(url), said.count("trying again")


def main() -> None:
    """Disturb a store again and again, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--moments", type=int, default=6)
    given = parser.parse_args()
    bin = binaries()
    if bin is None:
        raise SystemExit("needs PostgreSQL's server: apt-get install postgresql")
    with TemporaryDirectory() as name, running(bin) as server:
        folder = Path(name)
        out = output(folder / "out", given.records, min(given.records, 200))
        calm = server.new_database()
        start = time.monotonic()
        stored(out, calm, folder / "calm.log")
        usual, wanted = time.monotonic() - start, content(calm)
        print(f"{given.records} records; undisturbed {usual:.1f} s\n")
        print("| server | after | broken connections | ended | content |\n| --- | ---: | ---: | --- | --- |")
        failures = 0
        chance = random.Random(11)
        for number in range(given.moments):
            how = (signal.SIGINT, signal.SIGQUIT)[number % 2]
            moment = round(chance.uniform(0.1, 0.95) * usual, 2)
            code, found, tries = disturbed(server, out, folder, moment, how)
            failures += code != 0 or found != wanted
            words = ("restarted" if how == signal.SIGINT else "crashed", "equal" if found == wanted else "DIFFERENT")
            print(f"| {words[0]} | {moment} s | {tries} | {code} | {words[1]} |", flush=True)
    raise SystemExit(1 if failures else 0)


if __name__ == "__main__":
    main()

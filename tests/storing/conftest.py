"""A real PostgreSQL of the tests' own: loopback only, a free port, a temporary folder, stopped at the end."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from colophon.records import DocumentRecord
from colophon.storing.finished import FinishedOutput
from colophon.writing import OutputFolder, RejectedInput
from tests.conftest import ROOT

WrittenOutput = Callable[..., Path]


def binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL that Debian or the PATH has."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parent.parent.name))
    on_path = shutil.which("postgres")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


class PostgresServer:
    """One server; started and stopped as often as a test wants, with the same data and port."""

    def __init__(self, bin: Path, folder: Path) -> None:
        self.bin, self.folder = bin, folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        initialise = ["initdb", "--auth=trust", "--username=colophon", "--encoding=UTF8", "--locale=C.UTF-8"]
        self._run([*initialise, "--no-sync", "--pgdata", str(folder / "data")])

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        arguments = [f"--{name}={value}" for name, value in options.items()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(["postgres", "-D", str(self.folder / "data"), *arguments]), stdout=log, stderr=log
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self.dsn("postgres")).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError((self.folder / "log").read_text())

    def stop(self) -> None:
        """Stop at once, as a restart does: open transactions are rolled back, connections end."""
        if self._process is not None:
            pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGINT)
            self._process.wait(timeout=30)
            self._process = None

    def dsn(self, name: str) -> str:
        """Return psycopg's own kind of address."""
        return f"host=127.0.0.1 port={self.port} user=colophon dbname={name}"

    def url(self, name: str) -> str:
        """Return SQLAlchemy's kind of address."""
        return f"postgresql+psycopg://colophon@127.0.0.1:{self.port}/{name}"

    def new_database(self) -> str:
        """Make an empty database; return its URL."""
        name = f"c{uuid4().hex[:12]}"
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(self._command(command), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def _command(self, command: list[str]) -> list[str]:
        # PostgreSQL refuses to run as root.
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        return [*as_user, str(self.bin / command[0]), *command[1:]]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for all tests of the session."""
    bin = binaries()
    if bin is None:
        pytest.skip("needs PostgreSQL's server: apt-get install postgresql")
    # Not pytest's own folder: every pytest that starts closes that to other users, such as postgres.
    with TemporaryDirectory(prefix="colophon-postgres-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        server = PostgresServer(bin, folder)
        server.start()
        yield server
        server.stop()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """Return the URL of an empty database."""
    return postgres_server.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'records.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def write_output(
    folder: Path, records: list[DocumentRecord], rejects: list[RejectedInput] | None = None, **settings: object
) -> Path:
    """Write a finished output folder, as a run does."""
    output = OutputFolder(folder, "the signature", resume=False)
    output.write_batch(0, "key", records, rejects or [])
    output.publish(1, settings)
    if hasattr(output, "close"):
        output.close()
    FinishedOutput.open(folder)
    return folder


def numbered(records: list[DocumentRecord]) -> list[DocumentRecord]:
    """Give each record an id of its own."""
    return [r.model_copy(update={"id": f"urn:colophon:{n:032x}"}) for n, r in enumerate(records)]


def examples() -> list[DocumentRecord]:
    """Return the valid examples of the schema, which share an id, as records of their own."""
    paths = sorted((ROOT / "schemas/examples/valid").glob("*.json"))
    return numbered([DocumentRecord.model_validate_json(path.read_text(encoding="utf-8")) for path in paths])

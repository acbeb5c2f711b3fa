"""A real PostgreSQL server: loopback only, a free port, a folder of its own; for tests and for benchmarks."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg
from psycopg import sql


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

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop at once, as a restart does: open transactions are rolled back, connections end; SIGQUIT is a crash."""
        if self._process is not None:
            pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
            os.kill(pid, how)
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


@contextmanager
def running(bin: Path) -> Iterator[PostgresServer]:
    """Start a server in a temporary folder, and stop it at the end."""
    # Not pytest's own folder: every pytest that starts closes that to other users, such as postgres.
    with TemporaryDirectory(prefix="colophon-postgres-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        server = PostgresServer(bin, folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()

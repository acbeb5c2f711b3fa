"""``colophon store``: what it says, what it never says, and its exit codes."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from colophon.cli import app
from colophon.errors import OutputError
from tests.conftest import Colophon
from tests.storing.conftest import examples, write_output
from tests.storing.postgres import PostgresServer


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return write_output(tmp_path / "out", examples())


def test_it_says_what_it_did(out: Path, database_url: str) -> None:
    command = ["store", str(out), "--to", database_url]
    first = CliRunner().invoke(app, command)
    assert (first.exit_code, first.stdout) == (0, "")
    assert first.stderr.startswith("3 records: 3 new, 0 replaced, 0 unchanged → ")
    again = CliRunner().invoke(app, command)
    assert again.stderr.startswith("3 records were there already → ")


@pytest.mark.parametrize("place", ["r.parquet", "r.jsonl"])
def test_files_by_their_names(place: str, out: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["store", str(out), "--to", str(tmp_path / place)])
    assert (done.exit_code, (tmp_path / place).exists()) == (0, True)


def test_a_password_is_used_and_never_shown(out: Path, postgres_server: PostgresServer) -> None:
    url = postgres_server.new_database().replace("colophon@", "colophon:s3cret@")
    done = CliRunner().invoke(app, ["store", str(out), "--to", url])
    assert done.exit_code == 0
    assert "s3cret" not in done.output
    assert "colophon:***@" in done.stderr
    failed = CliRunner().invoke(app, ["store", str(out), "--to", url + "x"])
    assert isinstance(failed.exception, OutputError)
    assert "s3cret" not in str(failed.exception)


def test_a_failure_is_one_clear_line(out: Path, colophon: Colophon) -> None:
    done = colophon("store", out, "--to", "postgresql://me:s3cret@127.0.0.1:1/x")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Connection refused" in done.stderr
    assert "s3cret" not in done.stderr

"""docs/consuming.md does what it says: each of its blocks is run, in its order, in a folder of its own."""

import contextlib
import io
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from colophon.cli import app
from tests.conftest import ROOT
from tests.storing.postgres import PostgresServer

PAGE = ROOT / "docs/consuming.md"
POSTGRESQL = "postgresql+psycopg://colophon@localhost/news"
_BLOCK = re.compile(r"^```(?P<kind>[^\n]+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    kind: str
    code: str
    line: int


def blocks(*kinds: str) -> list[Block]:
    page = PAGE.read_text(encoding="utf-8")
    found = [Block(b["kind"], b["code"], page.count("\n", 0, b.start()) + 1) for b in _BLOCK.finditer(page)]
    return [block for block in found if block.kind in kinds]


def at(block: Block) -> str:
    return f"line {block.line}"


@dataclass(frozen=True)
class Place:
    folder: Path
    postgresql: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> Place:
    """Return a folder in which the page's commands were given."""
    made = Place(tmp_path_factory.mktemp("consuming"), postgres_server.new_database())
    shutil.copytree(ROOT / "examples", made.folder / "examples")
    with contextlib.chdir(made.folder):
        for block in blocks("sh"):
            for line in block.code.splitlines():
                given(line.replace(POSTGRESQL, made.postgresql), block)
    return made


def given(line: str, block: Block) -> None:
    """Do what a shell does with ``colophon ARGUMENTS [> FILE]``."""
    command, _, out = line.partition(" > ")
    name, *arguments = shlex.split(command)
    assert name == "colophon", at(block)
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, f"{at(block)}: {line}: {done.output}"
    if out:
        Path(out).write_text(done.stdout, encoding="utf-8")


@pytest.mark.parametrize("block", blocks("python"), ids=at)
def test_a_block_of_python_prints_something(block: Block, place: Place) -> None:
    printed = io.StringIO()
    with contextlib.chdir(place.folder), contextlib.redirect_stdout(printed):
        exec(compile(block.code, f"{PAGE.name}, {at(block)}", "exec"), {"__name__": "__main__"})
    assert printed.getvalue().strip()
    assert "Empty DataFrame" not in printed.getvalue()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_block_of_sql_finds_something(kind: str, place: Place) -> None:
    engine = create_engine(f"sqlite:///{place.folder / 'records.db'}" if kind == "sqlite" else place.postgresql)
    mine = blocks("sql", f"sql {kind}")
    assert len(mine) >= 5
    with engine.connect() as connection:
        for block in mine:
            assert connection.execute(text(block.code.rstrip().rstrip(";"))).fetchall(), at(block)
    engine.dispose()


def test_every_block_is_of_a_kind_that_is_run() -> None:
    kinds = {match["kind"] for match in _BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}
    assert kinds == {"sh", "python", "sql", "sql sqlite", "sql postgresql"}

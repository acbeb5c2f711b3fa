"""What the tests of sinks share: databases of both kinds, and finished outputs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from colophon.records import DocumentRecord
from colophon.storing.finished import FinishedOutput
from colophon.writing import OutputFolder, RejectedInput
from tests.conftest import ROOT
from tests.storing.postgres import PostgresServer, binaries, running


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for all tests of the session."""
    bin = binaries()
    if bin is None:
        pytest.skip("needs PostgreSQL's server: apt-get install postgresql")
    with running(bin) as server:
        yield server


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

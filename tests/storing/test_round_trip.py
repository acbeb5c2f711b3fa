"""The law of every sink: what it returns is what the record said, whatever characters were in it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, delete

from colophon.records import DocumentRecord
from colophon.storing import store
from colophon.storing.storable import MOST_OFFSETS, storable
from colophon.storing.tables import metadata
from tests.storing.conftest import write_output
from tests.storing.postgres import PostgresServer
from tests.storing.restoring import parquet_tables, restored, sql_tables
from tests.storing.strategies import RECORDS, TEXT, ids

JSON = st.recursive(TEXT | st.none(), lambda v: st.lists(v, max_size=3) | st.dictionaries(TEXT, v, max_size=3))
FEW = settings(max_examples=15)


def emptied(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    engine.dispose()


def there_and_back(url: str, found: list[DocumentRecord]) -> dict[str, DocumentRecord]:
    with TemporaryDirectory() as folder:
        store(write_output(Path(folder) / "out", found), url)
    tables = sql_tables(url)
    emptied(url)
    return restored(tables)


@pytest.fixture(scope="module")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('law') / 'x.db'}"


@pytest.fixture(scope="module")
def law_url(postgres_server: PostgresServer) -> str:
    return postgres_server.new_database()


@FEW
@given(found=RECORDS)
def test_sqlite(sqlite_url: str, found: list[DocumentRecord]) -> None:
    assert there_and_back(sqlite_url, found) == ids(found)


@FEW
@given(found=RECORDS)
def test_postgresql(law_url: str, found: list[DocumentRecord]) -> None:
    assert there_and_back(law_url, found) == ids(found)


@FEW
@given(found=RECORDS)
def test_parquet(found: list[DocumentRecord]) -> None:
    with TemporaryDirectory() as folder:
        target = Path(folder) / "out.parquet"
        store(write_output(Path(folder) / "out", found), str(target))
        assert restored(parquet_tables(target)) == ids(found)


class TestStorable:
    @given(value=JSON)
    def test_nothing_refused_is_left_and_nothing_else_changes(self, value: object) -> None:
        clean, replaced = storable(value)
        assert "\0" not in repr(clean)
        assert storable(clean)[1] == []
        assert bool(replaced) == ("\\x00" in repr(value))

    def test_offsets_hold(self) -> None:
        text = "a\0\ud800b\0"
        assert storable(text) == (
            "a\u2400\ufffdb\u2400",
            [
                {"field": "", "was": "U+0000", "count": 2, "at": [1, 4]},
                {"field": "", "was": "U+D800", "count": 1, "at": [2]},
            ],
        )

    def test_a_text_of_nothing_else_makes_no_endless_list(self) -> None:
        clean, (said,) = storable("\0" * 5_000)
        assert (len(clean), said["count"], len(said["at"])) == (5_000, 5_000, MOST_OFFSETS)

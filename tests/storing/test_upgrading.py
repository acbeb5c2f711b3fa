"""The schema's steps: from nothing, from an older one when asked, and never over tables of somebody else."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text

from colophon.errors import OutputError
from colophon.storing import store
from colophon.storing.tables import metadata
from colophon.storing.upgrading import VERSION_TABLE, config_for, newest
from tests.storing.conftest import examples, write_output
from tests.storing.restoring import restored, sql_tables
from tests.storing.strategies import ids


def stepped(url: str, to: str, *, down: bool = False) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        (command.downgrade if down else command.upgrade)(config_for(connection), to)
    engine.dispose()


def differences(connection: Connection) -> object:
    context = MigrationContext.configure(
        connection,
        opts={
            "version_table": VERSION_TABLE,
            "compare_type": True,
            "include_name": lambda name, *_: name != VERSION_TABLE,
        },
    )
    return compare_metadata(context, metadata)


def executed(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_an_empty_database_gets_the_tables_that_are_queried(database_url: str, tmp_path: Path) -> None:
    store(write_output(tmp_path / "out", []), database_url)
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert differences(connection) == []
        assert connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar() == newest()
        assert inspect(connection).get_view_names() == ["latest_documents"]
    engine.dispose()


def test_every_step_goes_down_and_up_again(database_url: str, tmp_path: Path) -> None:
    stepped(database_url, "head")
    stepped(database_url, "base", down=True)
    engine = create_engine(database_url)
    assert inspect(engine).get_table_names() == [VERSION_TABLE]
    engine.dispose()
    out = write_output(tmp_path / "out", examples())
    store(out, database_url)
    assert restored(sql_tables(database_url)) == ids(examples())


def test_an_older_schema_is_brought_up_only_when_asked(database_url: str, tmp_path: Path) -> None:
    store(write_output(tmp_path / "out", examples()), database_url)
    stepped(database_url, "0001", down=True)
    before = sql_tables(database_url)
    more = write_output(tmp_path / "more", examples(), n=2)
    with pytest.raises(OutputError, match=rf"0001 is older than this Colophon's {newest()}; .* --upgrade"):
        store(more, database_url)
    assert sql_tables(database_url) == before
    assert store(more, database_url, upgrade=True).unchanged == 3
    assert restored(sql_tables(database_url)) == ids(examples())


@pytest.mark.parametrize("upgrade", [False, True])
def test_a_newer_schema_is_refused(upgrade: bool, database_url: str, tmp_path: Path) -> None:
    out = write_output(tmp_path / "out", examples())
    store(out, database_url)
    executed(database_url, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(OutputError, match="9999 is newer than this Colophon"):
        store(out, database_url, upgrade=upgrade)


@pytest.mark.parametrize("upgrade", [False, True])
def test_tables_of_somebody_else_are_left_alone(upgrade: bool, database_url: str, tmp_path: Path) -> None:
    executed(database_url, "CREATE TABLE documents (mine integer)")
    with pytest.raises(OutputError, match="has tables named documents that Colophon did not make"):
        store(write_output(tmp_path / "out", examples()), database_url, upgrade=upgrade)
    engine = create_engine(database_url)
    assert inspect(engine).get_table_names() == ["documents"]
    engine.dispose()


def test_other_tables_beside_ours_are_no_matter(database_url: str, tmp_path: Path) -> None:
    executed(database_url, "CREATE TABLE articles (mine integer)")
    executed(database_url, "CREATE TABLE alembic_version (version_num varchar(32))")
    assert store(write_output(tmp_path / "out", examples()), database_url).written == 3

"""Runs in SQLite and in a real PostgreSQL: whole or absent, once or changed, and every value as it was."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from colophon.errors import DataError, OutputError, UsageError
from colophon.records import DocumentRecord
from colophon.storing import StoringSettings, store
from colophon.writing import RejectedInput
from tests.storing.conftest import examples, numbered, write_output
from tests.storing.postgres import PostgresServer
from tests.storing.restoring import restored, sql_tables

SMALL = StoringSettings(batch_records=2)


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def changed(record: DocumentRecord, **update: object) -> DocumentRecord:
    return record.model_copy(update=update)


class TestStoring:
    def test_what_was_stored_is_what_comes_back(self, database_url: str, tmp_path: Path) -> None:
        records = examples()
        done = store(write_output(tmp_path / "out", records), database_url)
        assert (done.records, done.written, done.changed, done.unchanged, done.already) == (3, 3, 0, 0, False)
        assert restored(sql_tables(database_url)) == {record.id: record for record in records}

    def test_a_run_is_described(self, database_url: str, tmp_path: Path) -> None:
        out = write_output(tmp_path / "out", examples(), [RejectedInput("a\udcff.txt", "empty", "no\0 text")], beam=4)
        done = store(out, database_url)
        (run,) = sql_tables(database_url)["runs"]
        assert (run["id"], run["number"], run["folder"]) == (done.run_id, 1, str(out))
        assert (run["records"], run["rejected"], run["signature"]) == (3, 1, "the signature")
        assert run["settings"] == {"beam": 4}
        assert run["stored_at"].utcoffset().total_seconds() == 0
        assert rows(database_url, "SELECT number, location, reason, detail FROM rejects") == [
            (0, "a\ufffd.txt", "empty", "no\u2400 text")
        ]

    def test_the_same_output_again_is_left_alone(self, database_url: str, tmp_path: Path) -> None:
        out = write_output(tmp_path / "out", examples())
        first = store(out, database_url)
        before = sql_tables(database_url)
        again = store(out, database_url)
        assert (again.already, again.run_id, again.written) == (True, first.run_id, 0)
        assert sql_tables(database_url) == before

    def test_records_of_an_earlier_run_are_not_written_twice(self, database_url: str, tmp_path: Path) -> None:
        records = examples()
        store(write_output(tmp_path / "one", records[:2]), database_url)
        done = store(write_output(tmp_path / "two", records), database_url)
        assert (done.written, done.changed, done.unchanged) == (1, 0, 2)
        tables = sql_tables(database_url)
        assert restored(tables) == {record.id: record for record in records}
        assert len(tables["run_documents"]) == 5

    def test_a_changed_record_replaces_its_children(self, database_url: str, tmp_path: Path) -> None:
        records = examples()
        store(write_output(tmp_path / "one", records), database_url)
        poorer = changed(records[0], fragments=(), english=records[0].body, issues=(), statements=())
        poorer = DocumentRecord.model_validate_json(poorer.model_dump_json())
        done = store(write_output(tmp_path / "two", [records[1], poorer]), database_url)
        assert (done.written, done.changed, done.unchanged) == (0, 1, 1)
        assert restored(sql_tables(database_url)) == {r.id: r for r in (poorer, *records[1:])}

    def test_batches_of_any_size_give_the_same_rows(self, database_url: str, tmp_path: Path) -> None:
        records = numbered([record for record in examples() for _ in range(3)])
        store(write_output(tmp_path / "out", records), database_url, settings=SMALL)
        assert restored(sql_tables(database_url)) == {record.id: record for record in records}
        places = rows(database_url, "SELECT position, document_id FROM run_documents ORDER BY position")
        assert places == [(n, record.id) for n, record in enumerate(records)]

    @pytest.mark.parametrize("batch", [1, 2, 256])
    def test_two_records_with_one_id_that_differ_are_refused(
        self, batch: int, database_url: str, tmp_path: Path
    ) -> None:
        first, *_ = examples()
        out = write_output(tmp_path / "out", [first, changed(first, disclosure="another")])
        with pytest.raises(DataError, match="two records have the id"):
            store(out, database_url, settings=StoringSettings(batch_records=batch))
        assert not any(sql_tables_or_none(database_url).values())

    @pytest.mark.parametrize("batch", [1, 256])
    def test_a_record_twice_in_one_run_is_stored_once(self, batch: int, database_url: str, tmp_path: Path) -> None:
        first, *_ = examples()
        done = store(
            write_output(tmp_path / "out", [first, first]), database_url, settings=StoringSettings(batch_records=batch)
        )
        assert (done.written, done.unchanged) == (1, 1)
        assert rows(database_url, "SELECT position FROM run_documents ORDER BY 1") == [(0,), (1,)]

    def test_the_newest_record_of_each_input(self, database_url: str, tmp_path: Path) -> None:
        old, other, _ = numbered(examples())
        new = changed(old, id="urn:colophon:" + "f" * 32)
        other = changed(other, input_id="another")
        store(write_output(tmp_path / "one", [old, other]), database_url)
        store(write_output(tmp_path / "two", [new]), database_url)
        query = "SELECT id FROM latest_documents ORDER BY id"
        assert rows(database_url, query) == sorted([(other.id,), (new.id,)])
        store(write_output(tmp_path / "three", [old], again=1), database_url)
        assert rows(database_url, query) == sorted([(other.id,), (old.id,)])


def sql_tables_or_none(url: str) -> dict[str, list[object]]:
    """Return the rows of every table; nothing when the tables themselves were taken back."""
    engine = create_engine(url)
    with engine.connect() as connection:
        count = "SELECT count(*) FROM " + ("sqlite_master" if url.startswith("sqlite") else "pg_tables")
        where = "" if url.startswith("sqlite") else " WHERE schemaname = 'public'"
        there = connection.execute(text(count + where)).scalar()
    engine.dispose()
    return {name: [*found] for name, found in sql_tables(url).items()} if there else {}


class TestRefusing:
    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("mysql://me:secret@db/news", "no place of a kind that is served"),
            ("http://me:secret@host/x.db", "no place of a kind that is served"),
            ("postgresql+asyncpg://me:secret@db/news", r"postgresql\+asyncpg:// is not served"),
            ("sqlite://", "lost at the end"),
            ("sqlite:///:memory:", "lost at the end"),
            ("postgresql+psycopg://me:secret@db:x/news", "not the URL of a database"),
        ],
    )
    def test_another_kind_of_database(self, url: str, words: str, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=words) as caught:
            store(write_output(tmp_path / "out", examples()), url)
        assert "secret" not in str(caught.value)

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="unable to open database file"):
            store(write_output(tmp_path / "out", examples()), f"sqlite:///{tmp_path}/none/x.db")

    def test_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        (tmp_path / "x.db").write_text("not a database, " * 100)
        with pytest.raises(OutputError, match="file is not a database"):
            store(write_output(tmp_path / "out", examples()), f"sqlite:///{tmp_path}/x.db")

    def test_a_run_that_has_not_ended(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="to its end first"):
            store(tmp_path, f"sqlite:///{tmp_path}/x.db")

    @pytest.mark.parametrize("name", ["records.jsonl", "rejected.jsonl"])
    def test_an_output_that_somebody_altered(self, name: str, tmp_path: Path) -> None:
        out = write_output(tmp_path / "out", examples())
        with (out / name).open("a") as file:
            file.write("\n")
        with pytest.raises(OutputError, match=r"is not the file that manifest\.json describes"):
            store(out, f"sqlite:///{tmp_path}/x.db")
        assert not (tmp_path / "x.db").exists()

    @pytest.mark.parametrize("content", ["", "[]", "{}", '{"counts": 3}', "\ufeff{}"])
    def test_a_manifest_that_is_none(self, content: str, tmp_path: Path) -> None:
        out = write_output(tmp_path / "out", examples())
        (out / "manifest.json").write_text(content, encoding="utf-8")
        with pytest.raises(DataError, match=r"manifest\.json: not a manifest"):
            store(out, f"sqlite:///{tmp_path}/x.db")

    @pytest.mark.parametrize("id", ["x" * 201, "a\0b", "a\nb", "a\u202eb"])
    def test_an_id_that_no_index_takes(self, id: str, database_url: str, tmp_path: Path) -> None:
        out = write_output(tmp_path / "out", [changed(examples()[0], id=id)])
        with pytest.raises(DataError, match="not an id that Colophon makes"):
            store(out, database_url)

    @pytest.mark.parametrize("number", [2**63, 10**400], ids=["just", "far"])
    def test_a_number_that_no_column_holds(self, number: int, database_url: str, tmp_path: Path) -> None:
        first = examples()[0]
        source = first.source.model_copy(update={"byte_length": number})
        out = write_output(tmp_path / "out", [changed(first, source=source)])
        with pytest.raises(DataError, match=r"field byte_length: .* column holds 63"):
            store(out, database_url)

    def test_a_missing_database_is_not_waited_for(self, postgres_server: PostgresServer, tmp_path: Path) -> None:
        url = postgres_server.url("nobody").replace("colophon@", "colophon:secret@")
        with pytest.raises(OutputError, match='database "nobody" does not exist') as caught:
            store(write_output(tmp_path / "out", examples()), url)
        assert "secret" not in str(caught.value)
        assert "***" in str(caught.value)

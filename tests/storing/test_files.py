"""Parquet folders and copies of lines: whole, in their place, and never over somebody else's files."""

import os
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import fsspec  # type: ignore[import-untyped]
import pytest
from pyarrow import parquet  # type: ignore[import-untyped]

from colophon.errors import DataError, MissingExtraError, OutputError, UsageError
from colophon.storing import StoringSettings, layout, store
from colophon.storing.finished import FinishedOutput
from colophon.storing.parquet import FILES, schemas
from colophon.writing import RejectedInput
from tests.conftest import Colophon
from tests.storing.conftest import examples, numbered, write_output
from tests.storing.restoring import parquet_tables, restored
from tests.storing.strategies import ids


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return write_output(tmp_path / "out", examples(), [RejectedInput("a\udcff", "empty", "no\0")])


@pytest.fixture
def memory() -> Iterator[str]:
    """Return the URL of a folder in memory, an object store without renaming; forgotten after the test."""
    yield "memory://colophon"
    fsspec.filesystem("memory").rm("/colophon", recursive=True)


def listed(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def spoilt(tmp_path: Path) -> Path:
    """Return an output whose second record no column holds."""
    first, second, _ = examples()
    source = second.source.model_copy(update={"byte_length": 2**64})
    return write_output(tmp_path / "spoilt", [first, second.model_copy(update={"source": source})])


class TestParquet:
    def test_a_folder_with_a_file_a_table(self, out: Path, tmp_path: Path) -> None:
        done = store(out, str(tmp_path / "r.parquet"))
        assert (done.records, done.written, done.already) == (3, 3, False)
        assert listed(tmp_path / "r.parquet") == set(FILES)
        assert (tmp_path / "r.parquet/manifest.json").read_bytes() == (out / "manifest.json").read_bytes()
        tables = parquet_tables(tmp_path / "r.parquet")
        assert restored(tables) == ids(examples())
        (reject,) = tables["rejects"]
        assert (reject["location"], reject["detail"]) == ("a\ufffd", "no\u2400")
        assert [said["was"] for said in reject["replaced"]] == ["U+DCFF", "U+0000"]

    def test_columns_are_typed_and_compressed(self, out: Path, tmp_path: Path) -> None:
        store(out, str(tmp_path / "r.parquet"))
        for name, columns in layout.TABLES.items():
            file = parquet.ParquetFile(tmp_path / f"r.parquet/{name}.parquet")
            assert file.schema_arrow.names == [column.name for column in columns]
            assert file.schema_arrow.equals(schemas()[name])
            assert file.schema_arrow.metadata[b"colophon.run"].startswith(b"urn:colophon:run:")
            assert {file.metadata.row_group(0).column(n).compression for n in range(len(columns))} == {"ZSTD"}

    def test_row_groups_are_bounded(self, tmp_path: Path) -> None:
        records = numbered(examples() * 3)
        out = write_output(tmp_path / "out", records)
        for name, settings in {
            "records": StoringSettings(row_group_records=2),
            "characters": StoringSettings(row_group_characters=1),
        }.items():
            store(out, str(tmp_path / f"{name}.parquet"), settings=settings)
            file = parquet.ParquetFile(tmp_path / f"{name}.parquet/documents.parquet")
            assert file.num_row_groups == {"records": 5, "characters": 9}[name]
            assert restored(parquet_tables(tmp_path / f"{name}.parquet")) == ids(records)

    def test_memory_does_not_grow_with_the_run(self, tmp_path: Path) -> None:
        peaks = []
        store(write_output(tmp_path / "first", examples()), str(tmp_path / "first.parquet"))  # loads libraries
        for copies in (40, 400):
            out = write_output(tmp_path / str(copies), numbered(examples() * copies))
            tracemalloc.start()
            store(out, str(tmp_path / f"{copies}.parquet"))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert peaks[1] < 1.2 * peaks[0]

    def test_a_run_without_records(self, tmp_path: Path) -> None:
        store(write_output(tmp_path / "out", []), str(tmp_path / "r.parquet"))
        assert all(not rows for rows in parquet_tables(tmp_path / "r.parquet").values())

    def test_the_same_output_again_is_left_alone(self, out: Path, tmp_path: Path) -> None:
        store(out, str(tmp_path / "r.parquet"))
        before = os.stat(tmp_path / "r.parquet").st_ino
        assert store(out, str(tmp_path / "r.parquet")).already
        assert os.stat(tmp_path / "r.parquet").st_ino == before

    def test_a_folder_that_lost_a_file_is_made_again(self, out: Path, tmp_path: Path) -> None:
        store(out, str(tmp_path / "r.parquet"))
        (tmp_path / "r.parquet/notices.parquet").unlink()
        assert not store(out, str(tmp_path / "r.parquet")).already
        assert restored(parquet_tables(tmp_path / "r.parquet")) == ids(examples())

    def test_another_run_takes_its_place(self, out: Path, tmp_path: Path) -> None:
        store(out, str(tmp_path / "r.parquet"))
        store(write_output(tmp_path / "two", examples()[:1]), str(tmp_path / "r.parquet"))
        assert restored(parquet_tables(tmp_path / "r.parquet")) == ids(examples()[:1])
        assert listed(tmp_path) == {"out", "two", "r.parquet"}

    def test_a_run_that_cannot_be_written_leaves_the_old_one(self, out: Path, tmp_path: Path) -> None:
        store(out, str(tmp_path / "r.parquet"))
        with pytest.raises(DataError, match=r"record urn:colophon:0+1, field byte_length: .* column holds 63"):
            store(spoilt(tmp_path), str(tmp_path / "r.parquet"))
        assert restored(parquet_tables(tmp_path / "r.parquet")) == ids(examples())
        assert listed(tmp_path) == {"out", "spoilt", "r.parquet"}

    def test_a_folder_of_somebody_else_is_left_alone(self, out: Path, tmp_path: Path) -> None:
        (tmp_path / "r.parquet").mkdir()
        (tmp_path / "r.parquet/thesis.parquet").touch()
        with pytest.raises(OutputError, match=r"files of somebody else \(thesis\.parquet\)"):
            store(out, str(tmp_path / "r.parquet"))
        assert listed(tmp_path / "r.parquet") == {"thesis.parquet"}

    def test_a_file_in_its_place_is_left_alone(self, out: Path, tmp_path: Path) -> None:
        (tmp_path / "r.parquet").write_text("mine")
        with pytest.raises(OutputError, match="is a file"):
            store(out, str(tmp_path / "r.parquet"))
        assert (tmp_path / "r.parquet").read_text() == "mine"

    def test_an_empty_folder_in_its_place_is_filled(self, out: Path, tmp_path: Path) -> None:
        (tmp_path / "r.parquet").mkdir()
        store(out, str(tmp_path / "r.parquet/"))
        assert restored(parquet_tables(tmp_path / "r.parquet")) == ids(examples())

    def test_many_stores_at_once_leave_one_whole_folder(self, tmp_path: Path) -> None:
        outputs = [write_output(tmp_path / str(n), examples(), n=n) for n in range(6)]
        place = str(tmp_path / "r.parquet")
        threads = [Thread(target=store, args=(out, place)) for out in outputs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert restored(parquet_tables(place)) == ids(examples())
        manifest = (tmp_path / "r.parquet/manifest.json").read_bytes()
        assert manifest in [(out / "manifest.json").read_bytes() for out in outputs]
        assert listed(tmp_path) == {*map(str, range(6)), "r.parquet"}

    def test_an_object_store(self, out: Path, tmp_path: Path, memory: str) -> None:
        url = f"{memory}/r.parquet"
        assert store(out, url).target == url
        assert store(out, url).already
        files = fsspec.filesystem("memory")
        assert restored(parquet_tables("/colophon/r.parquet", filesystem=files)) == ids(examples())
        store(write_output(tmp_path / "two", examples()[:1]), url)
        assert restored(parquet_tables("/colophon/r.parquet", filesystem=files)) == ids(examples()[:1])
        with pytest.raises(DataError, match=r"record urn:colophon:0+1, field byte_length: .* column holds 63"):
            store(spoilt(tmp_path), url)
        assert files.ls("/colophon", detail=False) == ["/colophon/r.parquet"]
        assert len(files.find("/colophon/r.parquet")) == len(FILES)


class TestCopies:
    @pytest.mark.parametrize("scheme", ["", "file://"])
    def test_lines_are_copied_as_they_are(self, scheme: str, out: Path, tmp_path: Path) -> None:
        place = tmp_path / "new folder" / "copy#1.jsonl"
        done = store(out, f"{scheme}{place}")
        assert (done.written, done.already, done.target) == (3, False, str(place))
        assert place.read_bytes() == (out / "records.jsonl").read_bytes()
        assert store(out, f"{scheme}{place}").already
        assert listed(place.parent) == {"copy#1.jsonl"}

    def test_another_run_takes_its_place(self, out: Path, tmp_path: Path) -> None:
        store(out, str(tmp_path / "c.jsonl"))
        two = write_output(tmp_path / "two", examples()[:1])
        assert store(two, str(tmp_path / "c.jsonl")).written == 1
        assert (tmp_path / "c.jsonl").read_bytes() == (two / "records.jsonl").read_bytes()

    def test_a_file_of_somebody_else_is_left_alone(self, out: Path, tmp_path: Path) -> None:
        (tmp_path / "c.jsonl").write_text('{"a": 1}\n')
        with pytest.raises(OutputError, match="that Colophon did not write"):
            store(out, str(tmp_path / "c.jsonl"))
        assert (tmp_path / "c.jsonl").read_text() == '{"a": 1}\n'

    def test_a_folder_in_its_place_is_left_alone(self, out: Path, tmp_path: Path) -> None:
        (tmp_path / "c.jsonl").mkdir()
        with pytest.raises(OutputError, match="Is a directory"):
            store(out, str(tmp_path / "c.jsonl"))

    def test_the_output_itself_is_no_place(self, out: Path) -> None:
        with pytest.raises(UsageError, match="is the output itself"):
            store(out, str(out / "records.jsonl"))

    def test_an_object_store(self, out: Path, memory: str) -> None:
        assert store(out, f"{memory}/c.jsonl").written == 3
        assert store(out, f"{memory}/c.jsonl").already
        files = fsspec.filesystem("memory")
        assert files.cat_file("/colophon/c.jsonl") == (out / "records.jsonl").read_bytes()
        assert files.find("/colophon") == ["/colophon/c.jsonl"]

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_place_that_refuses(self, out: Path, tmp_path: Path) -> None:
        (tmp_path / "closed").mkdir(mode=0o500)
        with pytest.raises(OutputError, match="Permission denied"):
            store(out, str(tmp_path / "closed/c.jsonl"))


class TestRefusing:
    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("http://host/r.parquet", "http:// is not a place for files"),
            ("https://host/c.jsonl", "https:// is not a place for files"),
            ("ftp://me:secret@host/c.jsonl", "ftp:// is not a place for files"),
            ("simplecache::file:///tmp/c.jsonl", "is not a place for files"),
            ("file:///tmp/x.zip::zip://c.jsonl", "is not a place for files"),
            ("s3://c.jsonl", "needs a bucket and a name in it"),
            ("gs:///r.parquet", "needs a bucket and a name in it"),
            ("records.csv", "no place of a kind that is served"),
            ("", "no place of a kind that is served"),
        ],
    )
    def test_other_places(self, url: str, words: str, out: Path) -> None:
        with pytest.raises(UsageError, match=words) as caught:
            store(out, url)
        assert "secret" not in str(caught.value)

    @pytest.mark.parametrize(
        ("library", "url"), [("s3fs", "s3://key:secret@bucket/c.jsonl"), ("gcsfs", "gs://bucket/r.parquet")]
    )
    def test_a_store_whose_library_is_not_installed(
        self, library: str, url: str, out: Path, colophon: Colophon
    ) -> None:
        code = f"import sys; sys.modules[{library!r}] = None; from colophon.cli import main; main()"
        done = colophon("store", out, "--to", url, program=("-c", code))
        assert done.returncode == 2
        assert done.stderr.endswith(f"pip install {library}\n")
        assert "secret" not in done.stderr

    def test_a_scheme_that_the_operator_took_away(self, out: Path, memory: str) -> None:
        with pytest.raises(UsageError, match="allowed: file"):
            store(out, f"{memory}/c.jsonl", settings=StoringSettings(target_schemes=("file",)))
        fsspec.filesystem("memory").makedirs("/colophon", exist_ok=True)

    @pytest.mark.parametrize(
        ("library", "extra", "url"),
        [
            ("sqlalchemy", "sql", "sqlite:///x.db"),
            ("pyarrow", "parquet", "x.parquet"),
            ("fsspec", "archive", "x.jsonl"),
        ],
    )
    def test_a_library_that_is_not_installed(
        self, library: str, extra: str, url: str, out: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in [*sys.modules]:
            if name.startswith(("colophon.storing.", f"{library}.")):
                monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, library, None)
        with pytest.raises(MissingExtraError, match=rf"colophon\[{extra}\]"):
            store(out, url)


class TestReading:
    def test_a_run_that_replaces_the_files_meanwhile_is_noticed(self, out: Path) -> None:
        output = FinishedOutput.open(out)
        records = output.records()
        next(records)
        write_output(out, examples()[:1])
        with pytest.raises(OutputError, match="changed while it was read"):
            list(records)

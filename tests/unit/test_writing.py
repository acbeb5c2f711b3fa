"""Nothing half-written is ever visible, and nothing of another run is taken for one's own."""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from colophon.errors import OutputError
from colophon.records import DocumentRecord
from colophon.writing import Counts, OutputFolder, RejectedInput
from tests.conftest import ROOT, environment

RECORD = DocumentRecord.model_validate_json(
    (ROOT / "schemas/examples/valid/caption-translated.json").read_text(encoding="utf-8")
)
REJECT = RejectedInput("a\udcff.txt", "unreadable", "no permission: \x1b[31m")


def test_batches_become_files_in_order_whatever_the_order_they_came_in(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path / "new" / "out", "s", resume=True)
    folder.write_batch(1, "b", [RECORD], [REJECT])
    folder.write_batch(0, "a", [RECORD, RECORD], [])
    total = folder.publish(2, {"x": 1})
    assert (total.records, total.rejected, total.fragments, total.translated) == (3, 1, 6, 6)
    out = tmp_path / "new" / "out"
    lines = (out / "records.jsonl").read_text(encoding="utf-8").split("\n")
    assert [DocumentRecord.model_validate_json(line) for line in lines[:-1]] == [RECORD] * 3
    (reject,) = (out / "rejected.jsonl").read_text(encoding="utf-8").splitlines()
    assert RejectedInput(**json.loads(reject)) == REJECT
    assert not (out / ".batches").exists()


def test_a_run_of_nothing_has_its_files_too(tmp_path: Path) -> None:
    assert OutputFolder(tmp_path, "s", resume=True).publish(0, {}) == Counts()
    assert (tmp_path / "records.jsonl").read_bytes() == b""


@pytest.mark.parametrize(("signature", "key", "kept"), [("s", "k", True), ("s", "other", False), ("other", "k", False)])
def test_a_finished_batch_is_one_of_the_same_input_and_makers(
    signature: str, key: str, kept: bool, tmp_path: Path
) -> None:
    first = OutputFolder(tmp_path, "s", resume=True)
    counts = first.write_batch(0, "k", [RECORD], [])
    first.close()
    assert OutputFolder(tmp_path, signature, resume=True).finished(0, key) == (counts if kept else None)


def test_without_resuming_finished_batches_are_dropped(tmp_path: Path) -> None:
    first = OutputFolder(tmp_path, "s", resume=True)
    first.write_batch(0, "k", [RECORD], [])
    first.close()
    assert OutputFolder(tmp_path, "s", resume=False).finished(0, "k") is None


def test_a_missing_batch_is_named(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path, "s", resume=True)
    with pytest.raises(OutputError, match="batch 0 is missing"):
        folder.publish(1, {})
    assert not list(tmp_path.glob("records.jsonl*"))


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="choose another --out"):
        OutputFolder(tmp_path / "file", "s", resume=True)
    with pytest.raises(OutputError, match="choose another --out"):
        OutputFolder(tmp_path / "file" / "below", "s", resume=True)


def test_a_disk_that_refuses_is_named_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path, "s", resume=True)
    (tmp_path / ".batches" / "00000000.jsonl").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        folder.write_batch(0, "k", [RECORD], [])
    assert not list((tmp_path / ".batches").glob("*.partial-*"))


class TestTwoRuns:
    def test_never_write_one_folder(self, tmp_path: Path) -> None:
        with OutputFolder(tmp_path, "s", resume=True):
            with pytest.raises(OutputError, match="another run is writing here"):
                OutputFolder(tmp_path, "s", resume=False)
            with OutputFolder(tmp_path / "other", "s", resume=True):
                pass

    def test_in_two_processes_neither(self, tmp_path: Path) -> None:
        code = f"""
from pathlib import Path
from colophon.writing import OutputFolder
OutputFolder(Path({str(tmp_path)!r}), "s", resume=True)
"""
        with OutputFolder(tmp_path, "s", resume=True):
            command = [sys.executable, "-c", code]
            done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
        assert "OutputError" in done.stderr
        assert "another run is writing here" in done.stderr
        assert subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode == 0

    @pytest.mark.parametrize("end", ["close", "publish", "forget"])
    def test_follow_each_other(self, end: str, tmp_path: Path) -> None:
        first = OutputFolder(tmp_path, "s", resume=True)
        counts = first.write_batch(0, "k", [RECORD], [])
        if end == "close":
            first.close()
        elif end == "publish":
            first.publish(1, {})
        del first
        with OutputFolder(tmp_path, "s", resume=True) as second:
            assert second.finished(0, "k") == (None if end == "publish" else counts)

    def test_one_that_failed_holds_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="batch 0 is missing"), OutputFolder(tmp_path, "s", resume=True) as first:
            first.publish(1, {})
        OutputFolder(tmp_path, "s", resume=True).close()

    def test_a_copy_in_another_process_writes_for_the_one_that_holds(self, tmp_path: Path) -> None:
        with OutputFolder(tmp_path, "s", resume=True) as folder:
            copy = pickle.loads(pickle.dumps(folder))
            copy.write_batch(0, "k", [RECORD], [])
            copy.close()
            with pytest.raises(OutputError, match="another run"):
                OutputFolder(tmp_path, "s", resume=True)
            assert folder.publish(1, {}).records == 1
        assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "records.jsonl", "rejected.jsonl"]


def test_counts_add_up() -> None:
    assert Counts(records=1, withheld=2).plus(Counts(records=3, rejected=4)) == Counts(
        records=4, rejected=4, withheld=2
    )

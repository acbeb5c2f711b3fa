"""One door for every host: batches in, records out, nothing lost."""

import io
import json
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from colophon import worker
from colophon.documents import SourceDocument
from colophon.errors import ModelError, UsageError
from colophon.pipeline import Tools, process_documents
from colophon.reading import Rejection, input_references
from colophon.records import DocumentRecord
from colophon.settings import RightsSettings, Settings, TranslationSettings
from colophon.worker import BatchWorker, batch_row, batches, open_folder, process_batch, run, signature_of, tools_for
from colophon.writing import Counts
from tests.property.strategies import ECHO, ENGLISH, FOREIGN, document


def test_batches_are_cut_by_number_alone() -> None:
    settings = Settings(batch_documents=3)
    assert list(batches(range(7), settings)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(batches([], settings)) == []


def test_tools_are_built_once() -> None:
    assert tools_for(ECHO) is tools_for(ECHO.model_copy())


def test_rejections_pass_through_in_order() -> None:
    items: list[SourceDocument | Rejection] = [
        Rejection("a", "empty", "no bytes"),
        document(ENGLISH[0], "b"),
        Rejection("c", "missing", "no such file"),
    ]
    records, rejected = process_batch(items, ECHO)
    assert [r.input_id for r in records] == ["b"]
    assert [(r.location, r.reason) for r in rejected] == [("a", "empty"), ("c", "missing")]


def failing_on(id: str, error: Exception) -> Callable[[Sequence[SourceDocument], Tools], list[DocumentRecord]]:
    genuine = process_documents

    def process(documents: Sequence[SourceDocument], tools: Tools) -> list[DocumentRecord]:
        if any(d.id == id for d in documents):
            raise error
        return genuine(documents, tools)

    return process


def test_a_document_that_breaks_a_step_is_rejected_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "process_documents", failing_on("1", RuntimeError("x " * 400)))
    records, rejected = process_batch([document(ENGLISH[n], str(n)) for n in range(3)], ECHO)
    assert [r.input_id for r in records] == ["0", "2"]
    (reject,) = rejected
    assert (reject.location, reject.reason) == ("1", "internal-error")
    assert "RuntimeError: x x" in reject.detail
    assert len(reject.detail) < 300


@pytest.mark.parametrize("error", [ModelError("he-en", "is missing"), UsageError("no such engine")])
def test_an_error_of_the_set_up_ends_the_run(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "process_documents", failing_on("0", error))
    with pytest.raises(type(error)):
        process_batch([document(ENGLISH[0], "0")], ECHO)


def test_a_run_from_standard_input_reports_as_it_goes(tmp_path: Path) -> None:
    stream = io.BytesIO("\n".join(json.dumps({"id": str(n), "text": FOREIGN[n]}) for n in range(5)).encode())
    seen: list[int] = []
    settings = ECHO.model_copy(update={"batch_documents": 2})
    total = run(["-"], tmp_path, settings, stdin=stream, progress=lambda counts: seen.append(counts.records))
    assert seen == [2, 4, 5]
    assert isinstance(total, Counts)
    assert total.records == 5
    (sitting,) = (tmp_path / "runs.jsonl").read_text(encoding="utf-8").splitlines()
    times = json.loads(sitting)
    assert times["started"] <= times["finished"]
    assert times["started"].endswith("Z")


def test_nothing_is_written_when_the_settings_are_wrong(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        run([], tmp_path / "out", Settings(rights=RightsSettings(policy="full")))
    assert not (tmp_path / "out").exists()


def test_a_catalogue_that_is_not_there_is_said(tmp_path: Path) -> None:
    settings = Settings(translation=TranslationSettings(catalogue=str(tmp_path / "none.toml")))
    with pytest.raises(UsageError, match=r"none\.toml"):
        signature_of(settings)


class TestAWorkerElsewhere:
    def inputs(self, tmp_path: Path) -> Path:
        path = tmp_path / "a\udcff.jsonl"  # a name that is no UTF-8 must survive the way, too
        path.write_text("".join(json.dumps({"id": str(n), "text": FOREIGN[n]}) + "\n" for n in range(5)) + "{broken\n")
        return path

    def test_writes_what_a_run_writes(self, tmp_path: Path) -> None:
        source, settings = self.inputs(tmp_path), ECHO.model_copy(update={"batch_documents": 4})
        run([str(source)], tmp_path / "script", settings)
        with open_folder(tmp_path / "out", settings, resume=True) as folder:
            elsewhere: BatchWorker = pickle.loads(pickle.dumps(BatchWorker(folder, settings)))
            references = input_references([str(source)], settings.reading)
            rows = [batch_row(number, batch) for number, batch in enumerate(batches(references, settings))]
            columns = {name: [row[name] for row in reversed(rows)] for name in ("number", "references")}
            assert elsewhere(columns) == {"number": [1, 0], "records": [1, 4], "rejected": [1, 0]}
            folder.publish(2, settings.model_dump(mode="json"))
        for name in ("records.jsonl", "rejected.jsonl", "manifest.json"):
            assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "script" / name).read_bytes()

    def test_that_would_make_other_records_is_refused(self, tmp_path: Path) -> None:
        other = Settings(translation=TranslationSettings(engine="none"))
        with open_folder(tmp_path, ECHO, resume=True) as folder, pytest.raises(UsageError, match="install the same"):
            BatchWorker(folder, other)

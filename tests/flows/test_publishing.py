"""A batch is tried again where that can help, and rejected whole where it did not."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("prefect", reason="the [prefect] extra is not installed")

from prefect.states import exception_to_failed_state

from colophon.cli.options import EngineChoice, settings_from
from colophon.errors import DataError, MissingExtraError, ModelError, OutputError, UsageError
from colophon.reading import InputReference, input_references
from colophon.settings import Settings, TranslationSettings
from colophon.worker import open_folder, reject_batch
from colophon.writing import read_rejected
from flows.forms import settings_of
from flows.publishing import TASK_BATCHES, TASK_BYTES, loads, may_pass
from tests.flows.conftest import ROOT, Server

SETTINGS = Settings(translation=TranslationSettings(engine="none"))


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (OutputError("out", "cannot be written (No space left on device)"), True),
        (OSError(5, "Input/output error"), True),
        (MemoryError(), True),
        (ModelError("he-en", "fails its golden sentences"), False),
        (UsageError("no such catalogue of models"), False),
        (DataError("rules.toml", "has no table"), False),
        (MissingExtraError("torch", "torch", "translating"), False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_only_what_may_pass_is_tried_again(error: Exception, again: bool) -> None:
    state = asyncio.run(exception_to_failed_state(error))
    assert may_pass(None, None, state) is again


def test_a_batch_that_keeps_failing_is_rejected_and_made_by_the_next_run(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": f"Line {n}."}) + "\n" for n in range(3)))
    batch = list(input_references([str(tmp_path / "in.jsonl")], SETTINGS.reading))
    with open_folder(tmp_path / "out", SETTINGS, resume=True) as folder:
        counts = reject_batch(0, batch, folder, RuntimeError("the disk said\nno"))
        assert (counts.records, counts.rejected) == (0, 3)
        assert folder.finished(0, "anything") is None
        folder.publish(1, {})
    rejected = list(read_rejected(tmp_path / "out"))
    assert [reject.location for reject in rejected] == [reference.location for reference in batch]
    assert {reject.detail for reject in rejected} == {"the batch failed: RuntimeError: the disk said no"}


def references(*lengths: int | None) -> list[InputReference]:
    """Return references of 64 documents for each length, so that each is a batch."""
    return [InputReference("a", f"a#{n}", "application/jsonl", length=length) for length in lengths for n in range(64)]


PART = TASK_BYTES // 64 // 4  # a batch of such documents is nearly a quarter of what a task takes


@pytest.mark.parametrize(
    ("lengths", "tasks"),
    [
        ([], []),
        ([1], [1]),
        ([1] * TASK_BATCHES, [TASK_BATCHES]),
        ([1] * (TASK_BATCHES + 1), [TASK_BATCHES, 1]),
        ([TASK_BYTES] * 3, [1, 1, 1]),
        ([PART] * 5, [5]),
        ([PART + 1] * 5, [4, 1]),
        ([1, 1, TASK_BYTES, 1], [3, 1]),
        ([None] * 2, [1, 1]),
        ([0], [1]),
    ],
    ids=str,
)
def test_a_task_takes_batches_until_it_is_worth_its_cost(lengths: list[int | None], tasks: list[int]) -> None:
    given = references(*lengths)
    done = list(loads(given, SETTINGS))
    assert [len(load) for load in done] == tasks
    assert [reference for load in done for batch in load for reference in batch] == given
    assert {len(batch) for load in done for batch in load} <= {64}


@pytest.mark.parametrize("named", ["file", "missing", "", None], ids=str)
def test_the_operator_is_asked_for_models_as_the_command_line_asks(
    named: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = tmp_path / "data" / "colophon" / "models" / "catalogue.toml"
    catalogue.parent.mkdir(parents=True)
    catalogue.touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("COLOPHON_MODELS", raising=False)
    if named is not None:
        monkeypatch.setenv("COLOPHON_MODELS", named and str(tmp_path / named))
    settings = settings_of("echo", "quote", "", 64)
    assert settings == settings_from(EngineChoice.echo)
    expected = catalogue if named is None else tmp_path / named if named else None
    assert settings.translation.catalogue == (None if expected is None else str(expected))
    assert settings_of("none", "full", "we hold the rights", 7).batch_documents == 7


# Files may not grow beyond 100,000 bytes; Prefect waits for no second, and no more.
LIMITED = """
import resource, sys
from flows import publishing
from flows.translate_documents import translate_documents

resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
publishing.finish_batches.retry_delay_seconds = [0, 0]
translate_documents(inputs=[sys.argv[1]], out=sys.argv[2], engine="none", policy="ignore", batch_documents=2)
"""


@pytest.mark.slow
def test_of_the_batches_of_a_task_only_the_one_that_fails_is_rejected(server: Server, tmp_path: Path) -> None:
    """A batch whose output cannot be written: the disk has no room for a text as long as that."""
    texts = ["Short.", "Short too.", "Long. " * 40_000, "Beside it.", "After it.", "The last."]
    source, out = tmp_path / "in.jsonl", tmp_path / "out"
    source.write_text("".join(json.dumps({"id": str(n), "text": text}) + "\n" for n, text in enumerate(texts)))
    done = subprocess.run(
        [sys.executable, "-P", "-c", LIMITED, str(source), str(out)],
        env={**server.env, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    records = [json.loads(line)["input_id"] for line in (out / "records.jsonl").read_text().splitlines()]
    assert records == ["0", "1", "4", "5"]
    rejected = list(read_rejected(out))
    assert [reject.location for reject in rejected] == [f"{source}#3", f"{source}#4"]
    assert all(reject.detail.startswith("the batch failed: OutputError: ") for reject in rejected)
    assert "batch 1 failed whole" in done.stderr

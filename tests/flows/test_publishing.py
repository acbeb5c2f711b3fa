"""A batch is tried again where that can help, and rejected whole where it did not."""

import asyncio
import json
from pathlib import Path

import pytest

pytest.importorskip("prefect", reason="the [prefect] extra is not installed")

from prefect.states import exception_to_failed_state

from colophon.errors import DataError, MissingExtraError, ModelError, OutputError, UsageError
from colophon.reading import input_references
from colophon.settings import Settings, TranslationSettings
from colophon.worker import open_folder, reject_batch
from colophon.writing import read_rejected
from flows.publishing import may_pass

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

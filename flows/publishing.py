"""What the flows share: the task, and how an output is published, shown and announced.

Nothing here crosses the border of a process: tasks run in the flow's own, one after the other. Beside each other in
threads, two took 1.5 times the CPU and no less time (docs/decisions/0007).
"""

import gc
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import get_run_logger, task
from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.events import emit_event
from prefect.states import Completed, Failed
from prefect.utilities.annotations import quote

from colophon.reading import InputReference
from colophon.settings import Settings
from colophon.showing import sample_markdown, source_rows
from colophon.worker import SETUP_ERRORS, batches, finish_batch, open_folder, read_batch, reject_batch
from colophon.writing import MANIFEST, Counts, OutputFolder, read_records, read_rejected

Load = list[list[InputReference]]  # what one task does: batches, in order

# A task costs 15 ms and more, half of it the server's, so it takes batches until it is worth that.
TASK_BYTES = 500_000
TASK_BATCHES = 16
FILE_BYTES = 16_384  # what a document counts whose size is not known before it is read
SAMPLES = 5
MOST_SOURCES = 200  # an artifact stays well under a megabyte
PROGRESS_FROM = 4  # batches; a shorter run is over before a bar helps


def may_pass(_task: Any, _task_run: Any, state: State[Any]) -> bool:
    """Say whether trying again can help: a model or setting that is wrong stays wrong."""
    return not isinstance(state.result(raise_on_failure=False), SETUP_ERRORS)


# Nothing is kept of what a task returns: the output folder knows what is finished.
TRIED_AGAIN: dict[str, Any] = {
    "retries": 2,
    "retry_delay_seconds": [5, 30],
    "retry_condition_fn": may_pass,
    "cache_policy": NO_CACHE,
    "persist_result": False,
}


def publish(out: Path, settings: Settings, finish: Callable[[OutputFolder], int]) -> None:
    """Publish the folder ``out`` once ``finish`` has kept every batch in it, and said how many there are.

    A run that was interrupted goes on.
    """
    started = datetime.now(UTC)
    gc.freeze()  # else all that Prefect imported is searched for garbage with every full collection: 2 % of a run
    try:
        with open_folder(out, settings, resume=True) as folder:
            counts = folder.publish(finish(folder), settings.model_dump(mode="json"))
            folder.note_run(started, counts)
    finally:
        gc.unfreeze()


def translate(inputs: Callable[[], Iterable[InputReference]], out: Path, settings: Settings) -> None:
    """Process all that ``inputs`` yields, and publish the folder ``out``.

    ``inputs`` is called twice, once to know how much there is.
    """

    def finish(folder: OutputFolder) -> int:
        expected = -(-sum(1 for _ in inputs()) // settings.batch_documents)
        progress = create_progress_artifact(progress=0, key="progress") if expected >= PROGRESS_FROM else None
        done = 0
        tenth = 0  # the bar moves ten times: an update is a request, and costs as much as twenty documents
        for load in loads(inputs(), settings):
            carry(done, load, folder, settings)
            done += len(load)
            if progress is not None and 10 * done // expected > tenth:
                tenth = 10 * done // expected
                assert isinstance(progress, UUID)  # a coroutine only in asynchronous flows
                update_progress_artifact(progress, progress=min(100.0, 100 * done / expected))
        return done

    publish(out, settings, finish)


def loads(inputs: Iterable[InputReference], settings: Settings) -> Iterator[Load]:
    """Yield the batches of one task after another: until they hold TASK_BYTES or are TASK_BATCHES."""
    load: Load = []
    size = 0
    for batch in batches(inputs, settings):
        load.append(batch)
        size += sum(FILE_BYTES if reference.length is None else reference.length for reference in batch)
        if size >= TASK_BYTES or len(load) == TASK_BATCHES:
            yield load
            load, size = [], 0
    if load:
        yield load


@task(task_run_name="batches-from-{first}", **TRIED_AGAIN)
def finish_batches(first: int, load: Load, folder: OutputFolder, settings: Settings) -> None:
    """Read, process and keep batches, of which ``first`` is the first's number; tried again, finished ones are kept.

    A disk that fails is tried again; a document that fails is a reject.
    """
    for number, references in enumerate(load, start=first):
        finish_batch(number, read_batch(references, settings), folder, settings)


def carry(first: int, load: Load, folder: OutputFolder, settings: Settings) -> None:
    """Finish batches in one task; if it keeps failing, each in its own; a batch that then fails is rejected whole."""
    # quote: Prefect walks arguments object by object to find futures in them; these have none.
    constant: dict[str, Any] = {"folder": quote(folder), "settings": quote(settings)}
    state = finish_batches(first=first, load=quote(load), **constant, return_state=True)
    outcome: Exception | None = state.result(raise_on_failure=False)
    if isinstance(outcome, SETUP_ERRORS):
        raise outcome
    if outcome is not None and len(load) > 1:
        for number, batch in enumerate(load, start=first):
            carry(number, [batch], folder, settings)
    elif outcome is not None:
        get_run_logger().error("batch %d failed whole: %s", first, outcome)
        reject_batch(first, load[0], folder, outcome)


def verdict(counts: Counts, largest_rejected_share: float) -> State[None]:
    """Say what the run did, and whether too much was rejected."""
    message = (
        f"{counts.records} records, {counts.translated} of {counts.fragments} fragments translated, "
        f"{counts.needs_review} to review, {counts.rejected} rejected"
    )
    get_run_logger().info(message)
    everything = counts.records + counts.rejected
    if everything and counts.rejected / everything > largest_rejected_share:
        return Failed(message=f"too many rejected: {message}")
    return Completed(message=message)


def conclude(out: Path, largest_rejected_share: float) -> State[None]:
    """Show and announce a published output, and say what the run did."""
    return verdict(report(out), largest_rejected_share)


def report(out: Path) -> Counts:
    """Show a published output as artifacts, announce it by events, and return what it counts."""
    manifest = (out / MANIFEST).resolve()
    counts = Counts(**json.loads(manifest.read_text(encoding="utf-8"))["counts"])
    rows = list(source_rows(read_records(out), (r.location for r in read_rejected(out)), MOST_SOURCES))
    create_table_artifact(key="sources", table=rows, description=f"Sources read into {out}")
    samples = sample_markdown(read_records(out) if counts.translated else (), SAMPLES)
    create_markdown_artifact(key="samples", markdown=samples, description="Before and after")
    create_link_artifact(manifest.parent.as_uri(), link_text=str(out), key="output", description="Where records are")
    resource = {"prefect.resource.id": f"colophon.output.{out.resolve()}", "prefect.resource.name": str(out)}
    payload = {
        "manifest": str(manifest),
        "folder": str(manifest.parent),
        "records": counts.records,
        "rejected": counts.rejected,
    }
    emit_event("colophon.records.published", resource=resource, payload=payload)
    if counts.needs_review:
        emit_event("colophon.record.needs-review", resource=resource, payload={**payload, "count": counts.needs_review})
    return counts

"""What the flows share: the fields of their forms, the task, and how a finished output is shown and announced.

Nothing here crosses the border of a process: tasks run in threads of the flow's own.
"""

import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, cast
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
from prefect.futures import PrefectFuture
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote
from pydantic import Field

from colophon.reading import InputReference
from colophon.settings import RightsSettings, Settings, TranslationSettings
from colophon.showing import sample_markdown, source_rows
from colophon.worker import SETUP_ERRORS, batches, finish_batch, open_folder, read_batch, reject_batch
from colophon.writing import MANIFEST, Counts, OutputFolder, read_records, read_rejected

# Reading and writing of one batch overlap with the translation of another; the engine is shared.
WORKERS = 2
RUNNER: Any = ThreadPoolTaskRunner(max_workers=WORKERS)
WINDOW = 2 * WORKERS  # batches submitted and not yet done: memory does not grow with the run
SAMPLES = 5
MOST_SOURCES = 200  # an artifact stays well under a megabyte
PROGRESS_FROM = 4  # batches; a shorter run is over before a bar helps


def shown(title: str, description: str) -> dict[str, Any]:
    """Label a parameter of the form: Prefect 3.9.1 drops a Field's own title and description."""
    return {"title": title, "description": description}


Out = Annotated[
    str, Field(json_schema_extra=shown("Output folder", "Gets records.jsonl, rejected.jsonl and manifest.json"))
]
Engine = Annotated[
    Literal["ctranslate2", "transformers", "echo", "none"],
    Field(json_schema_extra=shown("Engine", "Which engine translates; none only detects and attributes")),
]
Policy = Annotated[
    Literal["metadata-only", "quote", "full", "ignore"],
    Field(json_schema_extra=shown("Text policy", "What a record keeps of a text without a grant")),
]
Basis = Annotated[
    str, Field(json_schema_extra=shown("Basis", "Ground for the policy full, kept in every record; else empty"))
]
BatchDocuments = Annotated[
    int, Field(ge=1, le=1000, json_schema_extra=shown("Documents a task", "Smaller batches, more work for the server"))
]
RejectedShare = Annotated[
    float, Field(ge=0, le=1, json_schema_extra=shown("Largest share rejected", "Above it the run is Failed"))
]


def settings_of(engine: Engine, policy: Policy, basis: Basis, batch_documents: BatchDocuments) -> Settings:
    """Return the settings that a form describes; the catalogue of further models is the operator's."""
    return Settings(
        translation=TranslationSettings(engine=engine, catalogue=os.environ.get("COLOPHON_MODELS") or None),
        rights=RightsSettings(policy=policy, basis=basis or None),
        batch_documents=batch_documents,
    )


def may_pass(_task: Any, _task_run: Any, state: State[Any]) -> bool:
    """Say whether trying a batch again can help: a model or setting that is wrong stays wrong."""
    return not isinstance(state.result(raise_on_failure=False), SETUP_ERRORS)


@task(
    retries=2,
    retry_delay_seconds=[5, 30],
    retry_condition_fn=may_pass,
    cache_policy=NO_CACHE,
    persist_result=False,
    task_run_name="batch-{number}",
)
def translate_batch(number: int, references: list[InputReference], folder: OutputFolder, settings: Settings) -> Counts:
    """Read, process and keep one batch. A disk that fails is tried again; a document that fails is a reject."""
    return finish_batch(number, read_batch(references, settings), folder, settings)


def publish(inputs: Callable[[], Iterable[InputReference]], out: Path, settings: Settings) -> None:
    """Process all that ``inputs`` yields, batch by batch, and publish the folder ``out``.

    ``inputs`` is called twice, once to know how much there is. A run that was interrupted goes on.
    """
    started = datetime.now(UTC)
    with open_folder(out, settings, resume=True) as folder:
        documents = sum(1 for _ in inputs())
        expected = -(-documents // settings.batch_documents)
        progress = create_progress_artifact(progress=0, key="progress") if expected >= PROGRESS_FROM else None
        done = 0
        tenth = 0  # the bar moves ten times: an update is a request, and costs as much as twenty documents
        for done, _ in enumerate(finished_batches(inputs(), folder, settings), start=1):
            if progress is not None and 10 * done // expected > tenth:
                tenth = 10 * done // expected
                assert isinstance(progress, UUID)  # a coroutine only in asynchronous flows
                update_progress_artifact(progress, progress=min(100.0, 100 * done / expected))
        counts = folder.publish(done, settings.model_dump(mode="json"))
        folder.note_run(started, counts)


def finished_batches(inputs: Iterable[InputReference], folder: OutputFolder, settings: Settings) -> Iterator[Counts]:
    """Yield the counts of each batch, in order; few are submitted ahead of the one that is waited for."""
    # quote: Prefect walks arguments object by object to find futures in them; these have none.
    constant: dict[str, Any] = {"folder": quote(folder), "settings": quote(settings)}
    waiting: deque[tuple[int, list[InputReference], PrefectFuture[Counts]]] = deque()
    for number, batch in enumerate(batches(inputs, settings)):
        waiting.append((number, batch, translate_batch.submit(number=number, references=quote(batch), **constant)))
        if len(waiting) == WINDOW:
            yield counts_of(*waiting.popleft(), folder)
    while waiting:
        yield counts_of(*waiting.popleft(), folder)


def counts_of(number: int, batch: list[InputReference], future: PrefectFuture[Counts], folder: OutputFolder) -> Counts:
    """Return what a batch counts, waiting for it; a batch that kept failing is rejected whole."""
    outcome = cast(Counts | Exception, future.result(raise_on_failure=False))
    if isinstance(outcome, SETUP_ERRORS):
        raise outcome
    if isinstance(outcome, Exception):
        get_run_logger().error("batch %d failed whole: %s", number, outcome)
        return reject_batch(number, batch, folder, outcome)
    return outcome


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


def report(out: Path) -> Counts:
    """Show a published output as artifacts, announce it by events, and return what it counts."""
    manifest = (out / MANIFEST).resolve()
    counts = Counts(**json.loads(manifest.read_text(encoding="utf-8"))["counts"])
    rows = list(source_rows(read_records(out), (r.location for r in read_rejected(out)), MOST_SOURCES))
    create_table_artifact(key="sources", table=rows, description=f"Sources read into {out}")
    samples = sample_markdown(read_records(out), SAMPLES)
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

"""Deployments ``translate-documents`` (by hand) and ``translate-inbox`` (scheduled): documents in, records out.

The work is ``colophon.worker``'s, the same as ``colophon run``'s, and so are the bytes of the output. A task is
a batch of documents, passed by reference: below that Prefect costs more than the work (20 ms of server a task).
"""

import html
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from prefect import flow, get_run_logger, task
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.events import emit_event
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote
from pydantic import Field

from colophon.reading import InputReference, input_references
from colophon.settings import RightsSettings, Settings, TranslationSettings
from colophon.showing import isolated
from colophon.worker import batches, finish_batch, open_folder, read_batch
from colophon.writing import MANIFEST, REJECTED, Counts, OutputFolder, read_records

# Reading and writing of one batch overlap with the translation of another; the engine is shared.
RUNNER: Any = ThreadPoolTaskRunner(max_workers=2)
SAMPLES = 5
MOST_SOURCES = 200  # an artifact stays well under a megabyte
PROGRESS_FROM = 4  # batches; a shorter run is over before a bar helps
# Markdown's own characters, so that no document writes headings, links or images into the UI.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+.!|~>:@/-])")


def shown(title: str, description: str) -> dict[str, Any]:
    """Label a parameter of the form: Prefect 3.9.1 drops a Field's own title and description."""
    return {"title": title, "description": description}


Inputs = Annotated[
    list[str],
    Field(min_length=1, json_schema_extra=shown("Inputs", "Files, folders, globs: .txt .md .html .jsonl .jsonl.gz")),
]
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


@task(
    retries=2,
    retry_delay_seconds=[5, 30],
    cache_policy=NO_CACHE,
    persist_result=False,
    task_run_name="batch-{number}",
)
def translate_batch(number: int, references: list[InputReference], folder: OutputFolder, settings: Settings) -> Counts:
    """Read, process and keep one batch. A disk that fails is tried again; a document that fails is a reject."""
    return finish_batch(number, read_batch(references, settings), folder, settings)


@flow(name="translate-documents", task_runner=RUNNER, persist_result=False)
def translate_documents(
    inputs: Inputs,
    out: Out,
    engine: Engine = "ctranslate2",
    policy: Policy = "quote",
    basis: Basis = "",
    batch_documents: BatchDocuments = 64,
    largest_rejected_share: RejectedShare = 0.5,
) -> State[None]:
    """Find what is not English, translate it, and write records with their provenance."""
    started = datetime.now(UTC)
    settings = Settings(
        translation=TranslationSettings(engine=engine, catalogue=os.environ.get("COLOPHON_MODELS")),
        rights=RightsSettings(policy=policy, basis=basis or None),
        batch_documents=batch_documents,
    )
    folder = open_folder(Path(out), settings, resume=True)
    # quote: Prefect walks arguments object by object to find futures in them; these have none.
    constant: dict[str, Any] = {"folder": quote(folder), "settings": quote(settings)}
    waiting = [
        translate_batch.submit(number=number, references=quote(batch), **constant)
        for number, batch in enumerate(batches(input_references(inputs, settings.reading), settings))
    ]
    progress = create_progress_artifact(progress=0, key="progress") if len(waiting) >= PROGRESS_FROM else None
    for done, future in enumerate(waiting, start=1):
        future.result()
        if progress is not None:
            assert isinstance(progress, UUID)  # a coroutine only in asynchronous flows
            update_progress_artifact(progress, progress=100 * done / len(waiting))
    counts = folder.publish(len(waiting), settings.model_dump(mode="json"))
    folder.note_run(started, counts)
    report(Path(out), counts)
    return verdict(counts, largest_rejected_share)


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


def report(out: Path, counts: Counts) -> None:
    """Publish the artifacts and events of a finished run."""
    create_table_artifact(key="sources", table=list(source_rows(out)), description=f"Sources read into {out}")
    create_markdown_artifact(key="samples", markdown=sample_markdown(out), description="Before and after")
    manifest = str((out / MANIFEST).resolve())
    resource = {"prefect.resource.id": f"colophon.output.{out.resolve()}", "prefect.resource.name": str(out)}
    payload = {"manifest": manifest, "records": counts.records, "rejected": counts.rejected}
    emit_event("colophon.records.published", resource=resource, payload=payload)
    if counts.needs_review:
        emit_event("colophon.record.needs-review", resource=resource, payload={**payload, "count": counts.needs_review})


def source_rows(out: Path) -> Iterator[dict[str, str | int]]:
    """Count what came of each source: a file, or a JSONL file's lines together."""
    tallies: dict[str, Counter[str]] = {}
    for record in read_records(out):
        tally = tallies.setdefault(record.source.location.split("#", maxsplit=1)[0], Counter())
        translated = sum(f.translation is not None for f in record.fragments)
        tally.update(records=1, fragments=len(record.fragments), translated=translated, review=int(record.needs_review))
    with (out / REJECTED).open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            location = json.loads(line)["location"].split("#", maxsplit=1)[0]
            tallies.setdefault(location, Counter()).update(rejected=1)
    columns = ("records", "rejected", "fragments", "translated", "review")
    for source in sorted(tallies)[:MOST_SOURCES]:
        yield {"source": isolated(source), **{column: tallies[source][column] for column in columns}}


def sample_markdown(out: Path) -> str:
    """Return a table of some fragments before and after, with right-to-left text in isolates."""
    rows = ["| document | language | before | after |", "| --- | --- | --- | --- |"]
    for record in read_records(out):
        for fragment in record.fragments:
            if fragment.duplicate_of is not None or fragment.text is None:
                continue
            if fragment.translation is None or fragment.translation.text is None:
                continue
            cells = (record.input_id, fragment.language, fragment.text, fragment.translation.text)
            rows.append("| " + " | ".join(map(cell, cells)) + " |")
            if len(rows) == SAMPLES + 2:
                return "\n".join(rows)
    return "\n".join(rows) if len(rows) > 2 else "No fragment of this run may be shown."


def cell(text: str) -> str:
    """Return document text that is only text to Markdown and HTML."""
    return _MARKDOWN.sub(r"\\\1", html.escape(isolated(text), quote=False))


if __name__ == "__main__":
    translate_documents(inputs=["examples/*.txt", "examples/*.html", "examples/*.jsonl"], out="out/flow")

"""Deployment ``bulk``: very many documents on many machines by Ray Data, in one Prefect task; docs/scale.md.

The work is ``colophon.worker``'s and so are the bytes of the output. Workers read inputs and write batches by the
paths given here, so both lie where every machine has them: a shared folder, or for inputs an object store.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.utilities.annotations import quote
from pydantic import Field

from colophon.errors import MissingExtraError, OutputError
from colophon.reading import input_references
from colophon.settings import Settings
from colophon.worker import BatchWorker, batch_row, batches, open_folder
from colophon.writing import OutputFolder
from flows.publishing import (
    Basis,
    BatchDocuments,
    Engine,
    Out,
    Policy,
    RejectedShare,
    may_pass,
    report,
    settings_of,
    shown,
    verdict,
)

# Batches a worker gets before more are listed: enough to hide its start, few enough that the list stays small.
WAVE = 256
# A worker that is killed is started again, and the batch that it held is given to another, so often.
RESTARTS = 8
STORE_BYTES = 200_000_000  # Ray's smallest sensible object store: only numbers and names pass through it

Inputs = Annotated[
    list[str],
    Field(
        min_length=1,
        json_schema_extra=shown("Inputs", "Paths or URLs that every machine can open: files, folders, s3://, gs://"),
    ),
]
Workers = Annotated[
    int, Field(ge=1, le=10_000, json_schema_extra=shown("Workers", "Processes, each with an engine and a processor"))
]
Cluster = Annotated[
    str, Field(json_schema_extra=shown("Ray cluster", "Its address, or auto; empty starts one on this machine"))
]


@flow(name="translate-in-bulk", persist_result=False)
def translate_in_bulk(
    inputs: Inputs,
    out: Out,
    engine: Engine = "ctranslate2",
    policy: Policy = "quote",
    basis: Basis = "",
    workers: Workers = 2,
    cluster: Cluster = "",
    batch_documents: BatchDocuments = 64,
    largest_rejected_share: RejectedShare = 0.5,
) -> State[None]:
    """Find what is not English in very many documents, translate it, and write records with their provenance."""
    started = datetime.now(UTC)
    settings = settings_of(engine, policy, basis, batch_documents)
    with open_folder(Path(out), settings, resume=True) as folder:
        # quote: Prefect walks arguments object by object to find futures in them; these have none.
        constant: dict[str, Any] = {"folder": quote(folder), "settings": quote(settings)}
        done = process_on_ray(inputs=list(inputs), workers=workers, cluster=cluster, **constant)
        counts = folder.publish(done, settings.model_dump(mode="json"))
        folder.note_run(started, counts)
    return verdict(report(Path(out)), largest_rejected_share)


@task(
    retries=2,
    retry_delay_seconds=[5, 30],
    retry_condition_fn=may_pass,
    cache_policy=NO_CACHE,
    persist_result=False,
    task_run_name="ray",
)
def process_on_ray(inputs: list[str], folder: OutputFolder, settings: Settings, workers: int, cluster: str) -> int:
    """Finish every batch on a Ray cluster and return how many there are; tried again, it goes on."""
    log = get_run_logger()
    references = batches(input_references(inputs, settings.reading), settings)
    rows = (batch_row(number, batch) for number, batch in enumerate(references))
    done = 0
    with on_ray(workers, cluster):
        while wave := list(islice(rows, WAVE * workers)):
            finished = sum(1 for _ in results(wave, folder, settings, workers))
            if finished != len(wave):
                raise OutputError(str(folder.folder), f"Ray lost {len(wave) - finished} batches; run again")
            done += finished
            log.info("%d batches finished", done)
    return done


def results(
    rows: list[dict[str, int | str]], folder: OutputFolder, settings: Settings, workers: int
) -> Iterator[dict[str, Any]]:
    """Yield number and counts of each batch as workers finish them; each row is a task of its own."""
    import ray.data

    dataset = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
        BatchWorker,
        fn_constructor_args=(folder, settings),
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(size=workers),
        num_cpus=1,
        max_restarts=RESTARTS,
        max_task_retries=RESTARTS,
    )
    yield from dataset.iter_rows()


@contextmanager
def on_ray(workers: int, cluster: str) -> Iterator[None]:
    """Connect to a cluster, or start one on this machine and stop it afterwards; nothing is reported to anyone."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray reads both nowhere else
    if not cluster:
        # Its ports are open to the network, whatever address it is given: a token guards them.
        os.environ.setdefault("RAY_AUTH_MODE", "token")
    try:
        import ray
        from ray.data import DataContext
    except ImportError as error:
        raise MissingExtraError("ray", "ray", "a bulk run") from error
    if cluster:
        ray.init(cluster, log_to_driver=False)
    else:
        ray.init(
            num_cpus=workers,
            include_dashboard=False,
            object_store_memory=STORE_BYTES,
            log_to_driver=False,
            _node_ip_address="127.0.0.1",
        )
    DataContext.get_current().enable_progress_bars = False
    try:
        yield
    finally:
        ray.shutdown()

"""Deployment ``bulk``: very many documents on many machines by Ray Data, in one Prefect task; docs/scale.md.

The work is ``colophon.worker``'s and so are the bytes of the output. Workers read inputs and write batches by the
paths given here, so both lie where every machine has them: a shared folder, or for inputs an object store.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from prefect import flow, get_run_logger, task
from prefect.client.schemas.objects import State
from prefect.utilities.annotations import quote

from colophon.errors import MissingExtraError, OutputError
from colophon.reading import input_references
from colophon.settings import Settings
from colophon.worker import BatchWorker, batch_row, batches
from colophon.writing import OutputFolder
from flows import forms
from flows.publishing import TRIED_AGAIN, conclude, publish

# Batches a worker gets before more are listed: enough to hide its start, few enough that the list stays small.
WAVE = 256
# A worker that is killed is started again, and the batch that it held is given to another, so often.
RESTARTS = 8
STORE_BYTES = 200_000_000  # Ray's smallest sensible object store: only numbers and names pass through it

Inputs = Annotated[
    list[str],
    forms.field("Inputs", "Paths or URLs that every machine can open: files, folders, s3://, gs://", min_length=1),
]
Workers = Annotated[int, forms.field("Workers", "Processes, each with an engine and a processor", ge=1, le=10_000)]
Cluster = Annotated[str, forms.field("Ray cluster", "Its address, or auto; empty starts one on this machine")]


@flow(name="translate-in-bulk", persist_result=False)
def translate_in_bulk(
    inputs: Inputs,
    out: forms.Out,
    engine: forms.Engine = "ctranslate2",
    policy: forms.Policy = "quote",
    basis: forms.Basis = "",
    workers: Workers = 2,
    cluster: Cluster = "",
    batch_documents: forms.BatchDocuments = 64,
    largest_rejected_share: forms.RejectedShare = 0.5,
) -> State[None]:
    """Find what is not English in very many documents, translate it, and write records with their provenance."""
    settings = forms.settings_of(engine, policy, basis, batch_documents)

    def finish(folder: OutputFolder) -> int:
        # quote: Prefect walks arguments object by object to find futures in them; these have none.
        constant: dict[str, Any] = {"folder": quote(folder), "settings": quote(settings)}
        done: int = process_on_ray(inputs=list(inputs), workers=workers, cluster=cluster, **constant)
        return done

    publish(Path(out), settings, finish)
    return conclude(Path(out), largest_rejected_share)


@task(task_run_name="ray", **TRIED_AGAIN)
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

"""Deployment ``on-published``: store each published output in a database, started by its event.

An event may come twice and runs may end in any order: a run that is stored already is left alone, and records
are told apart by their ids.
"""

from pathlib import Path
from typing import Annotated

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed
from pydantic import Field

from colophon.storing import Stored, store
from flows.publishing import may_pass, shown

Folder = Annotated[str, Field(json_schema_extra=shown("Folder", "A finished output: the folder with manifest.json"))]
Url = Annotated[
    str,
    Field(
        json_schema_extra=shown(
            "Store to", "sqlite:///FILE, postgresql+psycopg://USER@HOST/DATABASE (password: PGPASSWORD), or a .parquet"
        )
    ),
]


@task(retries=2, retry_delay_seconds=[10, 60], retry_condition_fn=may_pass, cache_policy=NO_CACHE, persist_result=False)
def store_output(folder: Folder, url: Url) -> Stored:
    """Store one output; a database that is away for a while is tried again."""
    return store(Path(folder), url)


@flow(name="store-records", persist_result=False)
def store_records(folder: Folder, url: Url) -> State[None]:
    """Store a finished output: all of it visible at once, or nothing."""
    stored = store_output(folder, url)
    if stored.already:
        return Completed(message=f"{stored.records} records were at {stored.target} already")
    return Completed(
        message=f"{stored.records} records at {stored.target}: {stored.written} new, {stored.changed} changed"
    )

"""Deployment ``on-published``: store each published output in a database, started by its event.

An event may come twice and runs may end in any order: a run that is stored already is left alone, and records
are told apart by their ids.
"""

from pathlib import Path
from typing import Annotated

from prefect import flow, task
from prefect.client.schemas.objects import State
from prefect.states import Completed

from colophon.storing import Stored, store
from flows import forms
from flows.publishing import TRIED_AGAIN

Folder = Annotated[str, forms.field("Folder", "A finished output: the folder with manifest.json")]
Url = Annotated[
    str,
    forms.field(
        "Store to", "sqlite:///FILE, postgresql+psycopg://USER@HOST/DATABASE (password: PGPASSWORD), or a .parquet"
    ),
]


@task(**{**TRIED_AGAIN, "retry_delay_seconds": [10, 60]})
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

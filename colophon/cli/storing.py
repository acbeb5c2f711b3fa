"""``colophon store``: the records of a finished run into a database, Parquet files, or a copy elsewhere."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from colophon.showing import printable
from colophon.storing import PLACES, Stored
from colophon.storing import store as store_output


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(store)


def store(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="An output folder of colophon run that has ended.")],
    to: Annotated[
        str, typer.Option(metavar="URL", help=f"{PLACES}. Files also at file://, s3://, gs://. Password: PGPASSWORD.")
    ],
    upgrade: Annotated[
        bool, typer.Option("--upgrade", help="Bring an older database to this version's tables first.")
    ] = False,
) -> None:
    """Store the records of a run; a run is visible whole or not at all, and storing it again changes nothing."""
    print(summary(store_output(folder, to, upgrade=upgrade)), file=sys.stderr)


def summary(done: Stored) -> str:
    """Return what was done, as a line for a person."""
    if done.already:
        return f"{done.records} records were there already → {printable(done.target)}"
    parts = [f"{done.written} new", f"{done.changed} replaced", f"{done.unchanged} unchanged"]
    return f"{done.records} records: {', '.join(parts)} → {printable(done.target)}"

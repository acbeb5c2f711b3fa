"""``colophon run`` and ``colophon show``: records out, and records as a person reads them."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from colophon.cli.options import (
    DEFAULT_ENGINE,
    DEFAULT_POLICY,
    Basis,
    Engine,
    Glossary,
    Inputs,
    Models,
    Policy,
    settings_from,
)
from colophon.cli.reviewing import say_unmatched
from colophon.errors import DataError, UsageError
from colophon.reviewing import decided_records
from colophon.showing import isolated, printable, record_lines
from colophon.worker import run as run_inputs
from colophon.writing import REJECTED, Counts, RejectedInput


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(run)
    app.command()(show)


def run(
    inputs: Inputs,
    out: Annotated[Path, typer.Option(help="Folder for records.jsonl, rejected.jsonl and manifest.json.")],
    engine: Engine = DEFAULT_ENGINE,
    policy: Policy = DEFAULT_POLICY,
    basis: Basis = None,
    glossary: Glossary = None,
    model: Models = None,
    resume: Annotated[bool, typer.Option(help="Go on from the finished batches of an interrupted run.")] = True,
) -> None:
    """Read documents, translate what is not English, and write one record a document."""
    settings = settings_from(engine, policy, basis, glossary, model)
    with _progress() as progress:
        counts = run_inputs(inputs, out, settings, resume=resume, stdin=sys.stdin.buffer, progress=progress)
    _summary(counts, out)
    raise SystemExit(3 if counts.rejected else 0)


def show(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="An output folder of colophon run.")],
    id: Annotated[str | None, typer.Argument(metavar="ID", help="A record's id or its input's id.")] = None,
) -> None:
    """Print records, or one of them, as a person reads them, with the decisions of persons."""
    shown = 0
    for record in decided_records(folder, unmatched=say_unmatched):
        if id is None or id in (record.id, record.input_id):
            print("\n".join(record_lines(record)), end="\n\n")
            shown += 1
    if id is not None and not shown:
        raise UsageError(f"{folder} has no record {id!r}; colophon show {folder} lists them all")
    if id is None:
        _show_rejected(folder)


def _show_rejected(folder: Path) -> None:
    path = folder / REJECTED
    if not path.is_file():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                reject = RejectedInput(**json.loads(line))
            except (ValueError, TypeError) as error:
                raise DataError(f"{path}, line {number}", f"not a rejected input: {error}") from error
            words = f"{isolated(reject.location)}: {isolated(reject.detail)} [{printable(reject.reason)}]"
            print(f"rejected {words}")


def _summary(counts: Counts, out: Path) -> None:
    print(
        f"{counts.records} records, {counts.fragments} fragments, {counts.translated} translated, "
        f"{counts.needs_review} to review, {counts.rejected} rejected → {out}",
        file=sys.stderr,
    )
    if counts.withheld:
        print(
            f"the text of {counts.withheld} is withheld (no grant found); "
            'with the right to keep it: --policy full --basis "…"',
            file=sys.stderr,
        )
    if counts.rejected:
        print(f"why inputs were rejected: {out / REJECTED}", file=sys.stderr)


@contextmanager
def _progress() -> Iterator[Callable[[Counts], None] | None]:
    """Show a line that grows on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading")
        yield lambda c: bar.update(task, description=f"{c.records} records, {c.translated} fragments translated")

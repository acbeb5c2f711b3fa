"""``colophon export``: records in the form of another standard, one JSON document a line."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from colophon.cli.reviewing import say_unmatched
from colophon.errors import OutputError, UsageError
from colophon.exporting import FORMS, json_line
from colophon.reviewing import decided_records
from colophon.reviewing.decisions import DECISIONS
from colophon.writing import MANIFEST, RECORDS, REJECTED, RUNS

_OURS = (RECORDS, REJECTED, MANIFEST, RUNS, DECISIONS)


class FormChoice(StrEnum):
    """Forms by name."""

    schemaorg = "schemaorg"
    ninjs = "ninjs"
    prov = "prov"
    odrl = "odrl"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(export)


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="An output folder of colophon run.")],
    form: Annotated[FormChoice, typer.Option("--as", help="schema.org JSON-LD, IPTC ninjs, W3C PROV-JSON or ODRL.")],
    out: Annotated[Path | None, typer.Option(help="A file to write; standard output when left out.")] = None,
) -> None:
    """Print each record in another form, with the decisions of persons; what is withheld stays withheld."""
    make = FORMS[form.value]
    lines = (json_line(make(record)) for record in decided_records(folder, unmatched=say_unmatched))
    if out is None:
        for line in lines:
            print(line)
        return
    if out.name in _OURS and out.resolve().parent == folder.resolve():
        raise UsageError(f"{out} is a file of the output folder itself; choose another --out")
    partial = out.with_name(f"{out.name}.partial-{os.getpid()}")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)
        os.replace(partial, out)
    except OSError as error:
        raise OutputError(str(out), f"cannot be written ({error.strerror}); choose another --out") from error
    finally:
        partial.unlink(missing_ok=True)
    print(f"records as {form.value} → {out}", file=sys.stderr)

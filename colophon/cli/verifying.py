"""``colophon verify``: is an output still what it claims to be, and are its words still the sources' own."""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from colophon.reading.editions import outputs_in
from colophon.showing import isolated, printable
from colophon.verifying import Verified
from colophon.verifying import verify as differences


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(verify)


def verify(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="An output folder of colophon run, or one with dated outputs.")
    ],
) -> None:
    """Check hashes, ids, signatures and spans of an output, and the sources that can still be read.

    Prints one line a difference: output, what differs, record or file, detail, with tabs between them; exit code 3.
    Sources are looked for where the records say, so start it from the folder that the run was started from.
    """
    outputs = outputs_in(folder) or [folder]
    done = Verified()
    codes: Counter[str] = Counter()
    for out in outputs:
        for found in differences(out, done):
            codes[found.code] += 1
            print(printable(str(out)), found.code, printable(found.where), isolated(found.detail), sep="\t")
    print(summary(len(outputs), done, codes), file=sys.stderr)
    raise SystemExit(3 if codes else 0)


def summary(outputs: int, done: Verified, codes: Counter[str]) -> str:
    """Return what was verified and how often each thing differs, as a line for a person."""
    counted = ", ".join(f"{count} {code}" for code, count in codes.most_common()) or "no differences"
    return f"{outputs} {'output' if outputs == 1 else 'outputs'}: {done}; {counted}"

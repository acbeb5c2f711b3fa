"""The command line: the contract that scripts rely on.

Exit codes: 0 every input became a record, 3 some were rejected or something is not as claimed, 2 wrong usage or set-up,
130 interrupted.
Results go to standard output, everything else to standard error.
"""

import io
import os
import sys
from typing import NoReturn

import typer

from colophon.cli import checking, exporting, inspecting, reviewing, running, storing, translating, verifying
from colophon.errors import ColophonError
from colophon.showing import printable

INTERRUPTED = 130

app = typer.Typer(
    help="Find what is not English, translate it, and write down where it came from and what may be done with it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (running, inspecting, translating, reviewing, exporting, storing, verifying, checking):
    module.register(app)


def main() -> None:
    """Run the command line; errors of Colophon become one clear line and exit code 2."""
    _write_utf_8()
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except ColophonError as error:
        print(f"colophon: {printable(str(error))}", file=sys.stderr)
        raise SystemExit(2) from error
    except BrokenPipeError:
        _stop_writing()
    except SystemExit as ended:
        # Typer turns these two into exit codes of its own.
        if isinstance(ended.__context__, BrokenPipeError):
            _stop_writing()
        if ended.code == INTERRUPTED:
            print("colophon: interrupted; run goes on from its last finished batch when given again", file=sys.stderr)
        raise


def _write_utf_8() -> None:
    """Write JSON Lines in UTF-8 whatever the locale says; a lone surrogate becomes its JSON escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _stop_writing() -> NoReturn:
    """End well: the reader of our output (head, less) has enough, and that is no failure of ours."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(0)

"""The command line: the contract that scripts rely on.

Exit codes: 0 every input became a record, 3 some were rejected, 2 wrong usage or set-up, 130 interrupted.
Results go to standard output, everything else to standard error.
"""

import sys

import typer

from colophon.cli import checking, inspecting, running, translating
from colophon.errors import ColophonError

app = typer.Typer(
    help="Find what is not English, translate it, and write down where it came from and what may be done with it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (running, inspecting, translating, checking):
    module.register(app)


def main() -> None:
    """Run the command line; errors of Colophon become one clear line and exit code 2."""
    try:
        app()
    except ColophonError as error:
        print(f"colophon: {error}", file=sys.stderr)
        raise SystemExit(2) from error
    except BrokenPipeError:
        # The reader of our output (head, less) has enough; that is no failure of ours.
        sys.stderr.close()
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        print("colophon: interrupted; the same command goes on from the last finished batch", file=sys.stderr)
        raise SystemExit(130) from None

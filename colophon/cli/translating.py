"""``colophon translate``: one line of English out for each line in."""

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from colophon.cli.options import DEFAULT_ENGINE, Engine, Glossary, Models, settings_from
from colophon.engines.registry import router
from colophon.errors import UsageError
from colophon.languages import internal_code
from colophon.settings import TranslationSettings
from colophon.showing import printable
from colophon.translating import FragmentText, Router, translate_fragments
from colophon.worker import models_for

# Lines read ahead: enough to fill the engine's batches, few enough to answer a pipe soon.
_AHEAD = 256


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(translate)


def translate(
    source: Annotated[str, typer.Option("--from", help="Language of the lines, such as he.")],
    file: Annotated[str, typer.Argument(metavar="[FILE|-]", help="UTF-8 text, line by line; - reads a pipe.")] = "-",
    engine: Engine = DEFAULT_ENGINE,
    glossary: Glossary = None,
    model: Models = None,
) -> None:
    """Translate lines; one that cannot be translated comes out as it is and is named on standard error."""
    language = internal_code(source)
    if language == "und":
        raise UsageError(f"--from {source!r} is no language code; write it as he, ar or zh-Hans")
    settings = settings_from(engine, glossary=glossary, models=model).translation
    engines = router(settings, models_for(settings))
    refusals = 0
    for number, (line, why) in enumerate(translated_lines(_lines(file), language, engines, settings), start=1):
        print(line, flush=True)
        if why is not None:
            refusals += 1
            print(f"line {number} is not translated: {printable(why)}", file=sys.stderr)
    raise SystemExit(3 if refusals else 0)


def translated_lines(
    lines: Iterable[str], language: str, engines: Router, settings: TranslationSettings
) -> Iterator[tuple[str, str | None]]:
    """Yield each line's English, or the line itself and the reason why it has none."""
    rest = iter(lines)
    while ahead := list(islice(rest, _AHEAD)):
        full = [line for line in ahead if line.strip()]
        wanted = [FragmentText(line.strip(), language, "caption") for line in full]
        outcomes = iter(translate_fragments(wanted, engines, settings))
        for line in ahead:
            if not line.strip():
                yield "", None
                continue
            outcome = next(outcomes)
            if "\ufffd" in line:
                yield line, "not UTF-8; convert the file first"
                continue
            if outcome.text is not None:
                yield " ".join(outcome.text.splitlines()), None
            else:
                yield line, outcome.detail or outcome.reason or "failed its checks"


def _lines(file: str) -> Iterator[str]:
    """Yield lines without their breaks; bytes that are not UTF-8 become U+FFFD, so that no later line is lost."""
    try:
        stream = sys.stdin.buffer if file == "-" else Path(file).open("rb")  # noqa: SIM115 - closed by the with below
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror})") from error
    with stream:
        for raw in stream:
            yield raw.decode("utf-8", "replace").rstrip("\r\n")

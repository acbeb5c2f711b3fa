"""``colophon schema``, ``colophon models`` and ``colophon doctor``: the contract, the models, the set-up."""

import json
import platform
from collections.abc import Iterator
from importlib import metadata
from typing import Annotated

import typer

from colophon.catalogue import verify
from colophon.cli import installing
from colophon.cli.options import settings_from
from colophon.errors import UsageError
from colophon.provenance import version
from colophon.records import record_schema
from colophon.worker import models_for

models_app = typer.Typer(help="The translation models that are trusted.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(schema)
    app.command()(doctor)
    installing.register(models_app)
    app.add_typer(models_app, name="models")


def schema() -> None:
    """Print the JSON Schema of a record."""
    print(json.dumps(record_schema(), indent=2, ensure_ascii=False))


@models_app.command("list")
def list_models() -> None:
    """List installed models: id, revision, languages, licence, folder."""
    for card in models_for(settings_from().translation):
        print(f"{card.id}\t{card.revision}\t{','.join(card.source_languages)}\t{card.licence}\t{card.folder}")


@models_app.command("verify")
def verify_models(id: Annotated[str | None, typer.Argument(help="One model; all when left out.")] = None) -> None:
    """Compare every file of the models with the SHA-256 in the catalogue."""
    cards = [card for card in models_for(settings_from().translation) if id in (None, card.id)]
    if not cards:
        raise UsageError(f"no model {id!r}: colophon models list names them" if id else "no model is installed")
    broken = 0
    for card in cards:
        problems = verify(card)
        broken += bool(problems)
        print(f"{card.id}\t{'; '.join(problems) if problems else 'ok'}")
    raise SystemExit(3 if broken else 0)


def doctor() -> None:
    """Say what is installed, within which bounds, and how to mend what is not."""
    print(f"colophon {version()}, Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    wrong = 0
    for line, ok in _package_lines():
        wrong += not ok
        print(line)
    for card in models_for(settings_from().translation):
        problems = verify(card)
        wrong += bool(problems)
        print(f"{'ok   ' if not problems else 'WRONG'} model {card.id}@{card.revision} {'; '.join(problems)}".rstrip())
    raise SystemExit(3 if wrong else 0)


def _package_lines() -> Iterator[tuple[str, bool]]:
    from packaging.requirements import Requirement

    try:
        requirements = metadata.requires("colophon") or []
    except metadata.PackageNotFoundError:
        yield "WRONG colophon runs from a folder and is not installed: pip install -e .", False
        return
    for text in requirements:
        wanted = Requirement(text)
        extra = _extra(wanted.marker)
        try:
            found = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            cure = f'pip install "colophon[{extra}]"' if extra else f'pip install "{wanted.name}{wanted.specifier}"'
            yield f"{'-    ' if extra else 'WRONG'} {wanted.name} is not installed: {cure}", bool(extra)
            continue
        if wanted.specifier.contains(found, prereleases=True):
            yield f"ok    {wanted.name} {found}", True
        else:
            yield f'WRONG {wanted.name} {found}: pip install "{wanted.name}{wanted.specifier}"', False


def _extra(marker: object) -> str | None:
    text = str(marker or "")
    return text.split('"')[1] if text.startswith("extra ==") else None

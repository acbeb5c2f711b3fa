"""``colophon models pull`` and ``colophon models import``: models from elsewhere, into the user's catalogue."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from colophon.catalogue import ModelCard
from colophon.cli.options import catalogue_path, settings_from
from colophon.errors import UsageError
from colophon.installing import argos, pulling
from colophon.installing.limits import GIB, Limits
from colophon.showing import printable
from colophon.worker import models_for

DEFAULT_LARGEST = Limits().weights // GIB

Consent = Annotated[bool, typer.Option("--accept-licence", help="I have read the licence, and my use is allowed.")]
Replace = Annotated[bool, typer.Option("--replace", help="Put it in the place of the same model at another revision.")]
Sentences = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="Your own trial sentences, a line each: LANG, a tab, the sentence."),
]


def register(models_app: typer.Typer) -> None:
    """Add the commands to ``colophon models``."""
    models_app.command()(pull)
    models_app.command("import")(import_package)


def pull(
    name: Annotated[str, typer.Argument(metavar="HUB_ID[@REVISION]", help="OWNER/NAME, of the hub in HF_ENDPOINT.")],
    source: Annotated[list[str], typer.Option("--from", metavar="LANG", help="Languages to translate, such as he,ar.")],
    accept_licence: Consent = False,
    replace: Replace = False,
    drop_checkpoint: Annotated[
        bool, typer.Option("--drop-checkpoint", help="Keep only what CTranslate2 reads, a quarter of the size.")
    ] = False,
    sentences: Sentences = None,
    largest: Annotated[
        int, typer.Option(metavar="GIB", min=1, help="Most that the weights may have.")
    ] = DEFAULT_LARGEST,
) -> None:
    """Fetch a Marian, M2M100, NLLB or MADLAD checkpoint, convert it, try it, and add it to your catalogue."""
    wishes = pulling.Wishes(
        catalogue=_catalogue(),
        tokens=pulling.languages_from(source),
        accept_licence=accept_licence,
        replace=replace,
        keep_checkpoint=not drop_checkpoint,
        sentences=sentences,
        limits=Limits(weights=largest * GIB),
    )
    _show(pulling.pull(name, wishes, _say))


def import_package(
    file: Annotated[Path, typer.Argument(metavar="FILE.argosmodel", exists=True, dir_okay=False)],
    licence: Annotated[str | None, typer.Option(help="Its licence, where you know it: packages seldom say.")] = None,
    accept_licence: Consent = False,
    replace: Replace = False,
    sentences: Sentences = None,
) -> None:
    """Add a package of Argos Translate to your catalogue, after trying it."""
    wishes = pulling.Wishes(
        catalogue=_catalogue(), tokens={}, accept_licence=accept_licence, replace=replace, sentences=sentences
    )
    _show(argos.install(file, licence, wishes, _say))


def _catalogue() -> Path:
    path = catalogue_path()
    if path is None:
        raise UsageError("COLOPHON_MODELS is set to nothing: name the catalogue that the model shall be added to")
    return path.absolute()


def _say(line: str) -> None:
    print(printable(line), file=sys.stderr)


def _show(card: ModelCard) -> None:
    """Print the new line of ``colophon models list``, and who is asked before the new model."""
    print(f"{card.id}\t{card.revision}\t{','.join(card.source_languages)}\t{card.licence}\t{card.folder}")
    for language in card.source_languages:
        first = next(one for one in models_for(settings_from().translation) if language in one.source_languages)
        if first.id != card.id:
            _say(f"{language} is still translated by {first.id}; to prefer the new one: --model {card.id}")

"""Options that several commands share, and the settings that they make."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from colophon.settings import RightsSettings, Settings, TranslationSettings


class EngineChoice(StrEnum):
    """Engines by name."""

    ctranslate2 = "ctranslate2"
    transformers = "transformers"
    echo = "echo"
    none = "none"


class PolicyChoice(StrEnum):
    """What a record keeps of a protected text."""

    metadata_only = "metadata-only"
    quote = "quote"
    full = "full"
    ignore = "ignore"


def catalogue_path() -> Path | None:
    """Return the user's catalogue of models, there or not: COLOPHON_MODELS, else a place of the user's data.

    None when COLOPHON_MODELS is set to nothing: then only models that ship are used.
    """
    named = os.environ.get("COLOPHON_MODELS")
    if named is not None:
        return Path(named) if named else None
    data = os.environ.get("XDG_DATA_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".local" / "share"
    return Path(data) / "colophon" / "models" / "catalogue.toml"


DEFAULTS = Settings()
DEFAULT_ENGINE = EngineChoice(DEFAULTS.translation.engine)
DEFAULT_POLICY = PolicyChoice(DEFAULTS.rights.policy)

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT...",
        help="Files, folders, globs, s3:// or gs:// (.txt .md .html .jsonl .warc, .gz), or - for JSONL.",
    ),
]
Engine = Annotated[EngineChoice, typer.Option(help="Which engine translates; none only detects and attributes.")]
Policy = Annotated[PolicyChoice, typer.Option(help="What a record keeps of a text without a grant.")]
Basis = Annotated[str | None, typer.Option(help="Ground for --policy full, kept in every record.")]
Models = Annotated[
    list[str] | None, typer.Option("--model", metavar="ID", help="Model to use before others; may be given again.")
]
Glossary = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Your own glossary, TOML.")]


def settings_from(
    engine: EngineChoice = DEFAULT_ENGINE,
    policy: PolicyChoice = DEFAULT_POLICY,
    basis: str | None = None,
    glossary: Path | None = None,
    models: list[str] | None = None,
) -> Settings:
    """Return the settings that options and environment ask for."""
    catalogue = catalogue_path()
    # A catalogue that was named must exist; the usual place is looked at.
    used = catalogue is not None and ("COLOPHON_MODELS" in os.environ or catalogue.is_file())
    return Settings(
        translation=TranslationSettings(
            engine=engine.value,
            glossary=None if glossary is None else str(glossary),
            catalogue=str(catalogue) if used else None,
            models=tuple(models or ()),
        ),
        rights=RightsSettings(policy=policy.value, basis=basis),
    )

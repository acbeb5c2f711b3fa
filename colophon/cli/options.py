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
Glossary = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Your own glossary, TOML.")]


def settings_from(
    engine: EngineChoice = DEFAULT_ENGINE,
    policy: PolicyChoice = DEFAULT_POLICY,
    basis: str | None = None,
    glossary: Path | None = None,
) -> Settings:
    """Return the settings that options and environment ask for."""
    return Settings(
        translation=TranslationSettings(
            engine=engine.value,
            glossary=None if glossary is None else str(glossary),
            catalogue=os.environ.get("COLOPHON_MODELS"),
        ),
        rights=RightsSettings(policy=policy.value, basis=basis),
    )

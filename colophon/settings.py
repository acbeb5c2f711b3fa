"""Every default, in one frozen object; functions take a section of it whole."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReadingSettings(_Section):
    """Limits on what one input may be; sizes in bytes, lengths in code points."""

    largest_input: Annotated[int, Field(gt=0)] = 64 * 1024 * 1024
    longest_text: Annotated[int, Field(gt=0)] = 5_000_000
    deepest_markup: Annotated[int, Field(gt=0)] = 250
    most_elements: Annotated[int, Field(gt=0)] = 50_000


class DetectionSettings(_Section):
    """What counts as a fragment."""

    target: Literal["en"] = "en"


class TranslationSettings(_Section):
    """Which engine, how it decodes, and which output is trusted."""

    engine: Literal["ctranslate2", "transformers", "echo", "none"] = "ctranslate2"
    beam: Annotated[int, Field(ge=1, le=16)] = 4
    batch_tokens: Annotated[int, Field(gt=0)] = 1024
    threads: Annotated[int, Field(ge=1)] = 1


class RightsSettings(_Section):
    """What a record keeps of a text that may not be reproduced; lengths in code points."""

    policy: Literal["metadata-only", "quote", "full", "ignore"] = "quote"
    basis: str | None = None
    longest_quote: Annotated[int, Field(ge=0)] = 300
    largest_share: Annotated[float, Field(ge=0, le=1)] = 0.1


class Settings(_Section):
    """The whole configuration of a run; its JSON is part of the record's signature."""

    reading: ReadingSettings = ReadingSettings()
    detection: DetectionSettings = DetectionSettings()
    translation: TranslationSettings = TranslationSettings()
    rights: RightsSettings = RightsSettings()
    batch_documents: Annotated[int, Field(ge=1, le=10_000)] = 64

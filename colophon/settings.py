"""Every default, in one frozen object; functions take a section of it whole."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReadingSettings(_Section):
    """Limits on what one input may be; sizes in bytes, lengths in code points.

    ``encoding`` is an encoding that the user vouches for; without it bytes speak for themselves.
    ``largest_expansion`` is how many times its size a compressed file may grow.
    """

    encoding: str | None = None
    largest_input: Annotated[int, Field(gt=0)] = 64 * 1024 * 1024
    largest_markup: Annotated[int, Field(gt=0)] = 16 * 1024 * 1024
    largest_expansion: Annotated[int, Field(gt=0)] = 200
    longest_text: Annotated[int, Field(gt=0)] = 5_000_000
    # Below libxml2's own limit of 256, so that a page is refused rather than cut.
    deepest_markup: Annotated[int, Field(gt=0, lt=256)] = 250
    most_elements: Annotated[int, Field(gt=0)] = 50_000
    # libxml2 takes quadratic time on the attributes of one tag: 14 s for 100,000.
    most_attributes: Annotated[int, Field(gt=0)] = 256
    most_claims: Annotated[int, Field(gt=0)] = 400
    longest_claim: Annotated[int, Field(gt=0)] = 2_000


class FetchingSettings(_Section):
    """How sources on the network are asked; times in seconds, sizes in bytes after decompression.

    Not a section of ``Settings``: how a page was fetched never changes its record. ``operator`` is how site
    owners reach whoever runs this (an address or a page), and must be set. ``allowed_networks`` are CIDR
    blocks that may be reached although they are not public.
    """

    operator: str | None = None
    allowed_networks: tuple[str, ...] = ()
    connect_timeout: Annotated[float, Field(gt=0)] = 10
    read_timeout: Annotated[float, Field(gt=0)] = 20
    total_timeout: Annotated[float, Field(gt=0)] = 60
    largest_body: Annotated[int, Field(gt=0)] = 16 * 1024 * 1024
    most_redirects: Annotated[int, Field(ge=0)] = 5
    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    first_wait: Annotated[float, Field(ge=0)] = 1
    longest_wait: Annotated[float, Field(ge=0)] = 60
    crawl_delay: Annotated[float, Field(ge=0)] = 1
    most_entries: Annotated[int, Field(gt=0)] = 500


class DetectionSettings(_Section):
    """What counts as a fragment."""

    target: Literal["en"] = "en"


class TranslationSettings(_Section):
    """Which engine, how it decodes, and which output is trusted.

    ``models`` are catalogue ids in order of preference; without it the catalogue's own order holds.
    ``glossary`` and ``catalogue`` are paths of a user's files, read after those that ship. Lengths in code points.
    """

    engine: Literal["ctranslate2", "transformers", "echo", "none"] = "ctranslate2"
    models: tuple[str, ...] = ()
    beam: Annotated[int, Field(ge=1, le=16)] = 4
    batch_tokens: Annotated[int, Field(gt=0)] = 1024
    threads: Annotated[int, Field(ge=1)] = 1
    device: Literal["cpu", "cuda"] = "cpu"
    compute_type: Literal["int8", "float32"] = "int8"
    # A sentence that fails a check is decoded once more with these.
    retry_beam: Annotated[int, Field(ge=1, le=16)] = 8
    retry_repetition_penalty: Annotated[float, Field(ge=1, le=3)] = 1.2
    retry_no_repeat_ngram: Annotated[int, Field(ge=0, le=10)] = 3
    longest_segment: Annotated[int, Field(ge=20)] = 300
    review_below: Annotated[float, Field(ge=0, le=1)] = 0.4
    glossary: str | None = None
    catalogue: str | None = None
    transliterate: bool = True


class RightsSettings(_Section):
    """What a record keeps of a text that may not be reproduced; lengths in code points.

    ``most_evidence`` bounds all bylines, credits and notices together: a page of terms is not evidence, but text.
    """

    policy: Literal["metadata-only", "quote", "full", "ignore"] = "quote"
    basis: str | None = None
    longest_quote: Annotated[int, Field(ge=0)] = 300
    largest_share: Annotated[float, Field(ge=0, le=1)] = 0.1
    most_evidence: Annotated[int, Field(ge=0)] = 3_000


class StoringSettings(_Section):
    """How records are stored; times in seconds, lengths in code points.

    Not a section of ``Settings``: where a record is kept never changes it. ``target_schemes`` are the kinds of
    places that files may be written to. ``lock_wait`` is how long one store waits for another to end.
    """

    batch_records: Annotated[int, Field(gt=0)] = 256
    batch_characters: Annotated[int, Field(gt=0)] = 4_000_000
    row_group_records: Annotated[int, Field(gt=0)] = 2_000
    row_group_characters: Annotated[int, Field(gt=0)] = 16_000_000
    connection_attempts: Annotated[int, Field(ge=1, le=20)] = 8
    connection_first_wait: Annotated[float, Field(ge=0)] = 0.5
    connection_longest_wait: Annotated[float, Field(ge=0)] = 30
    lock_wait: Annotated[float, Field(gt=0)] = 600
    target_schemes: tuple[str, ...] = ("file", "gs", "memory", "s3")


class Settings(_Section):
    """The whole configuration of a run; its JSON is part of the record's signature."""

    reading: ReadingSettings = ReadingSettings()
    detection: DetectionSettings = DetectionSettings()
    translation: TranslationSettings = TranslationSettings()
    rights: RightsSettings = RightsSettings()
    batch_documents: Annotated[int, Field(ge=1, le=10_000)] = 64

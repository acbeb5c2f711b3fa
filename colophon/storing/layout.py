"""The tables that a record becomes, the same in SQL and in Parquet.

A column is named by the path of its field in the record, joined by ``_``: ``body.text`` is ``body_text``. Three
names differ: ``start`` and ``end`` are ``span_start`` and ``span_end``, because ``end`` is a word of SQL, and a pair
of offsets is two columns. Every child row carries ``document_id``, the record's id.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "whole", "real", "truth", "texts", "shares", "issues", "parties", "overrides"]


@dataclass(frozen=True, slots=True)
class Column:
    """One typed column; ``key`` columns together name a row."""

    name: str
    kind: Kind = "text"
    optional: bool = False
    key: bool = False


def _text(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _optional(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, optional=True) for name in names)


_CHILD = (Column("document_id", "id", key=True), Column("number", "whole", key=True))
_SPAN = (Column("span_start", "whole"), Column("span_end", "whole"))

DOCUMENTS = (
    Column("id", "id", key=True),
    *_text("schema_version", "input_id", "language", "language_tag"),
    Column("languages", "shares"),
    *_text("source_location"),
    *_optional("source_url"),
    *_text("source_media_type", "source_encoding", "source_encoding_basis"),
    Column("source_byte_length", "whole"),
    *_text("source_bytes_sha256"),
    Column("source_repairs", "texts"),
    Column("body_length", "whole"),
    *_text("body_sha256"),
    *_optional("body_text"),
    Column("english_length", "whole"),
    *_text("english_sha256"),
    *_optional("english_text"),
    Column("translation_claim_evident", "truth"),
    Column("translation_claim_translator_stated", "truth"),
    *_optional("translation_claim_source_language", "translation_claim_basis"),
    *_text("reproduction_status", "reproduction_treat_as"),
    Column("reproduction_conditions", "texts"),
    Column("reproduction_reserved_actions", "texts"),
    *_optional("reproduction_scope"),
    Column("reproduction_conflict", "truth"),
    *_text("reproduction_tdm"),
    Column("reproduction_tdm_signals", "texts"),
    Column("reproduction_review_required", "truth"),
    *_text("reproduction_decided_by"),
    Column("reproduction_overrides", "overrides"),
    *_text("access_policy"),
    Column("access_withheld", "texts"),
    *_optional("access_reason", "access_basis", "disclosure", "digital_source_type"),
    Column("needs_review", "truth"),
    Column("issues", "issues"),
    *_text("made_by_colophon", "made_by_detector", "made_by_rules"),
    Column("made_by_engines", "texts"),
    *_text("made_by_decoding", "made_by_signature"),
)
FRAGMENTS = (
    *_CHILD,
    *_SPAN,
    *_optional("text"),
    *_text("language", "script"),
    Column("confidence", "real"),
    *_text("method", "evidence"),
    *_optional("rival"),
    Column("margin", "real", optional=True),
    *_text("role"),
    Column("duplicate_of", "whole", optional=True),
    *_optional("untranslated_because"),
)
# ``number`` is that of the fragment: at most one translation each.
TRANSLATIONS = (
    *_CHILD,
    *_optional("text"),
    *_text("sha256", "target_tag", "translator_kind"),
    *_optional("translator_engine", "translator_model", "translator_revision", "translator_model_sha256"),
    Column("confidence", "real", optional=True),
    Column("flags", "texts"),
    Column("glossary_terms", "texts"),
    *_text("disclosure", "review"),
)
STATEMENTS = (
    *_CHILD,
    *_text("kind", "value"),
    Column("span_start", "whole", optional=True),
    Column("span_end", "whole", optional=True),
    *_optional("text"),
    *_text("origin", "rule", "basis"),
    *_optional("zone"),
    Column("rank", "whole"),
    Column("parties", "parties"),
    Column("caption_start", "whole", optional=True),
    Column("caption_end", "whole", optional=True),
    Column("machine", "truth"),
    *_optional("source_language"),
    Column("about_article", "truth"),
)
# Notices decide, clues do not: ``clue`` tells them apart, ``number`` counts the notices first.
NOTICES = (
    *_CHILD,
    Column("clue", "truth"),
    *_SPAN,
    *_optional("text"),
    *_text("kind", "language", "rule", "zone"),
    Column("relevance", "whole"),
    Column("quoted", "truth"),
    *_text("sha256"),
    *_optional("holder", "spdx"),
)

CHILDREN: dict[str, tuple[Column, ...]] = {
    "fragments": FRAGMENTS,
    "translations": TRANSLATIONS,
    "statements": STATEMENTS,
    "notices": NOTICES,
}
TABLES: dict[str, tuple[Column, ...]] = {"documents": DOCUMENTS, **CHILDREN}

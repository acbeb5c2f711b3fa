"""The tables of runs, documents and what belongs to them."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

_ID = sa.String(200)
_HASH = sa.String(64)
_CHILDREN = ("notices", "statements", "translations", "fragments")


def upgrade() -> None:
    """Make the tables."""
    _runs()
    _documents()
    _run_documents()
    _rejects()
    _fragments()
    _translations()
    _statements()
    _notices()


def downgrade() -> None:
    """Drop the tables and all that they hold."""
    for name in (*_CHILDREN, "rejects", "run_documents", "documents", "runs"):
        op.drop_table(name)


def _json(*names: str) -> list[sa.Column[Any]]:
    kind = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    return [sa.Column(name, kind, nullable=False) for name in names]


def _text(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _text_or_null(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=True) for name in names]


def _whole(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _whole_or_null(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger(), nullable=True) for name in names]


def _truth(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Boolean(), nullable=False) for name in names]


def _real(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Double(), nullable=nullable)


def _run_id() -> sa.Column[Any]:
    return sa.Column("run_id", _ID, sa.ForeignKey("runs.id"), nullable=False)


def _child(name: str, *columns: sa.Column[Any], parent: sa.ForeignKeyConstraint | None = None) -> None:
    op.create_table(
        name,
        sa.Column("document_id", _ID, nullable=False),
        *_whole("number"),
        *columns,
        parent if parent is not None else sa.ForeignKeyConstraint(["document_id"], ["documents.id"]),
        sa.PrimaryKeyConstraint("document_id", "number"),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("number", sa.BigInteger(), nullable=False, unique=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        *_text("folder", "schema_version", "signature"),
        *_whole("records", "rejected", "fragments", "translated", "needs_review", "withheld"),
        *_json("settings", "replaced"),
    )


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", _ID, primary_key=True),
        *_text("schema_version", "input_id", "language", "language_tag"),
        *_json("languages"),
        *_text("source_location"),
        *_text_or_null("source_url"),
        *_text("source_media_type", "source_encoding", "source_encoding_basis"),
        *_whole("source_byte_length"),
        *_text("source_bytes_sha256"),
        *_json("source_repairs"),
        *_whole("body_length"),
        *_text("body_sha256"),
        *_text_or_null("body_text"),
        *_whole("english_length"),
        *_text("english_sha256"),
        *_text_or_null("english_text"),
        *_truth("translation_claim_evident", "translation_claim_translator_stated"),
        *_text_or_null("translation_claim_source_language", "translation_claim_basis"),
        *_text("reproduction_status", "reproduction_treat_as"),
        *_json("reproduction_conditions", "reproduction_reserved_actions"),
        *_text_or_null("reproduction_scope"),
        *_truth("reproduction_conflict"),
        *_text("reproduction_tdm"),
        *_json("reproduction_tdm_signals"),
        *_truth("reproduction_review_required"),
        *_text("reproduction_decided_by"),
        *_json("reproduction_overrides"),
        *_text("access_policy"),
        *_json("access_withheld"),
        *_text_or_null("access_reason", "access_basis", "disclosure", "digital_source_type"),
        *_truth("needs_review"),
        *_json("issues"),
        *_text("made_by_colophon", "made_by_detector", "made_by_rules"),
        *_json("made_by_engines"),
        *_text("made_by_decoding", "made_by_signature"),
        sa.Column("input_key", _HASH, nullable=False),
        sa.Column("record_sha256", _HASH, nullable=False),
        _run_id(),
        *_json("replaced"),
    )
    op.create_index("ix_documents_input_key", "documents", ["input_key"])
    op.create_index("ix_documents_run_id", "documents", ["run_id"])
    op.create_index("ix_documents_reproduction_status", "documents", ["reproduction_status"], postgresql_using="hash")


def _run_documents() -> None:
    op.create_table(
        "run_documents",
        _run_id(),
        *_whole("position"),
        sa.Column("document_id", _ID, sa.ForeignKey("documents.id"), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "position"),
    )
    op.create_index("ix_run_documents_document_id", "run_documents", ["document_id"])


def _rejects() -> None:
    op.create_table(
        "rejects",
        _run_id(),
        *_whole("number"),
        *_text("location", "reason", "detail"),
        *_json("replaced"),
        sa.PrimaryKeyConstraint("run_id", "number"),
    )


def _fragments() -> None:
    _child(
        "fragments",
        *_whole("span_start", "span_end"),
        *_text_or_null("text"),
        *_text("language", "script"),
        _real("confidence"),
        *_text("method", "evidence"),
        *_text_or_null("rival"),
        _real("margin", nullable=True),
        *_text("role"),
        *_whole_or_null("duplicate_of"),
        *_text_or_null("untranslated_because"),
    )
    op.create_index("ix_fragments_language", "fragments", ["language"], postgresql_using="hash")


def _translations() -> None:
    _child(
        "translations",
        *_text_or_null("text"),
        *_text("sha256", "target_tag", "translator_kind"),
        *_text_or_null("translator_engine", "translator_model", "translator_revision", "translator_model_sha256"),
        _real("confidence", nullable=True),
        *_json("flags", "glossary_terms"),
        *_text("disclosure", "review"),
        parent=sa.ForeignKeyConstraint(["document_id", "number"], ["fragments.document_id", "fragments.number"]),
    )


def _statements() -> None:
    _child(
        "statements",
        *_text("kind", "value"),
        *_whole_or_null("span_start", "span_end"),
        *_text_or_null("text"),
        *_text("origin", "rule", "basis"),
        *_text_or_null("zone"),
        *_whole("rank"),
        *_json("parties"),
        *_whole_or_null("caption_start", "caption_end"),
        *_truth("machine"),
        *_text_or_null("source_language"),
        *_truth("about_article"),
    )
    op.create_index("ix_statements_kind", "statements", ["kind"], postgresql_using="hash")


def _notices() -> None:
    _child(
        "notices",
        *_truth("clue"),
        *_whole("span_start", "span_end"),
        *_text_or_null("text"),
        *_text("kind", "language", "rule", "zone"),
        *_whole("relevance"),
        *_truth("quoted"),
        *_text("sha256"),
        *_text_or_null("holder", "spdx"),
    )

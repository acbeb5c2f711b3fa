"""The SQL tables, from ``layout``: what is queried. What is created is in ``migrations/``; a test compares both."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from colophon.storing import layout

# Longest id of a record or run, in code points: an index entry of PostgreSQL holds 2,700 bytes.
LONGEST_ID = 200

metadata = MetaData()


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC: ``timestamptz`` in PostgreSQL, ISO 8601 without a zone in SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Bring the moment to UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Say UTC where the database cannot."""
        return value if value is None or value.tzinfo is not None else value.replace(tzinfo=UTC)


def json_type() -> JSON:
    """Return the type of lists and objects: JSON text in SQLite, JSONB in PostgreSQL."""
    # None is SQL's NULL, not JSON's.
    return JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _type(kind: layout.Kind) -> TypeEngine[Any]:
    match kind:
        case "id":
            return String(LONGEST_ID)
        case "text":
            return Text()
        case "whole":
            return BigInteger()
        case "real":
            return Double()
        case "truth":
            return Boolean()
        case _:
            return json_type()


def _columns(columns: tuple[layout.Column, ...]) -> list[Column[Any]]:
    return [Column(c.name, _type(c.kind), primary_key=c.key, nullable=c.optional, autoincrement=False) for c in columns]


runs = Table(
    "runs",
    metadata,
    Column("id", String(LONGEST_ID), primary_key=True),
    # 1, 2, 3 in the order in which runs became visible.
    Column("number", BigInteger(), nullable=False, unique=True),
    Column("stored_at", UtcTime(), nullable=False),
    Column("folder", Text(), nullable=False),
    Column("schema_version", Text(), nullable=False),
    Column("signature", Text(), nullable=False),
    *(
        Column(name, BigInteger(), nullable=False)
        for name in ("records", "rejected", "fragments", "translated", "needs_review", "withheld")
    ),
    Column("settings", json_type(), nullable=False),
    Column("replaced", json_type(), nullable=False),
)
documents = Table(
    "documents",
    metadata,
    *_columns(layout.DOCUMENTS),
    # Equal for all records of one input, whatever made them: SHA-256 of its location and id.
    Column("input_key", String(64), nullable=False, index=True),
    Column("record_sha256", String(64), nullable=False),
    # The run that wrote this row as it is.
    Column("run_id", String(LONGEST_ID), ForeignKey("runs.id"), nullable=False, index=True),
    Column("replaced", json_type(), nullable=False),
)
run_documents = Table(
    "run_documents",
    metadata,
    Column("run_id", String(LONGEST_ID), ForeignKey("runs.id"), primary_key=True),
    Column("position", BigInteger(), primary_key=True, autoincrement=False),
    Column("document_id", String(LONGEST_ID), ForeignKey("documents.id"), nullable=False, index=True),
)
rejects = Table(
    "rejects",
    metadata,
    Column("run_id", String(LONGEST_ID), ForeignKey("runs.id"), primary_key=True),
    Column("number", BigInteger(), primary_key=True, autoincrement=False),
    Column("location", Text(), nullable=False),
    Column("reason", Text(), nullable=False),
    Column("detail", Text(), nullable=False),
    Column("replaced", json_type(), nullable=False),
)


def _child(name: str, columns: tuple[layout.Column, ...]) -> Table:
    if name == "translations":
        parent = ForeignKeyConstraint(["document_id", "number"], ["fragments.document_id", "fragments.number"])
    else:
        parent = ForeignKeyConstraint(["document_id"], ["documents.id"])
    return Table(name, metadata, *_columns(columns), parent)


children = {name: _child(name, columns) for name, columns in layout.CHILDREN.items()}

# By hash in PostgreSQL, whose ordered indexes refuse long values: a record may hold a tag of any length.
_hash: dict[str, Any] = {"postgresql_using": "hash"}
Index("ix_fragments_language", children["fragments"].c.language, **_hash)
Index("ix_statements_kind", children["statements"].c.kind, **_hash)
Index("ix_documents_reproduction_status", documents.c.reproduction_status, **_hash)

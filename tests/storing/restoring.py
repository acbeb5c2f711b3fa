"""The way back: records put together from rows, written without a look at ``colophon.storing.rows``."""

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pyarrow.parquet import read_table  # type: ignore[import-untyped]
from sqlalchemy import create_engine, select

from colophon.records import DocumentRecord
from colophon.storing.tables import children, documents, run_documents, runs

Row = Mapping[str, Any]
Tables = Mapping[str, Iterable[Row]]


def restored(tables: Tables) -> dict[str, DocumentRecord]:
    """Return the records that rows tell of, by id."""
    made: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for name in ("fragments", "translations", "statements", "notices"):
        for row in sorted(tables[name], key=lambda row: row["number"]):
            made[row["document_id"]][name].append(row)
    return {row["id"]: record(row, made[row["id"]]) for row in tables["documents"]}


def record(row: Row, lists: Mapping[str, list[Row]]) -> DocumentRecord:
    values = values_of(row, lists)
    for replaced in row.get("replaced", ()):
        put_back(values, **replaced)
    return DocumentRecord.model_validate(values)


def put_back(values: Any, *, field: str, was: str, count: int, at: list[int]) -> None:
    """Undo what the database would not hold."""
    *path, last = (int(part) if part.isdecimal() else part for part in field.split("."))
    for part in path:
        values = values[part]
    assert len(at) == count
    letters = list(values[last])
    for offset in at:
        letters[offset] = chr(int(was.removeprefix("U+"), 16))
    values[last] = "".join(letters)


def values_of(row: Row, lists: Mapping[str, list[Row]]) -> dict[str, Any]:
    english = {t["number"]: translation(t) for t in lists["translations"]}
    return copy.deepcopy(
        {
            **picked(row, "id", "schema_version", "input_id", "language", "language_tag", "languages", "disclosure"),
            **picked(row, "digital_source_type", "needs_review", "issues"),
            **{part: under(row, part) for part in ("source", "body", "english", "translation_claim", "access")},
            "made_by": under(row, "made_by"),
            "reproduction": {
                **under(row, "reproduction"),
                "notices": [notice(n) for n in lists["notices"] if not n["clue"]],
                "clues": [notice(n) for n in lists["notices"] if n["clue"]],
            },
            "fragments": [fragment(f, english.get(f["number"])) for f in lists["fragments"]],
            "statements": [statement(s) for s in lists["statements"]],
        }
    )


def fragment(row: Row, english: dict[str, Any] | None) -> dict[str, Any]:
    names = ("text", "language", "script", "confidence", "method", "evidence", "rival", "margin", "role")
    return {**span(row), **picked(row, *names, "duplicate_of", "untranslated_because"), "translation": english}


def translation(row: Row) -> dict[str, Any]:
    names = ("text", "sha256", "target_tag", "confidence", "flags", "glossary_terms", "disclosure", "review")
    return {**picked(row, *names), "translator": under(row, "translator")}


def statement(row: Row) -> dict[str, Any]:
    names = ("kind", "value", "text", "origin", "rule", "basis", "zone", "rank", "parties", "machine")
    pair = None if row["caption_start"] is None else (row["caption_start"], row["caption_end"])
    return {**span(row), **picked(row, *names, "source_language", "about_article"), "caption": pair}


def notice(row: Row) -> dict[str, Any]:
    names = ("text", "kind", "language", "rule", "zone", "relevance", "quoted", "sha256", "holder", "spdx")
    return {**span(row), **picked(row, *names)}


def span(row: Row) -> dict[str, Any]:
    return {"start": row["span_start"], "end": row["span_end"]}


def picked(row: Row, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def under(row: Row, part: str) -> dict[str, Any]:
    return {name.removeprefix(f"{part}_"): value for name, value in row.items() if name.startswith(f"{part}_")}


def parquet_tables(folder: Path | str, **options: Any) -> dict[str, list[Row]]:
    """Return every table of a Parquet folder, as rows."""
    names = ("documents", "fragments", "translations", "statements", "notices", "rejects")
    return {name: read_table(f"{folder}/{name}.parquet", **options).to_pylist() for name in names}


def sql_tables(url: str) -> dict[str, list[Row]]:
    """Return every table of a database, as rows in no particular order."""
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = {"documents": documents, "runs": runs, "run_documents": run_documents, **children}
        found = {name: [*connection.execute(select(table)).mappings()] for name, table in tables.items()}
    engine.dispose()
    return {name: [dict(row) for row in rows] for name, rows in found.items()}

"""Records in a database: SQLite or PostgreSQL. Needs the extra ``sql`` (sqlalchemy, alembic, psycopg).

A run is stored in one transaction, so readers see all of it or none, and a killed store leaves nothing behind. One
store at a time writes a database; readers are never kept waiting.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, update

from colophon.errors import DataError
from colophon.records import DocumentRecord
from colophon.settings import StoringSettings
from colophon.storing.connecting import Database
from colophon.storing.finished import FinishedOutput
from colophon.storing.rows import Row, Rows, rows_of_json
from colophon.storing.storable import storable
from colophon.storing.stored import Stored
from colophon.storing.tables import LONGEST_ID, children, documents, rejects, run_documents, runs
from colophon.storing.upgrading import prepare


def store_in_database(output: FinishedOutput, url: str, settings: StoringSettings, *, upgrade: bool) -> Stored:
    """Store a finished run; a run that is there already is left alone.

    Raises UsageError, MissingExtraError, DataError or OutputError; then nothing of the run is visible.
    """
    database = Database(url, settings)

    def work(connection: Connection) -> Stored:
        prepare(connection, database.shown, upgrade=upgrade)
        return _stored(connection, output, settings, database.shown)

    return database.exclusively(work)


def _stored(connection: Connection, output: FinishedOutput, settings: StoringSettings, shown: str) -> Stored:
    total = Stored(shown, output.run_id, output.manifest.counts.records)
    if connection.scalar(select(runs.c.id).where(runs.c.id == output.run_id)) is not None:
        return replace(total, already=True)
    connection.execute(insert(runs), _run_row(connection, output))
    position = 0
    for batch in _batches(output.records(), settings):
        total = _store_batch(connection, batch, output.run_id, position, total)
        position += len(batch)
    _store_rejects(connection, output, settings)
    return total


@dataclass(slots=True)
class _Prepared:
    """A record ready to be stored: its rows, and the hash of its JSON."""

    id: str
    sha256: str
    rows: Rows = field(repr=False)
    characters: int


def _batches(records: Iterator[DocumentRecord], settings: StoringSettings) -> Iterator[list[_Prepared]]:
    """Cut records into batches bounded in number and in characters, so that memory stays flat."""
    batch: list[_Prepared] = []
    characters = 0
    for record in records:
        prepared = _prepared(record)
        batch.append(prepared)
        characters += prepared.characters
        if len(batch) == settings.batch_records or characters >= settings.batch_characters:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _prepared(record: DocumentRecord) -> _Prepared:
    if len(record.id) > LONGEST_ID or not record.id.isprintable():
        raise DataError("records.jsonl", f"id {record.id[:LONGEST_ID]!r} is not an id that Colophon makes; run again")
    line = record.model_dump_json()
    values, replaced = storable(record.model_dump(mode="json"))
    rows = rows_of_json(values)
    digest = sha256(line.encode()).hexdigest()
    key = sha256(f"{record.source.location}\n{record.input_id}".encode()).hexdigest()
    rows["documents"][0].update(record_sha256=digest, input_key=key, replaced=replaced)
    return _Prepared(record.id, digest, rows, len(line))


def _store_batch(
    connection: Connection, batch: Sequence[_Prepared], run_id: str, position: int, total: Stored
) -> Stored:
    ids = {p.id for p in batch}
    query = select(documents.c.id, documents.c.record_sha256, documents.c.run_id).where(documents.c.id.in_(ids))
    known = {row.id: row for row in connection.execute(query)}
    new: dict[str, _Prepared] = {}
    changed: dict[str, _Prepared] = {}
    for p in batch:
        twin = new.get(p.id) or changed.get(p.id)
        there = known.get(p.id)
        if twin is not None and twin.sha256 != p.sha256:
            raise _differing_twins(p.id)
        if there is None:
            new[p.id] = p
        elif there.record_sha256 != p.sha256:
            if there.run_id == run_id:
                raise _differing_twins(p.id)
            changed[p.id] = p
    _drop_children(connection, list(changed))
    _update_documents(connection, [_document(p, run_id) for p in changed.values()])
    _insert(connection, documents, [_document(p, run_id) for p in new.values()])
    for name, table in children.items():
        _insert(connection, table, [row for p in (*new.values(), *changed.values()) for row in p.rows[name]])
    places = [{"run_id": run_id, "position": position + n, "document_id": p.id} for n, p in enumerate(batch)]
    _insert(connection, run_documents, places)
    return replace(
        total,
        written=total.written + len(new),
        changed=total.changed + len(changed),
        unchanged=total.unchanged + len(batch) - len(new) - len(changed),
    )


def _differing_twins(id: str) -> DataError:
    return DataError("records.jsonl", f"two records have the id {id} and differ; run again into a new folder")


def _document(prepared: _Prepared, run_id: str) -> Row:
    return {**prepared.rows["documents"][0], "run_id": run_id}


def _drop_children(connection: Connection, ids: Sequence[str]) -> None:
    if ids:
        # Translations point to fragments, so they go first.
        for name in ("translations", "fragments", "statements", "notices"):
            table = children[name]
            connection.execute(delete(table).where(table.c.document_id.in_(ids)))


def _update_documents(connection: Connection, rows: Sequence[Row]) -> None:
    if rows:
        # The other parameters name columns, which are set to them.
        parameters = [{"the_id": row["id"], **{name: row[name] for name in row if name != "id"}} for row in rows]
        connection.execute(update(documents).where(documents.c.id == bindparam("the_id")), parameters)


def _insert(connection: Connection, table: Table, rows: list[Row]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _run_row(connection: Connection, output: FinishedOutput) -> dict[str, Any]:
    number = (connection.scalar(select(func.max(runs.c.number))) or 0) + 1
    manifest = output.manifest
    described = {
        "folder": str(output.folder.absolute()),
        "schema_version": manifest.schema_version,
        "signature": manifest.signature,
        "settings": manifest.settings,
    }
    values, replaced = storable(described)
    return {
        "id": output.run_id,
        "number": number,
        "stored_at": datetime.now(UTC),
        **values,
        **asdict(manifest.counts),
        "replaced": replaced,
    }


def _store_rejects(connection: Connection, output: FinishedOutput, settings: StoringSettings) -> None:
    rows: list[Row] = []
    for number, reject in enumerate(output.rejects()):
        values, replaced = storable(asdict(reject))
        rows.append({"run_id": output.run_id, "number": number, **values, "replaced": replaced})
        if len(rows) == settings.batch_records:
            _insert(connection, rejects, rows)
            rows = []
    _insert(connection, rejects, rows)

"""Records as Parquet: a folder with a file a table, zstd, typed columns. Needs the extra ``parquet`` (pyarrow).

Flat tables with the names and columns of the SQL tables, and not one nested file: pandas shows nested columns as
arrays of dictionaries that neither filter nor join, a reader of fragments need not touch texts, and one query serves
both kinds of store. What has no life of its own (flags, parties, issues) stays a list in its row.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import IO, Any

import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow.parquet import ParquetWriter  # type: ignore[import-untyped]

from colophon.errors import DataError
from colophon.settings import StoringSettings
from colophon.storing import layout
from colophon.storing.finished import FinishedOutput
from colophon.storing.rows import Row, rows_of
from colophon.storing.storable import storable
from colophon.storing.stored import Stored
from colophon.storing.targets import Draft, Target
from colophon.writing import MANIFEST

_REJECTS = "rejects"
FILES = (*(f"{name}.parquet" for name in (*layout.TABLES, _REJECTS)), MANIFEST)

# Records that are dictionaries at the same time: they take tens of times their JSON. No file depends on these two.
_BATCH_RECORDS = 64
_BATCH_CHARACTERS = 1_000_000

_offset = pa.int64()
_TYPES: dict[layout.Kind, pa.DataType] = {
    "id": pa.string(),
    "text": pa.string(),
    "whole": pa.int64(),
    "real": pa.float64(),
    "truth": pa.bool_(),
    "texts": pa.list_(pa.string()),
    "shares": pa.list_(
        pa.struct([("language", pa.string()), ("letters", pa.int64()), ("share", pa.float64())]),
    ),
    "issues": pa.list_(pa.struct([("code", pa.string()), ("detail", pa.string()), ("fragment", pa.int64())])),
    "parties": pa.list_(
        pa.struct(
            [("start", _offset), ("end", _offset)]
            + [(name, pa.string()) for name in ("text", "creator", "outlet", "agency")]
        )
    ),
    "overrides": pa.list_(pa.struct([(name, pa.string()) for name in ("status", "by", "reason", "at")])),
}
_REJECT_SCHEMA = pa.schema(
    [
        pa.field("number", pa.int64(), nullable=False),
        *(pa.field(name, pa.string(), nullable=False) for name in ("location", "reason", "detail")),
        pa.field(
            "replaced",
            pa.list_(
                pa.struct(
                    [("field", pa.string()), ("was", pa.string()), ("count", pa.int64()), ("at", pa.list_(_offset))]
                )
            ),
            nullable=False,
        ),
    ]
)


def schemas() -> dict[str, pa.Schema]:
    """Return the typed columns of each file of records, by table."""
    return {
        name: pa.schema([pa.field(c.name, _TYPES[c.kind], nullable=c.optional) for c in columns])
        for name, columns in layout.TABLES.items()
    }


def store_as_parquet(output: FinishedOutput, url: str, settings: StoringSettings) -> Stored:
    """Write a finished run as a folder of Parquet files; one that holds this run already is left alone.

    One about which persons decided something is always written anew.

    Raises UsageError, MissingExtraError, DataError or OutputError; then the place is as it was.
    """
    target = Target(url, settings)
    done = Stored(target.shown, output.run_id, output.manifest.counts.records)
    same = not output.decided and target.read(MANIFEST) == output.manifest_bytes
    if same and set(target.names()) == set(FILES):
        return Stored(**{**asdict(done), "already": True})
    with target.folder(FILES) as draft:
        _write(output, draft, settings)
    return Stored(**{**asdict(done), "written": done.records})


def _write(output: FinishedOutput, draft: Draft, settings: StoringSettings) -> None:
    note = {"colophon.run": output.run_id, "colophon.schema_version": output.manifest.schema_version}
    with ExitStack() as stack:
        writers = {
            name: stack.enter_context(_Writer(stack.enter_context(draft.open(f"{name}.parquet")), schema, note))
            for name, schema in (*schemas().items(), (_REJECTS, _REJECT_SCHEMA))
        }
        for rows_by_table, ends_group in _batches(output, settings):
            for name, rows in rows_by_table.items():
                writers[name].add_rows(rows)
                if ends_group:
                    writers[name].end_group()
        for rows in _reject_groups(output, settings):
            writers[_REJECTS].add_rows(rows)
            writers[_REJECTS].end_group()
    with draft.open(MANIFEST) as out:
        out.write(output.manifest_bytes)


class _Writer(ParquetWriter):  # type: ignore[misc]
    """A file of one table. Rows wait for their row group as columns, far smaller than as dictionaries."""

    def __init__(self, out: IO[bytes], schema: pa.Schema, note: dict[str, str]) -> None:
        self._schema = schema.with_metadata(note)
        self._waiting: list[pa.RecordBatch] = []
        super().__init__(out, self._schema, compression="zstd")

    def add_rows(self, rows: list[Row]) -> None:
        """Add rows, if there are any, to the row group that is being filled."""
        if not rows:
            return
        try:
            self._waiting.append(pa.RecordBatch.from_pylist(rows, schema=self._schema))
        except (pa.ArrowInvalid, OverflowError) as error:
            raise DataError("records.jsonl", f"a value fits no column: {error}") from error

    def end_group(self) -> None:
        """Write what waits, if anything does, as one row group."""
        group = pa.Table.from_batches(self._waiting, schema=self._schema)
        self._waiting = []
        if group.num_rows:
            self.write_table(group, row_group_size=group.num_rows)


def _batches(output: FinishedOutput, settings: StoringSettings) -> Iterator[tuple[dict[str, list[Row]], bool]]:
    """Yield rows by table, those of a few records together, and whether a row group ends with them.

    Few records are in memory as dictionaries at a time, and enough make a row group to compress well.
    """
    batch, waiting, group = _no_rows(), _Size(), _Size()
    for record in output.records():
        for name, rows in rows_of(record).items():
            batch[name] += rows
        characters = len(record.model_dump_json())
        waiting.add(characters)
        group.add(characters)
        ends_group = group.reaches(settings.row_group_records, settings.row_group_characters)
        if ends_group or waiting.reaches(_BATCH_RECORDS, _BATCH_CHARACTERS):
            yield batch, ends_group
            batch, waiting = _no_rows(), _Size()
            group = _Size() if ends_group else group
    yield batch, True


@dataclass(slots=True)
class _Size:
    """How many records there are, and how many code points their JSON has."""

    records: int = 0
    characters: int = 0

    def add(self, characters: int) -> None:
        self.records += 1
        self.characters += characters

    def reaches(self, records: int, characters: int) -> bool:
        return self.records >= records or self.characters >= characters


def _no_rows() -> dict[str, list[Row]]:
    return {name: [] for name in layout.TABLES}


def _reject_groups(output: FinishedOutput, settings: StoringSettings) -> Iterator[list[Row]]:
    group: list[dict[str, Any]] = []
    for number, reject in enumerate(output.rejects()):
        values, replaced = storable(asdict(reject))
        group.append({"number": number, **values, "replaced": replaced})
        if len(group) == settings.row_group_records:
            yield group
            group = []
    yield group

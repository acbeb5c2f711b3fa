"""A record taken apart into rows: plain dictionaries by table, with the columns of ``layout``."""

from collections.abc import Mapping
from typing import Any

from colophon.errors import DataError
from colophon.records import DocumentRecord

Row = dict[str, Any]
Rows = dict[str, list[Row]]

_LARGEST = 2**63 - 1
# The names of fields that are words of SQL, or pairs.
_RENAMED = {"start": "span_start", "end": "span_end"}


def rows_of(record: DocumentRecord) -> Rows:
    """Return the rows of one record, by table; nothing of the record is left out but its schema's name.

    Raises DataError when a number does not fit a column.
    """
    return rows_of_json(record.model_dump(mode="json"))


def rows_of_json(record: Mapping[str, Any]) -> Rows:
    """Return the rows of a record given as JSON values."""
    id: str = record["id"]
    rest = {name: value for name, value in record.items() if name not in ("schema_name", "fragments", "statements")}
    reproduction = dict(rest["reproduction"])
    notices, clues = reproduction.pop("notices"), reproduction.pop("clues")
    return {
        "documents": [_flat({**rest, "reproduction": reproduction}, id)],
        "fragments": [_child(id, n, _without(f, "translation")) for n, f in enumerate(record["fragments"])],
        "translations": [
            _child(id, n, f["translation"]) for n, f in enumerate(record["fragments"]) if f["translation"] is not None
        ],
        "statements": [_child(id, n, _statement(s)) for n, s in enumerate(record["statements"])],
        "notices": [
            _child(id, n, {"clue": n >= len(notices), **notice}) for n, notice in enumerate([*notices, *clues])
        ],
    }


def _child(id: str, number: int, values: Mapping[str, Any]) -> Row:
    return {"document_id": id, "number": number, **_flat(values, id)}


def _statement(statement: Mapping[str, Any]) -> Row:
    start, end = statement["caption"] or (None, None)
    return {**_without(statement, "caption"), "caption_start": start, "caption_end": end}


def _without(values: Mapping[str, Any], name: str) -> Row:
    return {key: value for key, value in values.items() if key != name}


def _flat(values: Mapping[str, Any], id: str) -> Row:
    """Bring the fields of nested objects up, under the object's name; lists stay whole. ``id`` is for errors.

    >>> _flat({"start": 3, "source": {"url": None}}, "urn:colophon:1")
    {'span_start': 3, 'source_url': None}
    """
    row: Row = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            row.update({f"{name}_{inner}": deeper for inner, deeper in _flat(value, id).items()})
        elif isinstance(value, int) and value > _LARGEST:
            raise DataError(
                f"record {id}, field {name}", f"a number of {value.bit_length()} bits, and a column holds 63"
            )
        else:
            row[_RENAMED.get(name, name)] = value
    return row

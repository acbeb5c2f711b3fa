"""The table of docs/exporting.md says what each form carries: change a field, and see which exports change."""

from collections.abc import Iterator
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from colophon.exporting import FORMS, json_line
from colophon.records import DocumentRecord
from tests.conftest import ROOT
from tests.exporting.records import full

PAGE = ROOT / "docs" / "exporting.md"
LOST = "—"
Keys = tuple[str | int, ...]


def table() -> dict[str, dict[str, str]]:
    """Return the rows of the table, by field; cells by form."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0].strip("`"): dict(zip(FORMS, row[1:], strict=True)) for row in rows}


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the record classes that a field may hold, itself or in a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (tuple, Union, UnionType, Annotated):
        for inner in get_args(annotation):
            yield from models_in(inner)


def fields(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield every field of the contract that holds a value: ``fragments[].translation.text``."""
    for name, field in model.model_fields.items():
        inner = list(models_in(field.annotation))
        repeated = "[]" if inner and "tuple" in str(field.annotation) else ""
        if not inner:
            yield prefix + name
        for part in inner:
            yield from fields(part, f"{prefix}{name}{repeated}.")


FIELDS = list(fields(DocumentRecord))


@cache
def variants() -> tuple[DocumentRecord, ...]:
    """Return records that differ in what decides where a field goes: language, a person's decision, withholding."""
    record = full()
    withheld = record.access.model_copy(update={"withheld": ("quotes",)})
    undecided = record.reproduction.model_copy(update={"overrides": ()})
    return (
        record,
        record.model_copy(update={"language": "he"}),
        record.model_copy(update={"reproduction": undecided}),
        record.model_copy(update={"access": withheld}),
    )


def places(value: Any, path: str, keys: Keys = ()) -> Iterator[Keys]:
    """Yield where ``path`` is in a record, once for each member of a list."""
    name, _, rest = path.partition(".")
    inner = getattr(value, name.removesuffix("[]"))
    here = (*keys, name.removesuffix("[]"))
    if not rest:
        yield here
    elif name.endswith("[]"):
        for number, member in enumerate(inner):
            yield from places(member, rest, (*here, number))
    elif inner is not None:
        yield from places(inner, rest, here)


def changed(record: DocumentRecord, keys: Keys) -> DocumentRecord:
    """Return a copy of the record with another value at one place, checked by nobody."""
    copy = record.model_copy(deep=True)
    owner: Any = copy
    for key in keys[:-1]:
        owner = owner[key] if isinstance(key, int) else getattr(owner, key)
    name = str(keys[-1])
    owner.__dict__[name] = other(getattr(owner, name), type(owner).model_fields[name].annotation)
    return copy


def other(value: Any, annotation: Any) -> Any:
    """Return a value of the same type that is not ``value``."""
    if words := list(literals(annotation)):
        if isinstance(value, tuple):
            return tuple(word for word in words if word not in value)[:1]
        return next((word for word in words if word != value), f"{value}0")
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, tuple):
        return (*value[:-1], other(value[-1], None)) if value else ("https://example.org/other",)
    if value is None:
        return 0 if "int" in str(annotation) else "https://example.org/other"
    return "2024-01-01T00:00:00Z" if str(value).startswith("20") else f"{value}0"


def literals(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif get_origin(annotation) in (tuple, Union, UnionType, Annotated):
        for inner in get_args(annotation):
            if inner is not NoneType:
                yield from literals(inner)


def test_the_table_names_every_field_of_a_record_and_no_other() -> None:
    assert list(table()) == FIELDS


def test_the_full_record_has_every_field() -> None:
    assert [path for path in FIELDS if not list(places(full(), path))] == []


@cache
def before(form: str) -> tuple[str, ...]:
    return tuple(json_line(FORMS[form](record)) for record in variants())


def carriers(path: str) -> set[str]:
    """Return the forms in which a change of the field shows, in any variant and at any place."""
    found: set[str] = set()
    for number, record in enumerate(variants()):
        for keys in places(record, path):
            for form in FORMS.keys() - found:
                if json_line(FORMS[form](changed(record, keys))) != before(form)[number]:
                    found.add(form)
    return found


@pytest.mark.parametrize("path", FIELDS)
def test_a_form_carries_a_field_where_the_table_says_so(path: str) -> None:
    said = {form for form, cell in table()[path].items() if cell != LOST}
    assert said == carriers(path)

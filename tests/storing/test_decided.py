"""A stricter decision of a person withholds text wherever records are stored, also where they lay before."""

import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from colophon.reviewing import RightsDecision, append_decisions
from colophon.storing import store
from colophon.writing import read_records
from tests.reviewing.test_decisions import folder_of

SECRET = "המעבורת חזרה אל הנמל הישן"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return folder_of(tmp_path)


def forbid(out: Path) -> None:
    ferry = next(r for r in read_records(out) if SECRET in r.model_dump_json())
    said = {"by": "Dana Roth", "reason": "the owner objects", "at": "2026-11-26T15:00:00Z"}
    append_decisions(out, [RightsDecision(record=ferry.id, status="prohibited", **said)])


def test_a_database_takes_the_decision(out: Path, database_url: str) -> None:
    query = text("SELECT COUNT(*) FROM documents WHERE body_text LIKE :words")
    engine = create_engine(database_url)
    first = store(out, database_url)
    with engine.connect() as connection:
        assert connection.scalar(query, {"words": f"%{SECRET}%"}) == 1
    forbid(out)
    second = store(out, database_url)
    assert (second.already, second.changed, second.unchanged) == (False, 1, 1)
    assert second.run_id != first.run_id
    with engine.connect() as connection:
        assert connection.scalar(query, {"words": f"%{SECRET}%"}) == 0
        assert connection.scalar(text("SELECT COUNT(*) FROM documents")) == 2
    engine.dispose()
    assert store(out, database_url).already


@pytest.mark.parametrize("name", ["records.jsonl", "records.parquet"])
def test_files_take_the_decision(out: Path, tmp_path: Path, name: str) -> None:
    place = tmp_path / "stored" / name
    place.parent.mkdir()
    store(out, str(place))
    forbid(out)
    assert not store(out, str(place)).already
    if name.endswith(".jsonl"):
        rows = [json.loads(line) for line in place.read_text(encoding="utf-8").splitlines()]
        assert sorted(len(row["reproduction"]["overrides"]) for row in rows) == [0, 1]
        assert sum(SECRET in json.dumps(row, ensure_ascii=False) for row in rows) <= 1
    else:
        from pyarrow import parquet  # type: ignore[import-untyped]

        texts = parquet.read_table(place / "documents.parquet").column("body_text").to_pylist()
        assert sum(SECRET in (t or "") for t in texts) == 0

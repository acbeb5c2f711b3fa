"""The published contract: the committed schema is current, and judges examples as the classes do."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from colophon.records import SCHEMA_VERSION, DocumentRecord
from tests.conftest import ROOT, Colophon, environment

SCHEMA = ROOT / "schemas" / "document-record.v1.schema.json"
EXAMPLES = ROOT / "schemas" / "examples"
VALID = sorted(EXAMPLES.glob("valid/*.json"))
INVALID = sorted(EXAMPLES.glob("invalid/*.json"))
BEYOND = sorted(EXAMPLES.glob("invalid/beyond-schema/*.json"))


def label(path: Path) -> str:
    return path.stem


@pytest.fixture(scope="module")
def judge() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def loaded(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def export(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "schemas/export.py", *arguments],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_committed_schema_is_what_the_records_say() -> None:
    done = export("--check")
    assert done.returncode == 0, done.stderr


def test_a_stale_schema_names_the_cure(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; sys.path.insert(0, 'schemas'); import export; "
        f"export.PATH = pathlib.Path({str(tmp_path / 'stale.json')!r}); sys.exit(export.main(['--check']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "python schemas/export.py" in done.stderr


def test_wrong_usage_is_said() -> None:
    assert export("--force").returncode == 2


def test_the_command_prints_the_same_schema(colophon: Colophon) -> None:
    assert json.loads(colophon("schema").stdout) == loaded(SCHEMA)


def test_there_are_examples() -> None:
    assert len(VALID) >= 3
    assert len(INVALID) >= 10
    assert len(BEYOND) >= 10


@pytest.mark.parametrize("path", VALID, ids=label)
def test_a_valid_example_passes_both(path: Path, judge: Draft202012Validator) -> None:
    judge.validate(loaded(path))
    record = DocumentRecord.model_validate_json(path.read_text(encoding="utf-8"))
    assert json.loads(record.model_dump_json()) == loaded(path)
    assert record.schema_version == SCHEMA_VERSION


@pytest.mark.parametrize("path", INVALID, ids=label)
def test_an_invalid_example_fails_both(path: Path, judge: Draft202012Validator) -> None:
    assert not judge.is_valid(loaded(path))
    with pytest.raises(ValidationError):
        DocumentRecord.model_validate_json(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", BEYOND, ids=label)
def test_what_a_schema_cannot_say_the_classes_do(path: Path, judge: Draft202012Validator) -> None:
    judge.validate(loaded(path))
    with pytest.raises(ValidationError):
        DocumentRecord.model_validate_json(path.read_text(encoding="utf-8"))


def test_no_object_of_the_schema_is_open() -> None:
    schema = loaded(SCHEMA)
    objects = [schema, *schema["$defs"].values()]
    assert all(o["additionalProperties"] is False for o in objects if o.get("type") == "object")
    # A key that is absent where it says nothing: how bytes came from the network, of a source that came from a disk.
    absent = {"retrieval"}
    assert all(set(o["required"]) == set(o["properties"]) - absent for o in objects if o.get("type") == "object")

"""Verification says nothing of an honest output, and names each way in which one can be wrong."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from colophon.errors import UsageError
from colophon.reading import input_references, read_references
from colophon.reading.again import has_translation, references_of
from colophon.settings import ReadingSettings, RightsSettings, Settings, TranslationSettings
from colophon.verifying import Verified, verify
from colophon.worker import run
from colophon.writing import read_records

LINES = [
    {"id": "a", "text": "A boat left the harbour.\n\nסירה בנמל הישן\nPhoto: Noa Stern"},
    {"id": "b", "text": "Nothing foreign here. Reproduction is prohibited without permission."},
    {
        "id": "c",
        "text": "The train stopped.\nDer Zug hält nicht mehr in Oberwald.\nThis text is licensed under CC BY 4.0.",
    },
]


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output with its source beside it: ``in.jsonl`` and ``out``."""
    base = tmp_path_factory.mktemp("honest")
    (base / "in").mkdir()
    rows = [*(json.dumps(line, ensure_ascii=False) for line in LINES), "{broken"]
    (base / "in" / "lines.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (base / "in" / "no#1.txt").write_text("One file.\n\nסירה בנמל\n", encoding="utf-8")
    run([str(base / "in")], base / "out", Settings(translation=TranslationSettings(engine="echo")))
    return base


def codes(folder: Path) -> list[str]:
    return [difference.code for difference in verify(folder)]


def test_an_honest_output_has_no_differences(honest: Path) -> None:
    done = Verified()
    assert list(verify(honest / "out", done)) == []
    assert (done.records, done.reread, done.unread) == (4, 4, 0)


def test_one_count_serves_several_folders(honest: Path) -> None:
    done = Verified()
    assert [list(verify(honest / "out", done)), list(verify(honest / "out", done))] == [[], []]


def test_what_is_withheld_is_checked_by_hash(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(LINES[1]) + "\n")
    settings = Settings(translation=TranslationSettings(engine="echo"), rights=RightsSettings(policy="metadata-only"))
    run([str(tmp_path / "a.jsonl")], tmp_path / "out", settings)
    assert next(read_records(tmp_path / "out")).body.text is None
    assert codes(tmp_path / "out") == []
    (tmp_path / "a.jsonl").write_text(json.dumps(LINES[1]).replace("prohibited", "permitted!") + "\n")
    assert codes(tmp_path / "out") == ["source-bytes"]


def test_sources_that_are_gone_are_counted_and_nothing_is_said_of_them(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.")
    run([str(tmp_path / "a.txt")], tmp_path / "out", Settings(translation=TranslationSettings(engine="none")))
    (tmp_path / "a.txt").unlink()
    done = Verified()
    assert list(verify(tmp_path / "out", done)) == []
    assert done.unread == 1


def test_a_folder_without_records_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name the folder"):
        list(verify(tmp_path))


Record = dict[str, Any]


def changed(record: Record, **values: Any) -> Record:
    return {**record, **values}


def with_translation(record: Record, more: str) -> Record:
    """Return a record with words added to its first translation."""
    first, *rest = record["fragments"]
    made = changed(first["translation"], text=first["translation"]["text"] + more)
    return changed(record, fragments=[changed(first, translation=made), *rest])


CASES: dict[str, tuple[Callable[[Record], Record], set[str]]] = {
    "nothing": (lambda r: r, set()),
    "another id": (lambda r: changed(r, id="urn:colophon:" + "0" * 32), {"id", "file-hash"}),
    "another location": (
        lambda r: changed(r, source=changed(r["source"], location=r["source"]["location"].replace("#3", "#2"))),
        {"id", "file-hash", "source-bytes"},
    ),
    "another maker": (
        lambda r: changed(r, made_by=changed(r["made_by"], rules="mine")), {"signature", "file-hash"}
    ),
    "another signature": (
        lambda r: changed(r, made_by=changed(r["made_by"], signature="colophon:0")), {"signature", "id", "file-hash"}
    ),
    "another language": (lambda r: changed(r, language="fr"), {"file-hash"}),
    "a translation changed": (lambda r: with_translation(r, "!"), {"file-hash", "broken-record"}),
    "an unknown field": (lambda r: changed(r, more=1), {"file-hash", "broken-record"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_record_that_was_changed_is_found(name: str, honest: Path, tmp_path: Path) -> None:
    change, expected = CASES[name]
    out = tmp_path / "out"
    shutil.copytree(honest / "out", out)
    lines = (out / "records.jsonl").read_text(encoding="utf-8").splitlines()
    lines[2] = json.dumps(change(json.loads(lines[2])), ensure_ascii=False, separators=(",", ":"))
    (out / "records.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert set(codes(out)) == expected


def test_a_span_moved_with_its_text_withheld_is_found_in_the_source(honest: Path, tmp_path: Path) -> None:
    """The body is gone from the record, so only the source can tell."""
    out = tmp_path / "out"
    shutil.copytree(honest / "out", out)
    lines = (out / "records.jsonl").read_text(encoding="utf-8").splitlines()
    record = json.loads(lines[2])
    assert record["fragments"][0]["text"]
    record["body"]["text"] = record["english"]["text"] = None
    record["access"]["withheld"] = ["body", "english"]
    for key in ("start", "end"):
        record["fragments"][0][key] += 1
    lines[2] = json.dumps(record, ensure_ascii=False)
    (out / "records.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert codes(out) == ["file-hash", "evidence"]


FOLDER_CASES: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "no manifest": (lambda out: (out / "manifest.json").unlink(), ["manifest"]),
    "no JSON": (lambda out: (out / "manifest.json").write_text("{"), ["manifest"]),
    "no files in it": (lambda out: (out / "manifest.json").write_text('{"counts": {}}'), ["manifest"]),
    "rejects gone": (lambda out: (out / "rejected.jsonl").unlink(), ["file-hash", "count"]),
    "rejects changed": (lambda out: (out / "rejected.jsonl").write_text("{}\n"), ["file-hash"]),
    "a record twice": (
        lambda out: (out / "records.jsonl").write_text((out / "records.jsonl").read_text() * 2),
        ["file-hash", *["repeated-id"] * 4, "count"],
    ),
    "other settings": (
        lambda out: (out / "manifest.json").write_text(
            (out / "manifest.json").read_text().replace('"beam": 4', '"beam": 5')
        ),
        ["settings"],
    ),
    "settings of another version": (
        lambda out: (out / "manifest.json").write_text(
            (out / "manifest.json").read_text().replace('"beam": 4', '"beams": 4')
        ),
        ["settings"],
    ),
}


@pytest.mark.parametrize("name", FOLDER_CASES)
def test_a_folder_that_was_changed_is_found(name: str, honest: Path, tmp_path: Path) -> None:
    change, expected = FOLDER_CASES[name]
    out = tmp_path / "out"
    shutil.copytree(honest / "out", out)
    change(out)
    assert codes(out) == expected


class TestAgain:
    def test_locations_lead_back_in_any_selection(self, honest: Path) -> None:
        settings = ReadingSettings()
        found = list(input_references([str(honest / "in")], settings))
        assert len(found) == 5
        for step in (1, 2, 3):
            wanted = [reference.location for reference in found[::step]]
            assert list(references_of(wanted, settings)) == found[::step]

    @pytest.mark.parametrize("location", ["nowhere.txt", "nowhere.jsonl#2", "{in}/lines.jsonl#99", "-#3"])
    def test_what_is_gone_leads_to_a_rejection(self, location: str, honest: Path) -> None:
        settings = ReadingSettings()
        named = location.replace("{in}", str(honest / "in"))
        (read,) = read_references(references_of([named], settings), settings)
        assert (read.location, getattr(read, "reason", None)) == (named, "missing")

    @pytest.mark.parametrize(
        ("language", "model", "expected"),
        [
            ("", "", ["a", "c", "no#1.txt"]), ("he", "", ["a", "no#1.txt"]), ("de", "", ["c"]), ("h", "", []),
            ("", "echo", ["a", "c", "no#1.txt"]), ("de", "echo", ["c"]), ("", "he-en", []),
        ],
    )  # fmt: skip
    def test_records_are_chosen_by_language_and_model(
        self, language: str, model: str, expected: list[str], honest: Path
    ) -> None:
        chosen = [r for r in read_records(honest / "out") if has_translation(r, language=language, model=model)]
        assert [Path(record.input_id).name for record in chosen] == expected

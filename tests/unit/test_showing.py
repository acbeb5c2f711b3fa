"""A document must not move the cursor, colour the terminal or reverse the lines around it."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colophon.records import DocumentRecord
from colophon.showing import (
    cell,
    directed,
    file_of,
    isolated,
    printable,
    record_lines,
    sample_markdown,
    source_rows,
)
from colophon.worker import process_batch
from tests.conftest import ROOT
from tests.property.strategies import ECHO, WRITABLE, document

OPEN, CLOSE = "\u2068", "\u2069"
HOSTILE = {
    "colour": ("\x1b[31mred", "<U+001B>[31mred"),
    "clear the screen": ("\x1b[2J", "<U+001B>[2J"),
    "title of the window": ("\x1b]0;owned\x07", "<U+001B>]0;owned<U+0007>"),
    "one-byte introducer": ("\x9b31m", "<U+009B>31m"),
    "backspace": ("safe\x08\x08evil", "safe<U+0008><U+0008>evil"),
    "carriage return": ("safe\revil", "safe evil"),
    "line breaks": ("a\nb\u2028c\u2029d\x85e\x0bf", "a b<U+2028>c<U+2029>d<U+0085>e<U+000B>f"),
    "right-to-left override": ("gpj.\u202eexe", "gpj.<U+202E>exe"),
    "an isolate that ends ours": ("a\u2069b", "a<U+2069>b"),
    "an isolate without end": ("a\u2067b", "a<U+2067>b"),
    "marks": ("a\u200e\u200f\u061cb", "a<U+200E><U+200F><U+061C>b"),
    "zero width": ("a\u200b\ufeffb", "a<U+200B><U+FEFF>b"),
    "tag characters": ("\U000e0041", "<U+E0041>"),
    "lone surrogate": ("a\udc9bb", "a<U+DC9B>b"),
    "null": ("a\x00b", "a<U+0000>b"),
}
HARMLESS = ("שלום עולם", "می‌خواهم", "👩‍👩‍👧", "naïve e\u0301", "渡轮", "a  b", "")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_shown_not_obeyed(name: str) -> None:
    text, shown = HOSTILE[name]
    assert printable(text) == shown


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_shown_as_it_is(text: str) -> None:
    assert printable(text) == text
    assert isolated(text) == OPEN + text + CLOSE


def assert_safe(line: str) -> None:
    depth = 0
    for letter in line:
        depth += (letter == OPEN) - (letter == CLOSE)
        assert 0 <= depth <= 1
        dangerous = unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        assert not dangerous or letter in OPEN + CLOSE + "\u200c\u200d", hex(ord(letter))
    assert depth == 0


@given(st.text() | st.text(st.sampled_from("\x1b[m\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200fאa\n")))
def test_nothing_escapes(text: str) -> None:
    assert_safe(isolated(text))


@given(WRITABLE)
def test_no_line_of_a_record_escapes(text: str) -> None:
    (record,), _ = process_batch([document(text, id=text[:30])], ECHO)
    for line in record_lines(record):
        assert_safe(line)


def poisoned(value: Any, key: str = "") -> Any:
    """Return a record with an escape in every free string, as an enemy would write it."""
    fixed = {
        "schema_name",
        "schema_version",
        "language",
        "language_tag",
        "script",
        "sha256",
        "bytes_sha256",
        "model_sha256",
    }
    fixed |= {"kind", "role", "method", "status", "treat_as", "scope", "tdm", "policy", "withheld", "flags", "zone"}
    fixed |= {"encoding_basis", "target_tag", "review", "origin", "basis", "rival", "reserved_actions", "text"}
    if isinstance(value, dict):
        return {name: poisoned(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [poisoned(inner, key) for inner in value]
    return value if not isinstance(value, str) or key in fixed else value + "\x1b[2J\u202e\u2069\nx"


@pytest.mark.parametrize("path", sorted((ROOT / "schemas/examples/valid").glob("*.json")), ids=lambda p: p.stem)
def test_a_record_made_by_an_enemy_is_safe_too(path: Path) -> None:
    record = DocumentRecord.model_validate(poisoned(json.loads(path.read_text(encoding="utf-8"))))
    lines = list(record_lines(record))
    assert any("<U+001B>[2J" in line for line in lines)
    for line in lines:
        assert_safe(line)


def test_a_person_reads_everything_that_matters() -> None:
    path = ROOT / "schemas/examples/valid/caption-translated.json"
    shown = "\n".join(record_lines(DocumentRecord.model_validate_json(path.read_text(encoding="utf-8"))))
    for words in ("ferry", "Harbour Post", "נועה לביא", "reserved", "המעבורת", "The ferry in the old harbour", "0.87"):
        assert words in shown


def test_withheld_words_are_named_as_such() -> None:
    path = ROOT / "schemas/examples/valid/withheld.json"
    shown = "\n".join(record_lines(DocumentRecord.model_validate_json(path.read_text(encoding="utf-8"))))
    assert "withheld  body, english" in shown
    assert "The ferry reached" not in shown


LICENSED = "This text is licensed under CC BY 4.0."


def records(*ids: str, text: str = "שריפה בשוק") -> list[DocumentRecord]:
    made, rejected = process_batch([document(f"Item.\n\n{text}\n\n{LICENSED}", id=id) for id in ids], ECHO)
    assert not rejected
    return made


class TestWhatARunShows:
    @pytest.mark.parametrize(
        ("location", "file"),
        [
            ("in/a.jsonl#12", "in/a.jsonl"), ("in/a.JSONL.gz#1", "in/a.JSONL.gz"), ("s3://b/a.warc.gz#7", "s3://b/a.warc.gz"),
            ("-#3", "-"), ("in/C#3", "in/C#3"), ("in/no#1.txt", "in/no#1.txt"), ("a.jsonl", "a.jsonl"),
            ("a#1.jsonl#2", "a#1.jsonl"), ("a.jsonl#x", "a.jsonl#x"), ("https://e.example.org/a#1", "https://e.example.org/a#1"),
        ],
    )  # fmt: skip
    def test_only_a_line_is_cut_from_its_file(self, location: str, file: str) -> None:
        assert file_of(location) == file

    def test_sources_are_counted_by_file(self) -> None:
        rows = list(source_rows(records("a.jsonl#1", "a.jsonl#2", "no#1.txt"), ["a.jsonl#3", "gone.txt"], 10))
        assert [(row["source"], row["records"], row["rejected"], row["translated"]) for row in rows] == [
            (isolated("a.jsonl"), 2, 1, 2),
            (isolated("gone.txt"), 0, 1, 0),
            (isolated("no#1.txt"), 1, 0, 1),
        ]

    def test_sources_beyond_the_table_are_counted_in_its_last_row(self) -> None:
        rows = list(source_rows(records("a", "b", "c"), ["d", "d"], 2))
        assert [row["source"] for row in rows] == [isolated("a"), isolated("b"), "and 2 more"]
        assert (rows[-1]["records"], rows[-1]["rejected"]) == (1, 2)
        assert len(list(source_rows(records("a", "b"), [], 2))) == 2

    @pytest.mark.parametrize(
        ("script", "opening"), [("Hebr", "\u2067"), ("Arab", "\u2067"), ("Latn", "\u2066"), ("Hira", "\u2066")]
    )
    def test_a_known_direction_is_used_whatever_the_first_letter_is(self, script: str, opening: str) -> None:
        assert directed("AP ירושלים", script) == f"{opening}AP ירושלים{CLOSE}"

    def test_samples_are_bounded(self) -> None:
        shown = sample_markdown(records(*(letter * 500 for letter in "abcdef")), 3)
        assert shown.count("**he**") == 3
        assert "…" in shown
        assert max(map(len, shown.splitlines())) < 400
        assert sample_markdown([], 3) == "No fragment of this run may be shown."

    @given(st.text() | st.text(st.sampled_from("#*_`[](){}<>|!&\\\n-+.~:@/a")))
    def test_document_text_is_only_text_to_markdown(self, text: str) -> None:
        shown = cell(isolated(text))
        assert not set("\n<>").intersection(shown)
        bare = shown.replace("\\\\", "")
        for at, letter in enumerate(bare):
            assert letter not in "*_`[]#|!" or bare[at - 1] == "\\"

"""Files, folders, globs, lines and standard input: each a document or a clear rejection, no neighbour lost."""

import gzip
import io
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from colophon.documents import SourceDocument
from colophon.errors import UsageError
from colophon.reading import (
    REASONS,
    InputReference,
    Rejection,
    input_references,
    read_inputs,
    read_reference,
    read_references,
)
from colophon.settings import ReadingSettings

SETTINGS = ReadingSettings()
EXAMPLES = Path(__file__).parents[2] / "examples"


def read(*inputs: str | Path, settings: ReadingSettings = SETTINGS) -> list[SourceDocument | Rejection]:
    """Read, and check on the way that reading by reference gives the same."""
    paths = [str(path) for path in inputs]
    whole = list(read_inputs(paths, settings))
    references = list(input_references(paths, settings))
    again = [InputReference(**json.loads(json.dumps(asdict(reference)))) for reference in references]
    assert again == references
    assert list(read_references(again, settings)) == whole
    assert [read_reference(reference, settings) for reference in again] == whole
    locations = [item.location for item in whole]
    assert len(set(locations)) == len(locations)
    return whole


def outcome(item: SourceDocument | Rejection) -> str:
    return item.reason if isinstance(item, Rejection) else "read"


BAD_FILES = {
    "empty.txt": (b"", "empty"),
    "blank.txt": (b" \n\t\r\n", "empty"),
    "binary.txt": (bytes(range(256)), "binary"),
    "picture.html": (b"\x89PNG\r\n\x1a\n", "binary"),
    "invalid.txt": ("Hello שלום".encode() + b"\xd7", "invalid-encoding"),
    "controls.txt": (b"\x01\x02\x03\x04\x05", "binary"),
    "strange.docx": (b"PK", "unknown-extension"),
    "noext": (b"text", "unknown-extension"),
    "archive.txt.gz": (gzip.compress(b"text"), "unknown-extension"),
    "empty.jsonl": (b"", "empty"),
    "blank.jsonl": (b"\n\n", "empty"),
    "plain.jsonl.gz": (b'{"text":"a"}\n', "broken-archive"),
    "one.txt": (b"a", "read"),
    "emoji.txt": ("🔥🔥".encode(), "read"),
    "deep.html": (b"<div>" * 5_000 + b"x", "too-deep"),
    "tags.html": (b"<p>x" * 100_000, "too-many-elements"),
    "nothing.html": (b"<html></html>", "no-text"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_a_clear_rejection_and_its_neighbours_are_read(name: str, tmp_path: Path) -> None:
    data, expected = BAD_FILES[name]
    (tmp_path / "a-good.txt").write_text("before")
    (tmp_path / f"m-{name}").write_bytes(data)
    (tmp_path / "z-good.txt").write_text("after")
    first, middle, last = read(tmp_path)
    assert (outcome(first), outcome(middle), outcome(last)) == ("read", expected, "read")
    if isinstance(middle, Rejection):
        assert middle.reason in REASONS
        assert middle.detail
        assert name in middle.location


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"text": "a"', "broken-json"),
        (b"not json", "broken-json"),
        (b"[" * 100_000, "broken-json"),
        (b'{"text": "a", "n": ' + b"9" * 10_000 + b"}", "broken-json"),
        (b'["text"]', "not-an-object"),
        (b"3", "not-an-object"),
        (b"null", "not-an-object"),
        (b'{"title": "a"}', "no-text-field"),
        (b'{"text": 3}', "no-text-field"),
        (b'{"text": null}', "no-text-field"),
        (b'{"text": ""}', "empty"),
        (b'{"html": "<p></p>"}', "no-text"),
        (b'{"html": "' + b"<b>" * 5_000 + b'x"}', "too-deep"),
        (b'{"text": "\xff"}', "invalid-encoding"),
        (b'{"text": "a"}', "read"),
        (b'{"text": "\\ud800 a"}', "read"),
        (b'{"text": "\xf0\x9f\x94\xa5"}', "read"),
        (b'{"text": "a"}\r', "read"),
    ],
)
@pytest.mark.parametrize("compressed", [False, True])
def test_a_bad_line_is_a_rejection_and_the_others_pass(
    line: bytes, expected: str, compressed: bool, tmp_path: Path
) -> None:
    data = b'{"text": "before"}\n' + line + b'\n\n{"text": "after"}'
    path = tmp_path / ("b.jsonl.gz" if compressed else "b.jsonl")
    path.write_bytes(gzip.compress(data) if compressed else data)
    items = read(path)
    assert [outcome(item) for item in items] == ["read", expected, "read"]
    assert [item.location for item in items] == [f"{path}#{n}" for n in (1, 2, 4)]


def test_what_a_line_says(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [
        {"id": "x", "text": "a", "url": "https://e.example.org/"},
        {"id": 7, "text": "a"},
        {"text": "a", "id": "x"},
        {"id": [1], "text": "a", "url": 3, "when": 1, "author": "b"},
        {"html": "<p lang=he>שלום</p>", "id": "h"},
        {"text": "t", "html": "<p>h</p>"},
        {"text": "\ud800a"},
    ]
    path.write_text("\ufeff" + "\n".join(json.dumps(row) for row in rows), "utf-8")
    items = [item for item in read(path) if isinstance(item, SourceDocument)]
    assert [item.id for item in items] == ["x", "7", "x", f"{path}#4", "h", f"{path}#6", f"{path}#7"]
    assert items[0].url == "https://e.example.org/"
    assert items[3].repairs == (
        "id-ignored: not a string or an integer",
        "url-ignored: not a URL",
    )
    assert [(claim.name, claim.value) for claim in items[3].claims] == [
        ("unused-field", "author"),
        ("unused-field", "when"),
    ]
    assert (items[4].media_type, items[4].hints[0].value) == ("text/html", "he")
    assert items[5].repairs == ("html-ignored: text is given",)
    assert items[6].repairs == ("lone-surrogates-replaced: 1",)
    assert items[6].text == "\N{REPLACEMENT CHARACTER}a"


def test_order_is_that_of_arguments_and_of_names(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "sub/c.txt", "sub/a.txt", "z.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    items = read(tmp_path / "z.txt", tmp_path)
    assert [os.path.relpath(item.location, tmp_path) for item in items] == [
        "z.txt", "a.txt", "b.txt", "sub/a.txt", "sub/c.txt",
    ]  # fmt: skip


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    assert len(read(tmp_path, tmp_path / "a.txt", f"{tmp_path}/*.txt", f"{tmp_path}/./a.txt")) == 1


def test_globs(tmp_path: Path) -> None:
    for name in ("a.txt", "b.md", "sub/c.txt", "odd[1].txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert [outcome(i) for i in read(f"{tmp_path}/*.pdf")] == ["no-match"]
    assert [Path(i.location).name for i in read(f"{tmp_path}/*.txt")] == ["a.txt", "odd[1].txt"]
    assert [Path(i.location).name for i in read(f"{tmp_path}/**/*.txt")] == ["a.txt", "odd[1].txt", "c.txt"]
    assert [Path(i.location).name for i in read(f"{tmp_path}/s*")] == ["c.txt"]
    assert [outcome(i) for i in read(f"{tmp_path}/odd[1].txt")] == ["read"]


@pytest.mark.parametrize(
    ("given", "reason"), [("nowhere", "missing"), ("", "missing"), ("a\0b", "missing"), ("no*where", "no-match")]
)
def test_inputs_that_are_not_there(given: str, reason: str) -> None:
    assert [outcome(item) for item in read(given)] == [reason]


def test_folders_links_pipes_and_hidden_files(tmp_path: Path) -> None:
    folder, outside = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    (folder / "a.txt").write_text("a")
    (folder / "b-empty").mkdir()
    (folder / "c-link.txt").symlink_to(outside / "secret.txt")
    (folder / "d-link").symlink_to(outside)
    (folder / "e-loop").symlink_to(folder)
    (folder / "f-inside.txt").symlink_to(folder / "a.txt")
    (folder / "g-broken.txt").symlink_to(folder / "nothing")
    os.mkfifo(folder / "h-pipe.txt")
    (folder / ".hidden.txt").write_text("h")
    assert {Path(i.location).name: outcome(i) for i in read(folder)} == {
        ".hidden.txt": "hidden",
        "a.txt": "read",
        "b-empty": "empty-folder",
        "c-link.txt": "outside-folder",
        "d-link": "outside-folder",
        "e-loop": "outside-folder",
        "f-inside.txt": "read",
        "g-broken.txt": "missing",
        "h-pipe.txt": "not-a-file",
    }
    assert [outcome(i) for i in read(f"{folder}/c*")] == ["outside-folder"]
    by_glob = {os.path.relpath(i.location, folder): outcome(i) for i in read(f"{folder}/**/*.txt")}
    assert by_glob["a.txt"] == "read"
    assert by_glob["d-link/secret.txt"] == "outside-folder"
    assert [name for name, result in by_glob.items() if result == "read"] == ["a.txt"]
    assert [outcome(i) for i in read(folder / "c-link.txt")] == ["read"]  # named by the user himself


def test_very_deep_folders(tmp_path: Path) -> None:
    here = os.getcwd()
    try:
        os.chdir(tmp_path)
        for _ in range(1_500):
            os.mkdir("d")
            os.chdir("d")
        Path("a.txt").write_text("deep")
    finally:
        os.chdir(here)
    try:
        assert [outcome(item) for item in read_inputs([str(tmp_path)], SETTINGS)] == ["read"]
    finally:
        # pytest's own clean-up recurses, and would fail at this depth.
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_an_unreadable_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "a.txt").chmod(0)
    assert [outcome(item) for item in read(tmp_path)] == ["unreadable"]


def test_a_file_that_cannot_be_opened_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the test above, also for root."""
    for name in ("a.txt", "b.txt", "c.jsonl"):
        (tmp_path / name).write_text('{"text": "a"}')
    opened = os.open

    def denied(path: str, *rest: int) -> int:
        if not str(path).endswith("b.txt") and str(tmp_path) in str(path):
            raise PermissionError(13, "Permission denied", path)
        return opened(path, *rest)

    monkeypatch.setattr(os, "open", denied)
    items = list(read_inputs([str(tmp_path)], SETTINGS))
    assert [outcome(item) for item in items] == ["unreadable", "read", "unreadable"]


def test_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/caf\xe9.txt", "w") as file:
        file.write("a")
    (item,) = read_inputs([str(tmp_path)], SETTINGS)
    assert outcome(item) == "read"
    item.location.encode("utf-8")


def test_standard_input_is_json_lines() -> None:
    stream = io.BytesIO(b'{"id": "a", "text": "x"}\nbroken\n{"text": "y"}\n')
    items = list(read_inputs(["-"], SETTINGS, stdin=stream))
    assert [(item.location, outcome(item)) for item in items] == [
        ("-#1", "read"),
        ("-#2", "broken-json"),
        ("-#3", "read"),
    ]
    assert [outcome(item) for item in read_inputs(["-"], SETTINGS, stdin=io.BytesIO(b""))] == ["empty"]


def test_standard_input_has_no_reference() -> None:
    with pytest.raises(UsageError, match="read once"):
        list(input_references(["-"], SETTINGS))


def test_a_line_that_moved_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "one"}\n{"text": "two"}\n')
    references = list(input_references([str(path)], SETTINGS))
    path.write_text('{"text": "one and a half"}\n{"text": "two"}\n')
    assert [outcome(item) for item in read_references(references, SETTINGS)] == ["changed", "changed"]
    path.unlink()
    assert [outcome(item) for item in read_references(references, SETTINGS)] == ["unreadable", "unreadable"]


def test_limits_on_size(tmp_path: Path) -> None:
    small = ReadingSettings(largest_input=100, longest_text=50)
    (tmp_path / "a.txt").write_text("x" * 101)
    (tmp_path / "b.txt").write_text("x" * 51)
    (tmp_path / "c.txt").write_text("x" * 50)
    lines = ['{"text": "%s"}' % ("x" * 200), '{"text": "%s"}' % ("x" * 60), '{"text": "ok"}']
    (tmp_path / "d.jsonl").write_text("\n".join(lines))
    assert [outcome(item) for item in read(tmp_path, settings=small)] == [
        "too-large", "too-long", "read", "too-large", "too-long", "read",
    ]  # fmt: skip


@pytest.mark.parametrize("body", [b'{"text": "' + b"x" * 50_000_000 + b'"}', b"x" * 50_000_000, b"x" * 70_000_000])
def test_a_50_mb_line_is_answered_quickly(body: bytes, tmp_path: Path) -> None:
    path = tmp_path / "big.jsonl"
    path.write_bytes(body + b'\n{"text": "after"}\n')
    started = time.process_time()
    big, after = read_inputs([str(path)], SETTINGS)
    assert outcome(big) in ("too-long", "broken-json", "too-large")
    assert outcome(after) == "read"
    assert time.process_time() - started < 3


def test_a_50_mb_text_file_is_answered_quickly(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"word " * 10_000_000)
    (tmp_path / "b.html").write_bytes(b"word " * 10_000_000)
    started = time.process_time()
    assert [outcome(item) for item in read_inputs([str(tmp_path)], SETTINGS)] == ["too-long", "too-large"]
    assert time.process_time() - started < 3


def test_a_compression_bomb_stops(tmp_path: Path) -> None:
    small = ReadingSettings(largest_input=1_000_000)
    bomb = tmp_path / "bomb.jsonl.gz"
    bomb.write_bytes(gzip.compress(b'{"text": "a"}\n' + b"0" * 50_000_000))
    assert [outcome(item) for item in read(bomb, settings=small)] == ["read", "expands-too-much"]
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(b'{"text": "a"}\n' * 100)[:-12])
    items = read(cut)
    assert {outcome(item) for item in items[:-1]} == {"read"}
    assert outcome(items[-1]) == "broken-archive"


def test_a_long_file_is_streamed() -> None:
    """The first document is there before the rest of the file is read."""

    class Endless(io.RawIOBase):
        count = 0

        def readable(self) -> bool:
            return True

        def readline(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002
            self.count += 1
            return b'{"text": "a"}\n'

    stream = Endless()
    items = read_inputs(["-"], SETTINGS, stdin=stream)  # type: ignore[arg-type]
    assert [outcome(next(items)) for _ in range(5)] == ["read"] * 5
    assert stream.count <= 6


def test_importing_loads_nothing_heavy() -> None:
    code = (
        "import sys, colophon.reading; "
        "print([m for m in ('lxml', 'trafilatura', 'charset_normalizer', 'torch', 'prefect') if m in sys.modules])"
    )
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert run.stdout.strip() == "[]"


def test_every_example_is_read() -> None:
    items = read(EXAMPLES)
    assert len(items) >= 10
    assert {outcome(item) for item in items} == {"read"}


def test_the_documentation_names_every_reason_and_limit() -> None:
    page = (EXAMPLES.parent / "docs/reading.md").read_text("utf-8")
    assert [reason for reason in REASONS if f"`{reason}`" not in page] == []
    limits = set(ReadingSettings.model_fields) - {"encoding"}
    assert [limit for limit in limits if f"`{limit}`" not in page] == []

"""Verifying: read a finished output again and say where it is not what it claims to be.

Three questions: is the folder what its manifest says, is each record whole and named rightly, and are its words
the source's own, where the source can still be read. Nothing is translated again.
"""

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import tee
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from colophon.documents import SourceDocument
from colophon.errors import UsageError
from colophon.provenance import record_id, settings_digest, text_sha256
from colophon.reading import Rejection, read_references
from colophon.reading.again import references_of
from colophon.records import DocumentRecord
from colophon.settings import ReadingSettings, Settings
from colophon.writing import MANIFEST, RECORDS, REJECTED

Code = Literal[
    "manifest",  # it is missing, or not one
    "file-hash",  # a file is not the one that was published
    "count",  # more or fewer lines than the manifest says
    "settings",  # the settings are not those of the signature
    "broken-record",  # a line breaks the contract: its shape, a hash, a span, the replay of its translations
    "repeated-id",
    "id",  # the id is not that of location, input, bytes and signature
    "signature",  # the signature is not that of the maker or the manifest
    "source-bytes",  # the source holds other bytes now
    "source-text",  # equal bytes are read as another text now
    "evidence",  # words that the record quotes or hashes are not at their place in the source
]

_MANIFEST = {"signature": str, "counts": dict, "files": dict, "settings": dict}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as claimed; ``where`` is a record's id, a line of the file, or a file."""

    where: str
    code: Code
    detail: str


@dataclass(slots=True)
class Verified:
    """What a verification did; ``unread`` are sources that cannot be read again, and nothing is said of them."""

    records: int = 0
    reread: int = 0
    unread: int = 0

    def __str__(self) -> str:
        return f"{self.records} records, {self.reread} sources read again, {self.unread} cannot be"


def verify(folder: Path, done: Verified | None = None) -> Iterator[Difference]:
    """Yield what differs in an output folder, in its order; count into ``done``.

    Sources are looked for where the records say, relative to the working directory. Raises UsageError when the
    folder has no records.
    """
    done = done or Verified()
    before = done.records  # one ``done`` may count several folders
    path = folder / RECORDS
    if not path.is_file():
        raise UsageError(f"{folder} has no {RECORDS}: name the folder that a run wrote")
    manifest, problems = _manifest(folder)
    yield from problems
    yield from _files(folder, manifest)
    settings = _settings(manifest)
    yield from _settings_differ(settings, manifest)
    reading = settings.reading if isinstance(settings, Settings) else ReadingSettings()
    found: deque[Difference] = deque()
    whole, again = tee(_whole_records(path, manifest, done, found))
    references = references_of((record.source.location for record in again), reading)
    # Side by side, and not in pieces: a file of many lines is gone through once.
    for record, read in zip(whole, read_references(references, reading), strict=True):
        found.extend(_compared(record, read, done))
        while found:
            yield found.popleft()
    yield from found
    yield from _counts(folder, manifest, done.records - before)


def _manifest(folder: Path) -> tuple[dict[str, Any], list[Difference]]:
    try:
        value = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return {}, [Difference(MANIFEST, "manifest", f"cannot be read: {error}")]
    if isinstance(value, dict) and all(isinstance(value.get(key), kind) for key, kind in _MANIFEST.items()):
        return value, []
    return {}, [Difference(MANIFEST, "manifest", f"has no {', '.join(_MANIFEST)}")]


def _files(folder: Path, manifest: dict[str, Any]) -> Iterator[Difference]:
    for name, said in sorted(manifest.get("files", {}).items()):
        try:
            found = _file_sha256(folder / name)
        except OSError as error:
            yield Difference(name, "file-hash", f"cannot be read: {error.strerror}")
            continue
        if found != said.get("sha256"):
            yield Difference(name, "file-hash", f"is {found}, published was {said.get('sha256')}")


def _file_sha256(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _settings(manifest: dict[str, Any]) -> Settings | str:
    try:
        return Settings.model_validate(manifest.get("settings", {}))
    except ValidationError as error:
        return f"not settings of this version: {error.errors()[0]['msg']}"


def _settings_differ(settings: Settings | str, manifest: dict[str, Any]) -> Iterator[Difference]:
    if isinstance(settings, str):
        yield Difference(MANIFEST, "settings", settings)
    elif manifest and not manifest["signature"].endswith(f"|settings:{settings_digest(settings)}"):
        yield Difference(MANIFEST, "settings", f"their digest {settings_digest(settings)} is not the signature's")


def _whole_records(
    path: Path, manifest: dict[str, Any], done: Verified, found: deque[Difference]
) -> Iterator[DocumentRecord]:
    """Yield each record that keeps the contract, and add what is wrong with it, or with its line, to ``found``."""
    seen: set[str] = set()
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            done.records += 1
            try:
                record = DocumentRecord.model_validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(map(str, first["loc"])) or "record"
                found.append(Difference(f"{RECORDS}#{number}", "broken-record", f"{where}: {first['msg']}"))
                continue
            found.extend(_named(record, manifest, seen))
            yield record


def _named(record: DocumentRecord, manifest: dict[str, Any], seen: set[str]) -> Iterator[Difference]:
    """Check the names: id and signature."""
    if record.id in seen:
        yield Difference(record.id, "repeated-id", "an earlier record has this id")
    seen.add(record.id)
    made = record.made_by
    expected = record_id(record.source.location, record.input_id, record.source.bytes_sha256, made.signature)
    if record.id != expected:
        yield Difference(record.id, "id", f"location, input, bytes and signature give {expected}")
    if manifest and made.signature != manifest["signature"]:
        yield Difference(record.id, "signature", f"the manifest has {manifest['signature']}")
    said = f"colophon:{made.colophon}|detector:{made.detector}|rules:{made.rules}|"
    if not made.signature.startswith(said):
        yield Difference(record.id, "signature", f"does not begin with {said}")


def _compared(record: DocumentRecord, read: SourceDocument | Rejection, done: Verified) -> Iterator[Difference]:
    """Compare a record with what its source holds now."""
    if isinstance(read, Rejection):
        done.unread += 1
        return
    done.reread += 1
    if read.bytes_sha256 != record.source.bytes_sha256:
        yield Difference(record.id, "source-bytes", f"{read.location} is {read.bytes_sha256} now")
        return
    if text_sha256(read.text) != record.body.sha256:
        yield Difference(record.id, "source-text", f"{read.location} is read as another text by this version")
        return
    for start, end, text, digest in _evidence(record):
        words = read.text[start:end]
        if text is not None and words != text:
            yield Difference(record.id, "evidence", f"text[{start}:{end}] is not {text[:60]!r}")
        if digest is not None and text_sha256(words) != digest:
            yield Difference(record.id, "evidence", f"text[{start}:{end}] has another hash than the notice")


def _evidence(record: DocumentRecord) -> Iterator[tuple[int, int, str | None, str | None]]:
    """Yield every span of a record with its words, None where withheld, and its hash where there is one."""
    for fragment in record.fragments:
        yield fragment.start, fragment.end, fragment.text, None
    for notice in (*record.reproduction.notices, *record.reproduction.clues):
        yield notice.start, notice.end, notice.text, notice.sha256
    for statement in record.statements:
        if statement.start is not None and statement.end is not None:
            yield statement.start, statement.end, statement.text, None
        for party in statement.parties:
            yield party.start, party.end, party.text, None


def _counts(folder: Path, manifest: dict[str, Any], records: int) -> Iterator[Difference]:
    try:
        with (folder / REJECTED).open("rb") as lines:
            rejected = sum(1 for _ in lines)
    except FileNotFoundError:
        rejected = 0
    for name, found in (("records", records), ("rejected", rejected)):
        said = manifest.get("counts", {}).get(name, found)
        if said != found:
            yield Difference(MANIFEST, "count", f"says {said} {name}, there are {found}")

"""``decisions.jsonl`` of an output folder: what persons decided, appended and never rewritten.

One process appends at a time, and a decision is on the disk before ``append_decisions`` returns. Its lines are read
whenever records are shown or exported; ``records.jsonl`` stays as the machine wrote it, byte for byte.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from colophon.errors import DataError, OutputError, UsageError
from colophon.records import DocumentRecord
from colophon.reviewing.applying import Decision, decided
from colophon.settings import RightsSettings, Settings
from colophon.writing import MANIFEST, RECORDS, read_records

DECISIONS = "decisions.jsonl"
_LINE: TypeAdapter[Decision] = TypeAdapter(Annotated[Decision, Field(discriminator="kind")])


def decided_records(folder: Path, *, unmatched: Callable[[Decision], object] | None = None) -> Iterator[DocumentRecord]:
    """Yield the records of a finished output folder with the decisions about them.

    ``unmatched`` is called, at the end, with each decision about a record that is not there any more: a new run with
    other settings or rules makes other records. Raises what ``read_records`` and ``read_decisions`` raise.
    """
    about: dict[str, list[Decision]] = {}
    for decision in read_decisions(folder):
        about.setdefault(decision.record, []).append(decision)
    if not about:
        yield from read_records(folder)
        return
    limits = limits_of(folder)
    met = set()
    for record in read_records(folder):
        if record.id in about:
            met.add(record.id)
        yield decided(record, about.get(record.id, ()), limits)
    for decision in (d for id, rest in about.items() if id not in met for d in rest):
        if unmatched is not None:
            unmatched(decision)


def read_decisions(folder: Path) -> Iterator[Decision]:
    """Yield the decisions of an output folder, oldest first; none when nobody decided anything.

    Raises DataError when a line is no decision: one that cannot be read might be a stricter one.
    """
    path = folder / DECISIONS
    if not path.is_file():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            where = f"{path}, line {number}"
            if not line.endswith(b"\n"):
                raise DataError(where, "only half of a decision was written; delete this line and decide again")
            try:
                yield _LINE.validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                place = ".".join(map(str, first["loc"])) or "decision"
                raise DataError(where, f"not a decision of this version: {place}: {first['msg']}") from error


def append_decisions(folder: Path, decisions: Sequence[Decision]) -> None:
    """Append decisions, all or none of them, and return when they are on the disk.

    Raises UsageError when a decision is about no record of the folder, or about a fragment without a translation;
    OutputError when the file cannot be written; DataError when it holds something else than decisions.
    """
    _check(folder, decisions)
    text = "".join(decision.model_dump_json() + "\n" for decision in decisions)
    path = folder / DECISIONS
    try:
        new = not path.exists()
        with path.open("ab", buffering=0) as out, _held(out):
            for _ in read_decisions(folder):  # a half-written last line would swallow ours
                pass
            _write_whole(out, text.encode("utf-8"))
        if new:
            _settle(folder)
    except OSError as error:
        raise OutputError(str(path), f"cannot be written ({error.strerror}); nothing was decided") from error


def limits_of(folder: Path) -> RightsSettings:
    """Return the limits on quotes under which the folder's run withheld; the defaults when it does not say."""
    path = folder / MANIFEST
    if not path.is_file():
        return RightsSettings()
    try:
        rights = json.loads(path.read_bytes())["settings"]["rights"]
        found = RightsSettings.model_validate(rights)
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(str(path), f"does not hold the settings of a run: {error}") from error
    # These keep everything, which is not what a stricter decision asks for.
    return found.model_copy(update={"policy": "quote"}) if found.policy in ("full", "ignore") else found


def _check(folder: Path, decisions: Sequence[Decision]) -> None:
    wanted = {decision.record for decision in decisions}
    for record in read_records(folder):
        if record.id in wanted:
            wanted.remove(record.id)
            try:
                decided(record, decisions, Settings().rights)
            except DataError as error:
                raise UsageError(str(error)) from error
    if wanted:
        raise UsageError(f"{folder / RECORDS} has no record {min(wanted)!r}; colophon show {folder} lists them all")


def _write_whole(out: FileIO, text: bytes) -> None:
    """Write all of ``text`` and wait for the disk; leave the file as it was when there is no room."""
    size = os.fstat(out.fileno()).st_size
    rest = memoryview(text)
    try:
        while rest:
            rest = rest[out.write(rest) :]
        os.fsync(out.fileno())
    except OSError:
        out.truncate(size)
        raise


@contextmanager
def _held(file: FileIO) -> Iterator[None]:
    """Hold ``file`` until the block ends; another process that wants it waits."""
    try:
        import fcntl
    except ImportError:  # not on Windows: there the operator keeps reviewers apart
        yield
        return
    # Not lockf: that lock would end when read_decisions closes the same file.
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _settle(folder: Path) -> None:
    """Put the name of a new file on the disk too; Windows has no such call."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

"""Records out: finished batches first, the whole when it is whole, nothing half-written ever visible.

Layout of an output folder::

    records.jsonl    one record a line, in the order of the input
    rejected.jsonl   inputs that could not become a record: where from, and why
    manifest.json    counts, hashes, settings and versions; no times, so equal runs are equal bytes
    runs.jsonl       when each sitting began and ended, in UTC
    .batches/        finished batches of a run that has not ended; gone when it has
"""

import errno
import json
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Self
from weakref import finalize

from pydantic import ValidationError

from colophon.errors import DataError, OutputError, UsageError
from colophon.records import SCHEMA_VERSION, DocumentRecord

RECORDS, REJECTED, MANIFEST, RUNS = "records.jsonl", "rejected.jsonl", "manifest.json", "runs.jsonl"
_PARTS, _LOCK = ".batches", "lock"


@dataclass(frozen=True, slots=True)
class RejectedInput:
    """A line of ``rejected.jsonl``."""

    location: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run did; all counts."""

    records: int = 0
    rejected: int = 0
    fragments: int = 0
    translated: int = 0
    needs_review: int = 0
    withheld: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Return the sums."""
        mine, theirs = asdict(self), asdict(other)
        return Counts(**{name: mine[name] + theirs[name] for name in mine})


def count(records: Sequence[DocumentRecord], rejected: int) -> Counts:
    """Count what a batch holds."""
    return Counts(
        records=len(records),
        rejected=rejected,
        fragments=sum(len(r.fragments) for r in records),
        translated=sum(f.translation is not None for r in records for f in r.fragments),
        needs_review=sum(r.needs_review for r in records),
        withheld=sum(bool(r.access.withheld) for r in records),
    )


def read_records(folder: Path) -> Iterator[DocumentRecord]:
    """Yield the records of a finished output folder, one at a time.

    Raises UsageError when there are none yet, DataError when a line is not a record of this version.
    """
    path = folder / RECORDS
    if not path.is_file():
        raise UsageError(f"{folder} has no {RECORDS}: run colophon run INPUT... --out {folder} first")
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield DocumentRecord.model_validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                place = ".".join(map(str, first["loc"])) or "record"
                raise DataError(
                    f"{path}, line {number}", f"not a record of this version: {place}: {first['msg']}"
                ) from error


def read_rejected(folder: Path) -> Iterator[RejectedInput]:
    """Yield the rejects of a finished output folder; UsageError when it is none, DataError when a line is wrong."""
    path = folder / REJECTED
    if not path.is_file():
        raise UsageError(f"{folder} has no {REJECTED}: run colophon run INPUT... --out {folder} first")
    with path.open(encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield RejectedInput(**json.loads(line))
            except (ValueError, TypeError) as error:
                raise DataError(f"{path}, line {number}", f"not a rejected input: {error}") from error


def finished_at(folder: Path) -> datetime:
    """Return when the last sitting of a finished output ended, UTC; DataError when its ``runs.jsonl`` is wrong."""
    path = folder / RUNS
    try:
        last = path.read_text(encoding="utf-8").splitlines()[-1]
        return datetime.fromisoformat(json.loads(last)["finished"])
    except (OSError, IndexError, ValueError, KeyError, TypeError) as error:
        raise DataError(str(path), f"does not say when the run ended ({error})") from error


class OutputFolder:
    """One run's output, held by one process. Batches may be written in any order, by any number of threads.

    A copy that was pickled into another process writes batches of the same run, and holds nothing.

    Raises OutputError when the folder cannot be made or written, or another run is writing it.
    """

    def __init__(self, folder: Path, signature: str, *, resume: bool) -> None:
        self.folder = folder
        self.signature = signature
        self._parts = folder / _PARTS
        try:
            lock = _locked(self._parts)
        except OSError as error:
            detail = f"cannot be made or written ({error.strerror}); choose another --out"
            raise OutputError(str(folder), detail) from error
        # Let go when nobody refers to this object any more, too: a run that failed must not stop the next one.
        self._let_go: Callable[[], object] = finalize(self, _unlock, lock)
        if not resume:
            for path in self._batches():
                path.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_let_go": _nothing}

    def close(self) -> None:
        """Let other runs write here; what is finished stays."""
        self._let_go()

    def finished(self, number: int, key: str) -> Counts | None:
        """Return the counts of a batch that an earlier sitting finished from the same input, else None."""
        try:
            with self._part(number).open(encoding="utf-8", newline="\n") as lines:
                head = json.loads(lines.readline())
            return Counts(**head["counts"]) if head["key"] == self.batch_key(key) else None
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            # Not there, or spoilt by a machine that lost power: it is made again.
            return None

    def batch_key(self, content: str) -> str:
        """Return what a finished batch is recognised by: its input and everything that makes its records."""
        return sha256(f"{self.signature}\n{content}".encode()).hexdigest()

    def write_batch(
        self, number: int, key: str, records: Sequence[DocumentRecord], rejected: Sequence[RejectedInput]
    ) -> Counts:
        """Keep a finished batch: first line its key and counts, then rejects, then records."""
        counts = count(records, len(rejected))
        with _replacing(self._part(number)) as out:
            _line(out, {"key": self.batch_key(key), "counts": asdict(counts)})
            for reject in rejected:
                _line(out, asdict(reject))
            for record in records:
                out.write(record.model_dump_json() + "\n")
        return counts

    def publish(self, batches: int, settings: dict[str, Any]) -> Counts:
        """Join the batches into the final files, each moved into place when whole, and drop the batches.

        Raises OutputError when a batch is missing.
        """
        total = Counts()
        digests = {RECORDS: sha256(), REJECTED: sha256()}
        with _replacing(self.folder / RECORDS) as records, _replacing(self.folder / REJECTED) as rejected:
            for number in range(batches):
                counts, lines = self._read_part(number)
                total = total.plus(counts)
                for position, line in enumerate(lines):
                    name, out = (REJECTED, rejected) if position < counts.rejected else (RECORDS, records)
                    digests[name].update(line.encode("utf-8", "surrogatepass"))
                    out.write(line)
        with _replacing(self.folder / MANIFEST) as out:
            manifest = {
                "schema_version": SCHEMA_VERSION,
                "signature": self.signature,
                "counts": asdict(total),
                "files": {name: {"sha256": digest.hexdigest()} for name, digest in digests.items()},
                "settings": settings,
            }
            out.write(json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
        _settle(self.folder)
        self._clear()
        return total

    def note_run(self, started: datetime, counts: Counts) -> None:
        """Append when a sitting began and ended."""
        with _writable(self.folder / RUNS), (self.folder / RUNS).open("a", encoding="utf-8") as out:
            times = {"started": _utc(started), "finished": _utc(datetime.now(UTC))}
            _line(out, {**times, "signature": self.signature, "counts": asdict(counts)})

    def _batches(self) -> list[Path]:
        return [path for path in self._parts.iterdir() if path.name != _LOCK]

    def _clear(self) -> None:
        """Drop the batches, and what killed sittings left half-written; only now does nobody write here."""
        for path in (*self._batches(), *self.folder.glob("*.partial-*"), self._parts / _LOCK):
            path.unlink(missing_ok=True)
        with suppress(OSError):  # the next run is there already
            self._parts.rmdir()
        self.close()

    def _read_part(self, number: int) -> tuple[Counts, Iterator[str]]:
        try:
            lines = self._part(number).open(encoding="utf-8", newline="\n")
        except FileNotFoundError as error:
            raise OutputError(str(self.folder), f"batch {number} is missing: run again with --resume") from error
        return Counts(**json.loads(lines.readline())["counts"]), _closing(lines)

    def _part(self, number: int) -> Path:
        return self._parts / f"{number:08}.jsonl"


def _locked(parts: Path) -> int | None:
    """Make the folder of batches and hold it, so that two runs never write one; return the lock.

    Raises OutputError when another run holds it.
    """
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:  # not on Windows: there the operator keeps runs apart
        parts.mkdir(parents=True, exist_ok=True)
        return None
    while True:
        parts.mkdir(parents=True, exist_ok=True)
        try:
            lock = os.open(parts / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except FileNotFoundError:  # a run that ends took the folder away just now
            continue
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            detail = "another run is writing here; wait for it, or choose another --out"
            raise OutputError(str(parts.parent), detail) from error
        except OSError as error:
            if error.errno in (errno.ENOLCK, errno.ENOTSUP):  # some network file systems: there the operator does
                return lock
            os.close(lock)
            raise
        if _is_there(parts / _LOCK, lock):
            return lock
        os.close(lock)


def _is_there(path: Path, lock: int) -> bool:
    """Say whether the file that is locked is still the one at ``path``: a run that ends takes it away."""
    try:
        return os.path.samestat(path.stat(), os.fstat(lock))
    except FileNotFoundError:
        return False


def _unlock(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)


def _nothing() -> None:
    """Let go of nothing: what a copy in another process has."""


def _settle(folder: Path) -> None:
    """Wait until the disk knows the new names in a folder: before it does, nothing that they replace may go."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _closing(lines: IO[str]) -> Iterator[str]:
    with lines:
        yield from lines


def _line(out: IO[str], value: dict[str, Any]) -> None:
    out.write(json.dumps(value, ensure_ascii=False) + "\n")


def _utc(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def _writable(path: Path) -> Iterator[None]:
    """Turn a full disk or a missing permission into an OutputError that names ``path``."""
    try:
        yield
    except OSError as error:
        detail = (
            f"cannot be written ({error.strerror}); make room or permission, and run again: finished batches are kept"
        )
        raise OutputError(str(path), detail) from error


@contextmanager
def _replacing(path: Path) -> Iterator[IO[str]]:
    """Open a file under a temporary name; move it into place only when the block ends well."""
    # Several machines may share the folder, and process numbers are theirs alone.
    partial = path.with_name(f"{path.name}.partial-{platform.node()}-{os.getpid()}")
    with _writable(path):
        try:
            # A lone surrogate in a file name becomes the JSON escape that stands for it.
            with partial.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)

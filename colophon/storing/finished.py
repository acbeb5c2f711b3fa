"""The output of a run that has ended, checked against its manifest before anybody stores it."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from colophon.errors import DataError, OutputError, UsageError
from colophon.records import DocumentRecord, Sha256
from colophon.reviewing import DECISIONS, decided_records
from colophon.writing import MANIFEST, RECORDS, REJECTED, Counts, RejectedInput, read_rejected


class _File(BaseModel):
    sha256: Sha256


class Manifest(BaseModel):
    """What ``manifest.json`` says; fields that a newer Colophon adds are left alone."""

    model_config = ConfigDict(frozen=True)

    schema_version: str
    signature: str
    counts: Counts
    files: dict[str, _File] = Field(min_length=1)
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FinishedOutput:
    """One finished run on disk, with what persons decided since.

    ``run_id`` comes from the bytes of the manifest and of the decisions: equal outputs are one run, and a decision
    makes another, because a stricter one withholds text wherever the records are kept.
    """

    folder: Path
    run_id: str
    decided: bool
    manifest: Manifest
    manifest_bytes: bytes
    _files: tuple[tuple[int, int, int], ...]

    @classmethod
    def open(cls, folder: Path) -> "FinishedOutput":
        """Return the run in ``folder``, its files compared with the hashes in the manifest.

        Raises UsageError when no run has ended there, DataError when the manifest is none, OutputError when a file
        is not the one that the manifest describes.
        """
        path = folder / MANIFEST
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UsageError(
                f"{folder} has no {MANIFEST} that can be read ({error.strerror}): run colophon run INPUT... --out "
                f"{folder} to its end first"
            ) from error
        try:
            manifest = Manifest.model_validate(json.loads(content))
        except (ValueError, ValidationError) as error:
            raise DataError(str(path), "not a manifest of colophon run; run it again") from error
        states = tuple(_checked(folder / name, manifest) for name in (RECORDS, REJECTED))
        decisions = (folder / DECISIONS).read_bytes() if (folder / DECISIONS).is_file() else b""
        run_id = f"urn:colophon:run:{sha256(content + decisions).hexdigest()[:32]}"
        return cls(folder, run_id, bool(decisions), manifest, content, states)

    def records(self) -> Iterator[DocumentRecord]:
        """Yield the records in their order, with the decisions about them.

        Raises what ``read_decisions`` raises; OutputError after the last one when another run has replaced the files
        meanwhile.
        """
        yield from decided_records(self.folder)
        if tuple(_state(self.folder / name) for name in (RECORDS, REJECTED)) != self._files:
            raise OutputError(str(self.folder), "changed while it was read, nothing of it is kept; store it again")

    def rejects(self) -> Iterator[RejectedInput]:
        """Yield what could not become a record; DataError when a line is none."""
        return read_rejected(self.folder)


def _checked(path: Path, manifest: Manifest) -> tuple[int, int, int]:
    said = manifest.files.get(path.name)
    try:
        before = _state(path)
        with path.open("rb") as content:
            found = file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise OutputError(str(path), f"cannot be read ({error.strerror}); run again") from error
    if said is None or found != said.sha256:
        raise OutputError(
            str(path), f"is not the file that {MANIFEST} describes: it was altered, or a run is ending; run again"
        )
    return before


def _state(path: Path) -> tuple[int, int, int]:
    """Return what changes when a file is replaced or written: inode, size in bytes, time in nanoseconds."""
    found = os.stat(path)
    return found.st_ino, found.st_size, found.st_mtime_ns

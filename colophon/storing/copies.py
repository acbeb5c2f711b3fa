"""The lines of a run, copied as they are to another place."""

import os
from dataclasses import replace
from hashlib import sha256

from colophon.errors import OutputError, UsageError
from colophon.settings import StoringSettings
from colophon.storing.finished import FinishedOutput
from colophon.storing.stored import Stored
from colophon.storing.targets import Target
from colophon.writing import RECORDS

_BLOCK = 1 << 20


def copy_lines(output: FinishedOutput, url: str, settings: StoringSettings) -> Stored:
    """Copy ``records.jsonl``, byte for byte; a place that holds these bytes already is left alone.

    When persons decided something since, the lines are the records with their decisions.

    Raises UsageError, MissingExtraError or OutputError; then the place is as it was.
    """
    target = Target(url, settings)
    source = output.folder / RECORDS
    if target.is_same_file(source):
        raise UsageError(f"{target.shown} is the output itself; give another place")
    said = output.manifest.files[RECORDS].sha256
    done = Stored(target.shown, output.run_id, output.manifest.counts.records)
    if output.decided:
        with target.file() as out:
            for record in output.records():
                out.write(record.model_dump_json().encode() + b"\n")
        return replace(done, written=done.records)
    if target.holds(said, os.path.getsize(source)):
        return replace(done, already=True)
    digest = sha256()
    with source.open("rb") as lines, target.file() as out:
        while block := lines.read(_BLOCK):
            digest.update(block)
            out.write(block)
        if digest.hexdigest() != said:
            raise OutputError(str(source), "changed while it was read, nothing of it is kept; store it again")
    return replace(done, written=done.records)

"""kill -9 at random moments of a run, then again after each restart: nothing lost, nothing doubled, equal bytes.

python -m benchmarks.faults.kill_at_random [--documents 2000] [--kills 20] [--engine none]
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.made import finished, ids_of, results, started, verdict, write_articles

SEED = 11


@dataclass(frozen=True)
class Kill:
    """After how many seconds, and how many batches were finished then."""

    after: float
    batches: int


def killed(source: Path, out: Path, engine: str, after: float) -> Kill | None:
    """Start a run and kill it ``after`` seconds; None when it was done before."""
    process = started(source, out, engine)
    assert process.stderr is not None
    with process.stderr:
        time.sleep(after)
        process.kill()
        process.wait()
    hit = process.returncode == -9
    return Kill(after, len(list(out.glob(".batches/*.jsonl")))) if hit else None


def kills(source: Path, folder: Path, engine: str, count: int, longest: float) -> Iterator[tuple[Kill, Path]]:
    """Kill ``count`` sittings, each after at most ``longest`` seconds; a run that gets done begins anew elsewhere."""
    chance = random.Random(SEED)
    run = done = 0
    while done < count:
        out = folder / f"run-{run}"
        kill = killed(source, out, engine, chance.uniform(0, longest))
        if kill is None:
            run += 1
            continue
        done += 1
        yield kill, out


def check(documents: int, count: int, engine: str, folder: Path) -> int:
    """Run, kill and compare; return the exit code."""
    source = folder / "articles.jsonl"
    ids = write_articles(source, documents)
    whole, seconds = finished(source, folder / "whole", engine)
    print(f"{documents} documents, engine {engine}: uninterrupted in {seconds:.1f} s")
    hits = list(kills(source, folder, engine, count, 0.9 * seconds))
    for kill, out in hits:
        print(f"killed after {kill.after:6.2f} s of a sitting with {kill.batches:3} batches finished in {out.name}")
    outs = sorted({out for _, out in hits})
    again = [finished(source, out, engine)[0] if not (out / "manifest.json").exists() else results(out) for out in outs]
    leftovers = [path for out in outs for path in out.iterdir() if path.name.startswith(".") or "partial" in path.name]
    return verdict(
        [
            (f"{len(hits)} kills hit a run, in {len(outs)} folders", len(hits) == count),
            ("nothing lost, nothing doubled, order kept", all(ids_of(found) == ids for found in again)),
            ("output identical to the uninterrupted run's", all(found == whole for found in again)),
            ("nothing half-written is left", not leftovers),
        ]
    )


def main() -> None:
    """Read the options and check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--engine", choices=("none", "echo"), default="none")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(check(given.documents, given.kills, given.engine, Path(folder)))


if __name__ == "__main__":
    main()

"""Two runs into one folder at once: one writes, the other says so and leaves; a killed one holds nothing.

python -m benchmarks.faults.two_runs_at_once [--documents 600]
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.faults.made import finished, ids_of, results, started, verdict, write_articles

ENGINE = "none"


def together(source: Path, out: Path) -> list[tuple[int, str]]:
    """Start two runs, and return how each ended and what it said."""
    both = [started(source, out, ENGINE) for _ in range(2)]
    words = [process.communicate()[1] for process in both]
    return [(process.returncode, said) for process, said in zip(both, words, strict=True)]


def killed_in_the_middle(source: Path, out: Path) -> bool:
    """Kill a run that holds the folder; False when it was done before."""
    process = started(source, out, ENGINE)
    while process.poll() is None and not list(out.glob(".batches/*.jsonl")):
        time.sleep(0.01)
    process.kill()
    process.communicate()
    return process.returncode == -9


def check(documents: int, folder: Path) -> int:
    """Run and compare; return the exit code."""
    source = folder / "articles.jsonl"
    ids = write_articles(source, documents)
    whole, _ = finished(source, folder / "whole", ENGINE)
    ends = sorted(together(source, folder / "both"))
    hit = killed_in_the_middle(source, folder / "killed")
    after, _ = finished(source, folder / "killed", ENGINE)
    print(f"{documents} documents; the two ended with {[code for code, _ in ends]}; the second said:\n  {ends[0][1]}")
    refused = [said for code, said in ends if code not in (0, 3)]
    return verdict(
        [
            ("one of two runs is refused, and says why", len(refused) == 1 and "another run is writing" in refused[0]),
            ("the other's output is that of a run alone", results(folder / "both") == whole),
            ("nothing lost, nothing doubled", ids_of(whole) == ids),
            ("a run that was killed leaves no lock behind", hit and after == whole),
        ]
    )


def main() -> None:
    """Read the options and check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=600)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(check(given.documents, Path(folder)))


if __name__ == "__main__":
    main()

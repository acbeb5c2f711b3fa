"""Peak memory of runs of 1,000, 10,000 and 50,000 documents: it must not grow with their number.

    python -m benchmarks.memory [--counts 1000 10000 50000]

Prints Markdown for benchmarks/RESULTS.md. The engine is none, so that what is measured is reading and writing.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.faults.made import started, write_articles

ALLOWED = 0.10
WORDS = 60  # a document: caches of words must fill as they do with news


def measured(count: int, folder: Path) -> tuple[float, float, float]:
    """Run ``count`` documents; return peak MiB of the process, its CPU seconds, and seconds."""
    source = folder / f"{count}.jsonl"
    write_articles(source, count, WORDS)
    begun = time.monotonic()
    process = started(source, folder / str(count), "none")
    assert process.stderr is not None
    process.stderr.read()
    process.stderr.close()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):
        sys.exit(f"the run of {count} ended with {process.returncode}")
    return used.ru_maxrss / 1024, used.ru_utime + used.ru_stime, time.monotonic() - begun


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[1_000, 10_000, 50_000])
    given = parser.parse_args()
    peaks = []
    print("| documents | peak MiB | CPU s | s |\n| ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for count in given.counts:
            peak, cpu, seconds = measured(count, Path(folder))
            peaks.append(peak)
            print(f"| {count:,} | {peak:.1f} | {cpu:.1f} | {seconds:.1f} |", flush=True)
    grown = max(peaks) / peaks[0] - 1
    print(f"\nfrom the first to the largest: {100 * grown:+.1f} %")
    sys.exit(grown > ALLOWED)


if __name__ == "__main__":
    main()

"""Documents a second of a bulk run on Ray, with one worker and with two, on this machine.

    python -m benchmarks.bulk [--documents 4000] [--workers 1 2] [--engine none]

Prints Markdown for benchmarks/RESULTS.md. The time is from the first finished batch to the last: Ray's start and
that of the workers are printed apart.
"""

import argparse
import tempfile
import time
from pathlib import Path

from benchmarks.faults.made import write_articles
from colophon.reading import input_references
from colophon.settings import RightsSettings, Settings, TranslationSettings
from colophon.worker import batch_row, batches, open_folder
from flows.translate_in_bulk import on_ray, results


def measured(source: Path, out: Path, settings: Settings, workers: int) -> tuple[float, float, int]:
    """Return seconds to the first finished batch, from there to the last, and documents after the first batch."""
    references = batches(input_references([str(source)], settings.reading), settings)
    rows = [batch_row(number, batch) for number, batch in enumerate(references)]
    begun = time.monotonic()
    with open_folder(out, settings, resume=True) as folder, on_ray(workers, ""):
        moments = [
            (time.monotonic(), row["records"] + row["rejected"]) for row in results(rows, folder, settings, workers)
        ]
    first, last = moments[0][0], moments[-1][0]
    return first - begun, last - first, sum(documents for _, documents in moments[1:])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=4_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--engine", choices=("none", "echo", "ctranslate2"), default="none")
    given = parser.parse_args()
    settings = Settings(translation=TranslationSettings(engine=given.engine), rights=RightsSettings(policy="ignore"))
    print("| workers | to the first batch, s | documents a second |\n| ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "articles.jsonl")
        write_articles(source, given.documents)
        for workers in given.workers:
            start, seconds, documents = measured(source, Path(folder, str(workers)), settings, workers)
            print(f"| {workers} | {start:.1f} | {documents / seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main()

"""Write predictions of the detector for a JSON Lines benchmark, and print its cost.

Usage: ``python benchmarks/detection.py GOLD.jsonl PREDICTIONS.jsonl``; score with the benchmark's ``score.py``.
"""

import json
import resource
import sys
import time
from pathlib import Path

from colophon.detecting import FragmentDetector
from colophon.documents import SourceDocument
from colophon.settings import DetectionSettings


def main() -> None:
    """Detect every document once, cold, in one thread."""
    rows = [json.loads(line) for line in Path(sys.argv[1]).read_text("utf-8").split("\n") if line.strip()]
    detector = FragmentDetector(DetectionSettings())
    started = time.process_time()
    detector.detect(SourceDocument.of_text("Le chat est sur la table. Кошка на столе. הדוד بيت"))
    loaded = time.process_time()
    with Path(sys.argv[2]).open("w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            spans = detector.detect(SourceDocument.of_text(row["text"], id=row["id"]))
            found = [{"start": s.start, "end": s.end, "lang": s.language} for s in spans]
            out.write(json.dumps({"id": row["id"], "spans": found}) + "\n")
    spent = time.process_time() - loaded
    characters = sum(len(row["text"]) for row in rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"load {loaded - started:.2f} CPU-s; {characters} characters in {spent:.2f} CPU-s = ", end="")
    print(f"{characters / spent:,.0f} characters a CPU-s; peak {peak:.0f} MB")


if __name__ == "__main__":
    main()

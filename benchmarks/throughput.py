"""Documents and tokens per CPU-second, single-threaded, in one run; ratios against what a user would write.

    python benchmarks/throughput.py [--documents 400]

Prints Markdown for benchmarks/RESULTS.md. Needs the embedded model; the comparison of engines also needs
the [torch] extra.
"""

import os

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from colophon.attributing import Attributor
from colophon.detecting import FragmentDetector
from colophon.documents import SourceDocument
from colophon.engines.registry import open_engine
from colophon.settings import Settings, TranslationSettings
from colophon.translating import Decoding
from colophon.worker import models_for, process_batch, tools_for

REPEATS = 3
EXAMPLES = Path(__file__).parent.parent / "examples"
# Captions of our own: what the engines translate in the comparison.
CAPTIONS = (Path(__file__).parent / "captions-he.txt").read_text(encoding="utf-8").splitlines()


def cpu_seconds(work: Callable[[], object]) -> float:
    """Median CPU seconds of REPEATS calls, all threads of the process."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def documents(count: int) -> list[SourceDocument]:
    """Articles of 2,400 code points or so, each different: shuffled lines of the examples."""
    chance = random.Random(5)
    lines = [
        line
        for name in ("market-fire.txt", "rail-line.txt")
        for line in (EXAMPLES / name).read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    made = []
    for number in range(count):
        body: list[str] = []
        while sum(map(len, body)) < 2400:
            body.append(chance.choice(lines))
        made.append(SourceDocument.of_text("\n".join(body)[:2400], id=str(number)))
    return made


def steps(count: int) -> None:
    """Print the rates of the steps."""
    batch = documents(count)
    letters = sum(len(d.text) for d in batch)
    settings = Settings(translation=TranslationSettings(engine="none"))
    tools_for(settings)
    detector, attributor = FragmentDetector(settings.detection), Attributor()
    print(f"{count} documents of {letters // count} code points, median of {REPEATS}\n")
    print(
        "| step | documents per CPU-second | ms a document | code points per CPU-second |\n| --- | ---: | ---: | ---: |"
    )
    for name, work in (
        ("detect", lambda: [detector.detect(d) for d in batch]),
        ("provenance", lambda: [attributor.attribute(d) for d in batch]),
        ("whole run without translation", lambda: process_batch(batch, settings)),
        ("whole run with the embedded model", lambda: process_batch(batch, Settings())),
    ):
        spent = cpu_seconds(work)
        print(f"| {name} | {count / spent:,.0f} | {1000 * spent / count:.2f} | {letters / spent:,.0f} |")


def engines() -> None:
    """Print tokens per CPU-second of both engines against one-at-a-time generate, same checkpoint, same lines."""
    import torch

    torch.set_num_threads(1)
    decoding = Decoding(beam=1)
    lines = CAPTIONS
    card = models_for(TranslationSettings())[0]
    import sentencepiece

    pieces = sentencepiece.SentencePieceProcessor(model_file=str(card.folder / "vocabulary.model"))
    rows: list[tuple[str, float, int]] = []
    naive = open_engine("transformers", card, TranslationSettings(engine="transformers", compute_type="float32"))
    for name, engine, one_by_one in (
        ("transformers float32, one at a time (what a user would write)", naive, True),
        ("transformers float32, batched", naive, False),
        ("ctranslate2 int8, one at a time", open_engine("ctranslate2", card, TranslationSettings()), True),
        ("ctranslate2 int8, batched", open_engine("ctranslate2", card, TranslationSettings()), False),
    ):
        work = (
            (lambda e=engine: [e.translate([line], decoding)[0] for line in lines])
            if one_by_one
            else (lambda e=engine: e.translate(lines, decoding))
        )
        outputs = work()
        tokens = sum(len(pieces.encode(o.text)) + 1 for o in outputs)
        rows.append((name, cpu_seconds(work), tokens))
    base = rows[0][2] / rows[0][1]
    print(f"\n{len(lines)} captions, greedy, one thread, median of {REPEATS}\n")
    print("| engine | output tokens per CPU-second | ms a caption | ratio |\n| --- | ---: | ---: | ---: |")
    for name, spent, tokens in rows:
        print(f"| {name} | {tokens / spent:,.0f} | {1000 * spent / len(lines):.1f} | {tokens / spent / base:.1f} |")


def main() -> None:
    """Run both parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=400)
    given = parser.parse_args()
    steps(given.documents)
    engines()


if __name__ == "__main__":
    main()

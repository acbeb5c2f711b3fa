"""Write a model's card: data, licences, scores, confidence, errors, examples; every figure measured here.

    python -m training.card models/he-en --run /var/tmp/he-en --dev ../shared/data/he-en/dev

Takes some minutes: float32 and int8, greedy and beam, both dev sets. Run it after training.calibrate, whose
numbers it reads from models/catalogue.toml.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from sacrebleu.metrics.chrf import CHRF

from colophon.catalogue import read_catalogue
from colophon.translating import Calibration
from training.evaluate import DevSet, Model, Result, captions, flores, score, unquantised

KNOWN = Path(__file__).with_name("known.md")  # what a person knows of this checkpoint and no figure says
GOOD = 50.0  # chrF of a sentence from which a reader gets the meaning; read on captions-dev


def sentence_scores(dev: DevSet, result: Result) -> list[float]:
    """Return the chrF of each line, 0 to 100."""
    metric = CHRF()
    pairs = zip(result.outputs, dev.references, strict=True)
    return [metric.sentence_score(output, [reference]).score for output, reference in pairs]


def error_kinds(dev: DevSet, result: Result, scores: Sequence[float]) -> Counter[str]:
    """Count what goes wrong, by signs that a program can see; a line may count more than once."""
    kinds: Counter[str] = Counter()
    for output, reference, chrf in zip(result.outputs, dev.references, scores, strict=True):
        numbers = set(re.findall(r"\d+", reference)) - set(re.findall(r"\d+", output))
        names = set(re.findall(r"(?<!^)(?<![.:\"] )\b[A-Z][\w'-]{2,}", reference)) - set(re.findall(r"[\w'-]+", output))
        words = output.split()
        kinds["a number of the reference is missing"] += bool(numbers)
        kinds["a capitalised word of the reference is missing"] += bool(names)
        kinds["a word three times in a row or more"] += any(
            a == b == c for a, b, c in zip(words, words[1:], words[2:], strict=False)
        )
        kinds["shorter than 0.6 of the reference"] += len(output) < 0.6 * len(reference)
        kinds["longer than 1.6 times the reference"] += len(output) > 1.6 * len(reference)
        kinds[f"chrF below {GOOD:.0f}"] += chrf < GOOD
    return kinds


def examples(dev: DevSet, result: Result, scores: Sequence[float], *, best: bool, count: int = 10) -> Iterator[str]:
    """Yield a table of the best or worst outputs."""
    order = sorted(range(len(scores)), key=lambda i: (-scores[i] if best else scores[i], i))[:count]
    yield "| chrF | source | reference | output |\n| ---: | --- | --- | --- |"
    for i in order:
        cells = (dev.sources[i], dev.references[i], result.outputs[i])
        yield f"| {scores[i]:.0f} | " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def data_table(run: Path) -> Iterator[str]:
    """Yield pairs by file and licence."""
    data = json.loads((run / "data.json").read_text(encoding="utf-8"))
    yield "| file | licence | pairs | read a pass |\n| --- | --- | ---: | ---: |"
    for key, count in sorted(data["pairs"].items(), key=lambda item: (item[0].split("\t")[0], -item[1])):
        file, licence = key.split("\t")
        yield f"| {file} | {licence} | {count:,} | ×{data['weights'][file]} |"


def training_lines(run: Path) -> Iterator[str]:
    """Yield what the training log says."""
    log = (run / "log.txt").read_text(encoding="utf-8").splitlines()
    last = [line for line in log if " min  pass " in line][-1]
    shape = json.loads((run / "shape.json").read_text(encoding="utf-8"))
    yield f"Shape: {shape}. Last line of the log: `{' '.join(last.split())}`."


def calibration_of(folder: Path) -> tuple[float, float]:
    """Return (intercept, slope) from the catalogue's entry of ``folder``."""
    (found,) = [c.calibration for c in read_catalogue() if c.folder.name == folder.name]
    if found is None:
        raise SystemExit(
            f"models/catalogue.toml has no calibration for {folder.name}: python -m training.calibrate {folder}"
        )
    return found.intercept, found.slope


def card(folder: Path, run: Path, dev_folder: Path) -> str:
    """Measure everything and return the card."""
    beams = (1, 4)
    sets = (captions(dev_folder), flores(dev_folder, None))
    results = {
        (dev.name, kind, beam): score(Model(folder, "int8", beam) if kind == "int8" else unquantised(folder, beam), dev)
        for beam in beams
        for kind in ("int8", "float32")
        for dev in sets
    }
    main_result = results["captions-dev", "int8", 4]
    scores = sentence_scores(sets[0], main_result)
    calibration = calibration_of(folder)
    sizes = {p.relative_to(folder).as_posix(): p.stat().st_size for p in sorted(folder.rglob("*")) if p.is_file()}
    lines = [
        "# colophon/he-en: Hebrew → English, embedded",
        "",
        "A T5-shaped student trained from scratch by `training/` on openly licensed pairs and on captions written",
        "for this project. Written by `training/card.py`; every figure was measured by it.",
        "",
        "Licence of the weights: CC-BY-SA-4.0, because share-alike sources took part; copyleft software catalogues",
        "(GPL, LGPL, AGPL) are among them too. Sources, commits and licences of each file are listed in the data's",
        "`SOURCES-he.tsv`, by licence below.",
        "",
        *KNOWN.read_text(encoding="utf-8").splitlines(),
        "",
        "## Scores",
        "",
        "| dev set | lines | format | beam | chrF | BLEU | ms CPU a line, one thread |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: |",
        *(
            f"| {name} | {len(r.outputs)} | {kind} | {beam} | {r.chrf:.1f} | {r.bleu:.1f} | {r.cpu:.1f} |"
            for (name, kind, beam), r in results.items()
        ),
        "",
        f"Reproduce: `python -m training.evaluate {folder} --beam 4` (`--float32` for the unquantised).",
        f"Size: {sum(sizes.values()) / 1e6:.1f} MB in all; "
        + ", ".join(f"{name} {size / 1e6:.1f}" for name, size in sizes.items() if size > 1e5)
        + ".",
        "",
        "## Confidence",
        "",
        f"`1 / (1 + exp(-({calibration[0]} + {calibration[1]} · score)))`, fitted by `training/calibrate.py`",
        f"to a chrF of at least {GOOD:.0f}.",
        *review_lines(main_result, scores, calibration),
        "",
        "## Errors on captions-dev, int8, beam 4",
        "",
        "| sign | lines |\n| --- | ---: |",
        *(f"| {kind} | {count} |" for kind, count in error_kinds(sets[0], main_result, scores).most_common()),
        "",
        "Ten good:",
        "",
        *examples(sets[0], main_result, scores, best=True),
        "",
        "Ten bad:",
        "",
        *examples(sets[0], main_result, scores, best=False),
        "",
        "## Training",
        "",
        *training_lines(run),
        "",
        *data_table(run),
    ]
    return "\n".join(lines) + "\n"


def review_lines(result: Result, scores: Sequence[float], calibration: tuple[float, float]) -> Iterator[str]:
    """Yield how many lines "needs review" flags, and the scores on both sides."""
    from colophon.settings import TranslationSettings

    limit = TranslationSettings().review_below
    sure = [Calibration(*calibration).confidence(s) for s in result.scores]
    flagged = [chrf for chrf, p in zip(scores, sure, strict=True) if p < limit]
    others = [chrf for chrf, p in zip(scores, sure, strict=True) if p >= limit]
    for name, values in ((f"below {limit} (flagged)", flagged), (f"{limit} and above", others)):
        mean = f"mean chrF {sum(values) / len(values):.1f}" if values else "none"
        yield f"Confidence {name}: {len(values)} of {len(scores)} lines, {mean}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--dev", type=Path, default=Path("../shared/data/he-en/dev"))
    given = parser.parse_args()
    (given.folder / "card.md").write_text(card(given.folder, given.run, given.dev), encoding="utf-8")


if __name__ == "__main__":
    main()

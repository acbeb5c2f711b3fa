"""Fit confidence to a dev set: the probability that a person would keep the output, from its score.

    python -m training.calibrate models/he-en --dev ../shared/data/he-en/dev

"Kept" stands for a sentence chrF of at least ``--kept``. Prints the two numbers for catalogue.toml, and what
each review threshold would flag: share of the captions, and the chrF of flagged and unflagged ones.
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from sacrebleu.metrics.chrf import CHRF

from colophon.translating import Calibration
from training.evaluate import DevSet, Model, Result, captions, flores, score


def fitted(scores: Sequence[float], kept: Sequence[bool]) -> tuple[float, float]:
    """Return intercept and slope of a logistic regression, by Newton's method with a little shrinkage."""
    a = b = 0.0
    for _ in range(50):
        p = [1 / (1 + math.exp(-(a + b * s))) for s in scores]
        ga = sum(k - q for k, q in zip(kept, p, strict=True)) - 0.01 * a
        gb = sum((k - q) * s for k, q, s in zip(kept, p, scores, strict=True)) - 0.01 * b
        w = [q * (1 - q) for q in p]
        haa = sum(w) + 0.01
        hab = sum(v * s for v, s in zip(w, scores, strict=True))
        hbb = sum(v * s * s for v, s in zip(w, scores, strict=True)) + 0.01
        det = haa * hbb - hab * hab
        a, b = a + (hbb * ga - hab * gb) / det, b + (haa * gb - hab * ga) / det
    return a, max(0.0, b)


def print_thresholds(dev: DevSet, result: Result, a: float, b: float) -> None:
    """Print what each threshold flags."""
    rows = list(zip(result.scores, result.outputs, dev.references, strict=True))
    for threshold in (0.2, 0.3, 0.4, 0.5, 0.6):
        low = [(o, r) for s, o, r in rows if Calibration(a, b).confidence(s) < threshold]
        high = [(o, r) for s, o, r in rows if Calibration(a, b).confidence(s) >= threshold]
        print(
            f"{dev.name:13} below {threshold:.1f}: {len(low) / len(rows):5.1%} flagged, "
            f"chrF {_chrf(low)} flagged, {_chrf(high)} not"
        )


def _chrf(pairs: Sequence[tuple[str, str]]) -> str:
    if not pairs:
        return "    -"
    return f"{CHRF().corpus_score([o for o, _ in pairs], [[r for _, r in pairs]]).score:5.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dev", type=Path, default=Path("../shared/data/he-en/dev"))
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--kept", type=float, default=50.0)
    parser.add_argument("--flores-lines", type=int, default=200)
    given = parser.parse_args()
    model = Model(given.folder, "int8", given.beam)
    metric = CHRF()
    sets = [captions(given.dev), flores(given.dev, given.flores_lines)]
    results = [score(model, dev) for dev in sets]
    scores = [s for result in results for s in result.scores]
    kept = [
        metric.sentence_score(output, [reference]).score >= given.kept
        for dev, result in zip(sets, results, strict=True)
        for output, reference in zip(result.outputs, dev.references, strict=True)
    ]
    a, b = fitted(scores, kept)
    for dev, result in zip(sets, results, strict=True):
        print_thresholds(dev, result, a, b)
    print(f"\n{sum(kept)} of {len(kept)} outputs have a chrF of at least {given.kept:.0f}. For catalogue.toml:")
    lines = "+".join(f"{dev.name} {len(dev.sources)}" for dev in sets)
    print(f'calibration = {{ intercept = {a:.3f}, slope = {b:.3f}, fitted_on = "{lines}, chrF >= {given.kept:.0f}" }}')


if __name__ == "__main__":
    main()

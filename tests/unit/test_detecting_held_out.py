"""A floor on held-out fragments of our own: 78 languages; half a was read while developing, half b only scored."""

import json
from pathlib import Path

import pytest

from colophon.detecting import FragmentDetector
from colophon.documents import SourceDocument
from colophon.settings import DetectionSettings

CASES = Path(__file__).resolve().parents[1] / "cases/detecting"
# Span F1, edges exact and the language right; a little under what benchmarks/results/detection.md reports.
LEAST = {"a": 0.89, "b": 0.88}


@pytest.fixture(scope="module")
def detector() -> FragmentDetector:
    return FragmentDetector(DetectionSettings())


@pytest.mark.parametrize("half", sorted(LEAST))
def test_held_out_fragments_are_found_exactly(half: str, detector: FragmentDetector) -> None:
    gold, found, right = 0, 0, 0
    for row in (CASES / f"held-out-{half}.jsonl").read_text("utf-8").rstrip("\n").split("\n"):  # texts hold U+2028
        document = json.loads(row)
        expected = {(s["start"], s["end"], s["lang"].split("-")[0]) for s in document["spans"]}
        spans = detector.detect(SourceDocument.of_text(document["text"]))
        reported = {(s.start, s.end, s.language.split("-")[0]) for s in spans}
        gold, found, right = gold + len(expected), found + len(reported), right + len(expected & reported)
    assert 2 * right / (gold + found) >= LEAST[half]

"""Fragments are found with exact edges, and what only looks foreign is left alone."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from colophon.detecting import FragmentDetector, explain
from colophon.documents import MarkupHint, SourceDocument
from colophon.settings import DetectionSettings

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
CASES = tomllib.loads((ROOT / "tests/cases/detecting/fragments.toml").read_text("utf-8"))["case"]
# Floors, a little under what is measured; see benchmarks/results/detection.md.
LEAST_LCF, LEAST_SPANS, LEAST_EXACT, MOST_FALSE = 0.98, 0.95, 0.95, 2.0


@pytest.fixture(scope="module")
def detector() -> FragmentDetector:
    return FragmentDetector(DetectionSettings())


def marked(case_text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text without its marks, and the spans that they bounded."""
    spans: list[tuple[int, int]] = []
    plain = ""
    for character in case_text:
        if character == "⟦":
            spans.append((len(plain), len(plain)))
        elif character == "⟧":
            spans[-1] = (spans[-1][0], len(plain))
        else:
            plain += character
    return plain, spans


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{c['class']}" for i, c in enumerate(CASES)])
def test_fragments_have_exact_edges_and_the_right_language(case: dict[str, object], detector: FragmentDetector) -> None:
    text, spans = marked(str(case["text"]))
    found = detector.detect(SourceDocument.of_text(text))
    assert [(s.start, s.end) for s in found] == spans, [text[s.start : s.end] for s in found]
    assert [s.language for s in found] == case["found"]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("2 View gallery\nהגשר, הנמל , הרציף הישן\n(Photo: Dana Levi)", "caption"),
        ("Caption: הגשר הישן ביפו", "caption"),
        ("One line.\nהגשר, הנמל, הרציף\nTwo lines.", "keywords"),
        ('He said "הגשר סגור" twice.', "quote"),
        ("The bridge (הגשר) is shut.", "parenthesis"),
        ("One line.\nהגשר הישן ביפו נסגר אתמול בלילה.\nTwo lines.", "body"),
    ],
)  # fmt: skip
def test_layout_tells_the_role(text: str, role: str, detector: FragmentDetector) -> None:
    assert [s.role for s in detector.detect(SourceDocument.of_text(text))] == [role]


def test_markup_decides_between_close_languages(detector: FragmentDetector) -> None:
    document = SourceDocument.of_text("Троянда рожева")
    first = detector.detect(document)[0]
    assert first.rival is not None
    hinted = SourceDocument(
        id="a", location="a", text=document.text, bytes_sha256="0" * 64, byte_length=0,
        hints=(MarkupHint(0, len(document.text), "lang", first.rival),),
    )  # fmt: skip
    assert [(s.language, s.method) for s in detector.detect(hinted)] == [(first.rival, "markup")]


def test_explain_names_language_and_reason(detector: FragmentDetector) -> None:
    document = SourceDocument.of_text('He said "הגשר סגור" twice.')
    assert "he in Hebr, quote" in explain(document, detector.detect(document)[0])


def test_five_processes_give_the_same_bytes() -> None:
    program = (
        "from colophon.detecting import FragmentDetector as F; from colophon.documents import SourceDocument as D;"
        "from colophon.settings import DetectionSettings as S; d=F(S());"
        "print(d.signature, ascii(d.detect(D.of_text('Le pont est fermé ce soir. Мост закрыт. הגשר סגור'))))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            cwd=ROOT,
            env={"PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in range(5)
    }
    assert len(outputs) == 1


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = "import sys, colophon.detecting; print([m for m in ('numpy', 'langdetect', 'torch') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, cwd=ROOT, text=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(not (SHARED / "bench/fragments/score.py").is_file(), reason="../shared is not beside this clone")
def test_the_public_benchmark_stays_above_its_floor(detector: FragmentDetector, tmp_path: Path) -> None:
    folder = SHARED / "bench/fragments"
    rows = [json.loads(r) for r in (folder / "public.jsonl").read_text("utf-8").split("\n") if r.strip()]
    predicted = tmp_path / "predicted.jsonl"
    with predicted.open("w", encoding="utf-8") as out:
        for row in rows:
            spans = detector.detect(SourceDocument.of_text(row["text"]))
            found = [{"start": s.start, "end": s.end, "lang": s.language} for s in spans]
            out.write(json.dumps({"id": row["id"], "spans": found}) + "\n")
    command = [sys.executable, str(folder / "score.py"), str(folder / "public.jsonl"), str(predicted), "--json"]
    scores = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    total = scores["ALL"]
    assert total["LcF"] >= LEAST_LCF
    assert total["iou8+L"] >= LEAST_SPANS
    assert total["exact"] >= LEAST_EXACT
    assert scores["F"]["FP/10k"] <= MOST_FALSE


@pytest.mark.skipif(not (SHARED / "seeds/expected.json").is_file(), reason="../shared is not beside this clone")
def test_the_seed_articles_are_found_exactly(detector: FragmentDetector) -> None:
    for expected in json.loads((SHARED / "seeds/expected.json").read_text("utf-8"))["documents"]:
        text = (SHARED / "seeds" / expected["file"]).read_bytes().decode("utf-8")
        wanted = [(s["start"], s["end"], s["lang"], s["script"], s["role"]) for s in expected["language_fragments"]]
        found = detector.detect(SourceDocument.of_text(text))
        assert [(s.start, s.end, s.language, s.script, s.role) for s in found] == wanted

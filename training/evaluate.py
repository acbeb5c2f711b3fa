"""Score a CTranslate2 folder on the dev sets: chrF, BLEU and CPU milliseconds a line, one thread.

    python -m training.evaluate models/he-en --dev ../shared/data/he-en/dev --beam 4 --table

``--table`` prints source, reference and output of each caption, worst chrF first. Dev sets are for choosing
checkpoints, never for training.
"""

import argparse
import csv
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ctranslate2
import sentencepiece
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from colophon.source_text import plain_source
from colophon.translating.interlinear import Glosses, read_glosses


@dataclass(frozen=True, slots=True)
class DevSet:
    """Sources with one reference each."""

    name: str
    sources: list[str]
    references: list[str]


@dataclass(frozen=True, slots=True)
class Result:
    """Outputs for a dev set; ``scores`` are mean log-probabilities a token, ``cpu`` milliseconds a line."""

    outputs: list[str]
    scores: list[float]
    chrf: float
    bleu: float
    cpu: float


def captions(folder: Path) -> DevSet:
    """Read captions-dev.tsv."""
    with (folder / "captions-dev.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return DevSet("captions-dev", [row["source"] for row in rows], [row["reference"] for row in rows])


def flores(folder: Path, limit: int | None) -> DevSet:
    """Read flores-dev.he and flores-dev.en, the first ``limit`` lines."""
    sources, references = (
        (folder / f"flores-dev.{side}").read_text(encoding="utf-8").splitlines()[:limit] for side in ("he", "en")
    )
    return DevSet("flores-dev", sources, references)


class Model:
    """A model folder: ``ctranslate2/`` and ``vocabulary.model``."""

    def __init__(self, folder: Path, compute_type: str, beam: int, converted: Path | None = None) -> None:
        self.pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "vocabulary.model"))
        self.translator = ctranslate2.Translator(
            str(converted or folder / "ctranslate2"), compute_type=compute_type, intra_threads=1, inter_threads=1
        )
        self.beam = beam
        glosses = folder / "glosses.tsv"
        self.glosses = read_glosses(glosses) if glosses.exists() else Glosses({})

    def translate(self, sources: Sequence[str]) -> tuple[list[str], list[float]]:
        """Return outputs and mean log-probabilities a token (end included)."""
        lines = [self.glosses.applied(plain_source(s)) for s in sources]
        rows = [[*self.pieces.encode(line, out_type=str), "</s>"] for line in lines]
        found = self.translator.translate_batch(
            rows,
            beam_size=self.beam,
            patience=2,  # as colophon/engines/ctranslate.py, with the reason
            max_batch_size=1024,
            batch_type="tokens",
            max_decoding_length=256,
            return_scores=True,
            length_penalty=1,
        )
        outputs = [self.pieces.decode(f.hypotheses[0]) for f in found]
        # With length_penalty 1 CTranslate2 divides the sum of log-probabilities by the length.
        return outputs, [f.scores[0] for f in found]


def unquantised(folder: Path, beam: int) -> Model:
    """Return the model of ``folder`` in float32, from its transformers weights."""
    from training.export import to_ctranslate2  # torch and transformers: only for this comparison

    with tempfile.TemporaryDirectory() as scratch:
        to_ctranslate2(folder, Path(scratch), "float32")
        return Model(folder, "float32", beam, Path(scratch))


def score(model: Model, dev: DevSet) -> Result:
    """Translate ``dev`` and score the outputs."""
    start = time.process_time()
    outputs, scores = model.translate(dev.sources)
    cpu = (time.process_time() - start) * 1000 / len(dev.sources)
    chrf = CHRF().corpus_score(outputs, [dev.references]).score
    bleu = BLEU().corpus_score(outputs, [dev.references]).score
    return Result(outputs, scores, chrf, bleu, cpu)


def print_table(dev: DevSet, result: Result) -> None:
    """Print each line with its reference and output, worst first."""
    metric = CHRF()
    rows = [
        (metric.sentence_score(output, [reference]).score, confidence, source, reference, output)
        for source, reference, output, confidence in zip(
            dev.sources, dev.references, result.outputs, result.scores, strict=True
        )
    ]
    for chrf, confidence, source, reference, output in sorted(rows):
        print(f"{chrf:5.1f}  {confidence:6.3f}  {source}\n       ref     {reference}\n       out     {output}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dev", type=Path, default=Path("../shared/data/he-en/dev"))
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--float32", action="store_true", help="convert model.safetensors unquantised, for comparison")
    parser.add_argument("--flores-lines", type=int, default=None, help="only the first lines of FLORES (0: none)")
    parser.add_argument("--table", action="store_true")
    given = parser.parse_args()
    model = unquantised(given.folder, given.beam) if given.float32 else Model(given.folder, "int8", given.beam)
    sets = [captions(given.dev)]
    if given.flores_lines != 0:
        sets.append(flores(given.dev, given.flores_lines))
    for dev in sets:
        result = score(model, dev)
        print(
            f"{dev.name:13} {len(dev.sources):4} lines  chrF {result.chrf:5.1f}  BLEU {result.bleu:5.1f}  "
            f"{result.cpu:6.1f} ms CPU a line  beam {given.beam} {'float32' if given.float32 else 'int8'}"
        )
        if given.table and dev.name == "captions-dev":
            print_table(dev, result)


if __name__ == "__main__":
    main()

"""CPU time of attribution per 2,400 code points, warm: the committed articles, joined to that length.

python benchmarks/provenance.py [FILE...]
"""

import sys
import time
import tomllib
from pathlib import Path

from colophon.attributing import Attributor
from colophon.documents import SourceDocument

LENGTH = 2400
ROUNDS = 30
ARTICLES = Path(__file__).parent.parent / "tests" / "cases" / "provenance" / "articles.toml"
# Story text between head and tail, as in a real article; the committed cases are nearly all head and tail.
STORY = (
    "The council met for four hours and sent the plan back to the engineers, who had warned of the cost in spring. "
    "Nobody from the lower town was heard, although nineteen families had asked to speak before the vote.\n\n"
)


def documents() -> dict[str, list[SourceDocument]]:
    """Return what is measured: files as given, or the committed articles filled up with story text."""
    if sys.argv[1:]:
        return {name: [SourceDocument.of_text(Path(name).read_bytes().decode("utf-8"))] for name in sys.argv[1:]}
    made = []
    for case in tomllib.loads(ARTICLES.read_text("utf-8"))["case"]:
        head, _, tail = case["text"].partition("\n\n")
        fill = STORY * ((LENGTH - len(case["text"])) // len(STORY))
        made.append(SourceDocument.of_text(f"{head}\n\n{fill}{tail}"))
    return {"committed articles, filled to 2,400": made}


def main() -> None:
    """Print the best of many rounds, as CPU time."""
    started = time.process_time()
    attributor = Attributor()
    print(f"loading the rules: {(time.process_time() - started) * 1e3:.0f} ms, once a process")
    for name, texts in documents().items():
        best = float("inf")
        for _ in range(ROUNDS):
            started = time.process_time()
            for document in texts:
                attributor.attribute(document)
            best = min(best, time.process_time() - started)
        length = sum(len(document.text) for document in texts)
        print(f"{name}: {best / length * LENGTH * 1e3:.2f} ms CPU per {LENGTH} code points ({len(texts)} documents)")


if __name__ == "__main__":
    main()

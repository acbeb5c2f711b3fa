"""Made documents for the fault scripts: small, each different, some broken; and a run of them in its own process."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ("records.jsonl", "rejected.jsonl", "manifest.json")
BROKEN_EVERY = 37
ENGLISH = (
    "The harbour was closed on Monday after a storm damaged the outer wall.",
    "Council members said that repairs would begin before the end of the month.",
    "Ferries to the islands will leave from the northern pier until further notice.",
)
FOREIGN = (
    "סירות הדיג נקשרו למזח הישן לפני הסערה",
    "Die Fischer hatten ihre Boote schon am Abend zuvor festgemacht.",
    "Les pêcheurs avaient attaché leurs bateaux la veille au soir.",
    "Рыбаки привязали свои лодки ещё накануне вечером.",
)
SYLLABLES = [a + b for a in "bdfgklmn" for b in "aeiou"]
RANKS = 2_000_000
SEED = 23
NOTICES = ("Photograph: Dana Levi", "© 2026 The Coast Post. All rights reserved.", "By Miriam Cohen")


def write_articles(path: Path, count: int, words: int = 0) -> list[str]:
    """Write ``count`` lines of JSON, one in 37 of them broken, and return the ids of the others.

    ``words`` are drawn for each, common and rare ones, so that the vocabulary grows as it does in the world.
    """
    chance = random.Random(SEED)
    ids = []
    with path.open("w", encoding="utf-8") as out:
        for number in range(count):
            drawn = " ".join(_word(chance) for _ in range(words))
            notice = f"{NOTICES[number % 2]} {number}"
            text = (ENGLISH[number % 3], FOREIGN[number % 4], notice, ENGLISH[number // 3 % 3], drawn)
            broken = number % BROKEN_EVERY == 5
            out.write("{broken\n" if broken else json.dumps({"id": f"a{number}", "text": "\n\n".join(text)}) + "\n")
            if not broken:
                ids.append(f"a{number}")
    return ids


def _word(chance: random.Random) -> str:
    """Return a made word; the one of rank n comes about as often as 1/n."""
    rank = int(RANKS ** chance.random())
    return "".join(SYLLABLES[rank // 40**place % 40] for place in range(2 + (rank >= 1600) + (rank >= 64_000)))


def command(source: Path | str, out: Path, engine: str) -> list[str]:
    """Return the command line of a run."""
    options = ["--engine", engine, "--policy", "ignore", "--out", str(out)]
    return [sys.executable, "-m", "colophon", "run", *options, str(source)]


def started(source: Path | str, out: Path, engine: str) -> subprocess.Popen[str]:
    """Start a run; its standard error is a pipe."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command(source, out, engine), cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def finished(source: Path | str, out: Path, engine: str) -> tuple[dict[str, bytes], float]:
    """Run to the end; return the bytes of the results and the seconds that it took."""
    begun = time.monotonic()
    process = started(source, out, engine)
    _, words = process.communicate()
    if process.returncode not in (0, 3):  # 3: some inputs were rejected, as they should be
        raise SystemExit(f"the run ended with {process.returncode}: {words}")
    return results(out), time.monotonic() - begun


def results(out: Path) -> dict[str, bytes]:
    """Return the bytes of the final files."""
    return {name: (out / name).read_bytes() for name in RESULTS}


def ids_of(found: dict[str, bytes]) -> list[str]:
    """Return the input ids of the records, in order."""
    return [json.loads(line)["input_id"] for line in found["records.jsonl"].splitlines()]


def verdict(checks: Sequence[tuple[str, bool]]) -> int:
    """Print each check and return the exit code."""
    for words, good in checks:
        print(f"{'ok  ' if good else 'FAIL'} {words}")
    return 0 if all(good for _, good in checks) else 1

"""The same fragments from any process and any thread: hash seeds, cold starts and neighbours change nothing."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from colophon.detecting import FragmentDetector
from colophon.documents import SourceDocument
from colophon.settings import DetectionSettings

TEXTS = [
    "The sign said \\u201cdéfense d'entrer sans autorisation\\u201d, and nobody went in.",
    "He wrote: הכניסה אסורה. Then he left. Sie haben uns gestern nicht gesehen.",
    "Tags: футбол, чемпионат, сборная\\nThe team plays on Sunday in the old stadium.",
    "彼女は昨日東京に着いた。The rest of the story is in English, as it was.",
    "A plain English line about Schadenfreude, the Bundestag and a café in Paris.",
] * 4
detector = FragmentDetector(DetectionSettings())

def found(text):
    return [str(s) for s in detector.detect(SourceDocument.of_text(text))]

with ThreadPoolExecutor(int(sys.argv[1])) as pool:  # cold: the first calls load the profiles, all at once
    print(json.dumps(list(pool.map(found, TEXTS))))
"""


def run(threads: int, seed: str) -> str:
    env = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", PROGRAM, str(threads)]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.fixture(scope="module")
def alone() -> str:
    return run(1, "0")


@pytest.mark.parametrize(("threads", "seed"), [(1, "1"), (1, "77"), (8, "0"), (8, "5")])
def test_same_bytes(threads: int, seed: str, alone: str) -> None:
    assert [code for code in ("fr", "he", "de", "ru", "ja") if f"'{code}'" not in alone] == []
    assert run(threads, seed) == alone

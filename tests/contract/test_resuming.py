"""A run that is killed and started again ends with the bytes of one that was not."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, environment
from tests.property.strategies import ENGLISH, FOREIGN, NOTICES

DOCUMENTS, BATCH = 300, 16
RESULTS = ("records.jsonl", "rejected.jsonl", "manifest.json")
# Runs as the command does, in smaller batches than its default, and slowly enough to be met in the middle.
CODE = f"""
import sys, time
from pathlib import Path
from colophon.settings import RightsSettings, Settings, TranslationSettings
from colophon.worker import run
settings = Settings(
    translation=TranslationSettings(engine="echo"), rights=RightsSettings(policy="ignore"), batch_documents={BATCH}
)
source, out, pause = sys.argv[1:]
def progress(counts):
    print(counts.records + counts.rejected, flush=True)
    time.sleep(float(pause))
run([source], Path(out), settings, progress=progress)
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "articles.jsonl"
    lines = []
    for number in range(DOCUMENTS):
        text = f"{ENGLISH[number % 5]}\n{FOREIGN[number % 11]}\n{NOTICES[number % 7]} {number}\n"
        lines.append("{broken" if number % 37 == 5 else json.dumps({"id": f"a{number}", "text": text}))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def started(source: Path, out: Path, pause: float) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", CODE, str(source), str(out), str(pause)]
    return subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE)


def finished(source: Path, out: Path) -> dict[str, bytes]:
    process = started(source, out, 0)
    process.communicate(timeout=120)
    assert process.returncode == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "manifest.json",
        "records.jsonl",
        "rejected.jsonl",
        "runs.jsonl",
    ]
    return {name: (out / name).read_bytes() for name in RESULTS}


@pytest.fixture(scope="module")
def uninterrupted(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return finished(source, tmp_path_factory.mktemp("whole"))


def test_nothing_is_lost(uninterrupted: dict[str, bytes]) -> None:
    rejected = uninterrupted["rejected.jsonl"].splitlines()
    assert len(rejected) == len(range(5, DOCUMENTS, 37))
    ids = [json.loads(line)["input_id"] for line in uninterrupted["records.jsonl"].split(b"\n")[:-1]]
    assert ids == [f"a{number}" for number in range(DOCUMENTS) if number % 37 != 5]


@pytest.mark.parametrize("batches", [(1,), (7,), (3, 4, 12)], ids=str)
def test_killed_after_batches(
    batches: tuple[int, ...], source: Path, tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    """Kill the process once it has said that it finished a batch, as often as ``batches`` says."""
    for after in batches:
        process = started(source, tmp_path, 0.02)
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= after * BATCH:
                break
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert not (tmp_path / "records.jsonl").exists()
        assert len(list((tmp_path / ".batches").glob("*.jsonl"))) >= after
    assert finished(source, tmp_path) == uninterrupted


@pytest.mark.parametrize("seconds", [0.9, 1.3, 1.8])
def test_killed_at_any_moment(seconds: float, source: Path, tmp_path: Path, uninterrupted: dict[str, bytes]) -> None:
    process = started(source, tmp_path, 0.01)
    time.sleep(seconds)
    process.kill()
    process.communicate()
    assert finished(source, tmp_path) == uninterrupted


def test_finished_batches_are_not_made_again(source: Path, tmp_path: Path, uninterrupted: dict[str, bytes]) -> None:
    process = started(source, tmp_path, 0.05)
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate()
    first = tmp_path / ".batches" / "00000000.jsonl"
    before = first.stat().st_mtime_ns
    process = started(source, tmp_path, 0.05)
    assert process.stdout is not None
    process.stdout.readline()
    assert first.stat().st_mtime_ns == before
    process.kill()
    process.communicate()
    assert finished(source, tmp_path) == uninterrupted


def test_a_spoilt_batch_is_made_again(source: Path, tmp_path: Path, uninterrupted: dict[str, bytes]) -> None:
    parts = tmp_path / ".batches"
    parts.mkdir()
    (parts / "00000000.jsonl").write_bytes(b"")
    (parts / "00000001.jsonl").write_bytes(b'{"key": "of another run", "counts": {}}\n')
    (parts / "00000002.jsonl.partial-1").write_bytes(b"half a li")
    (tmp_path / "records.jsonl.partial-1").write_bytes(b"half a li")
    assert finished(source, tmp_path) == uninterrupted

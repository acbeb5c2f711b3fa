"""A bulk run on a real Ray cluster of two workers, one of which is killed, ends with the bytes of the script."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.faults import kill_ray_worker
from benchmarks.faults.kill_ray_worker import PATIENCE, Run, gone
from benchmarks.faults.processes import below, kill
from colophon import worker
from colophon.settings import RightsSettings, Settings, TranslationSettings
from tests.property.strategies import ENGLISH, FOREIGN, NOTICES
from tests.unit.web_archive import by_member, page

pytest.importorskip("ray.data", reason="the extra ray is not installed")
pytest.importorskip("prefect", reason="the extra prefect is not installed")
pytest.importorskip("fastwarc", reason="the extra archive is not installed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found in /proc"),
]

LINES, PAGES, BATCH = 90, 30, 4
BATCHES = (LINES + PAGES) // BATCH
NO_START = ("timed out during startup", "Timed out waiting for file")
FILES = ("records.jsonl", "rejected.jsonl", "manifest.json")
SETTINGS = Settings(
    translation=TranslationSettings(engine="echo"), rights=RightsSettings(policy="ignore"), batch_documents=BATCH
)


@pytest.fixture
def home() -> Iterator[Path]:
    with kill_ray_worker.home() as path:
        yield path


@pytest.fixture
def inputs(tmp_path: Path) -> list[str]:
    lines = []
    for number in range(LINES):
        text = "\n".join((*ENGLISH, FOREIGN[number % 11], NOTICES[number % 7], str(number)))
        lines.append("{broken" if number % 37 == 5 else json.dumps({"id": f"a{number}", "text": text}))
    (tmp_path / "articles.jsonl").write_text("\n".join(lines), encoding="utf-8")
    pages = [page(f"{ENGLISH[number % 5]}</p><p>{FOREIGN[number % 11]}") for number in range(PAGES)]
    (tmp_path / "pages.warc.gz").write_bytes(by_member(pages))
    return [str(tmp_path / "articles.jsonl"), str(tmp_path / "pages.warc.gz")]


def killed_one(run: Run) -> int | None:
    """Kill one of the two workers in the middle of the run; return how many batches were finished, None if never."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and run.going():
        done = run.finished()
        if 2 < done < BATCHES - 8 and len(workers := run.workers()) == 2:
            kill(workers[1:])
            return done
        time.sleep(0.05)
    return None


def test_a_killed_worker_changes_no_byte(home: Path, inputs: list[str], tmp_path: Path) -> None:
    worker.run(inputs, tmp_path / "script", SETTINGS)
    out = tmp_path / "bulk"
    run = Run(home, out, inputs, SETTINGS)
    try:
        done = killed_one(run)
        family = set(below(run.process.pid))
        run.process.wait(PATIENCE)
    finally:
        family |= run.end()
        log = run.log.read_text(errors="replace")[-4000:]
    if done is None and any(words in log for words in NO_START):
        pytest.skip("Ray did not start: its waits are fixed, and this machine is too busy for them")
    assert done is not None, log
    assert 0 < done < BATCHES
    assert run.process.returncode == 0, log
    for name in FILES:
        assert (out / name).read_bytes() == (tmp_path / "script" / name).read_bytes()
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    assert gone(family), "Ray is still there"  # its own processes leave after the run's


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from colophon.errors import MissingExtraError
    from flows.translate_in_bulk import on_ray

    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"colophon\[ray\]"), on_ray(1, ""):
        pass

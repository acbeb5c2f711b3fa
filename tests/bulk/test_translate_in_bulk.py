"""A bulk run on a real Ray cluster of two workers, one of which is killed, ends with the bytes of the script."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from colophon.settings import RightsSettings, Settings, TranslationSettings
from colophon.worker import run
from tests.conftest import ROOT, environment
from tests.property.strategies import ENGLISH, FOREIGN, NOTICES
from tests.unit.web_archive import by_member, page

pytest.importorskip("ray.data", reason="the extra ray is not installed")
pytest.importorskip("prefect", reason="the extra prefect is not installed")
pytest.importorskip("fastwarc", reason="the extra archive is not installed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found in /proc"),
]

LINES, PAGES, BATCH, PATIENCE = 90, 30, 4, 300
BATCHES = (LINES + PAGES) // BATCH
WORKER = b"BatchWorker"
NO_START = ("timed out during startup", "Timed out waiting for file")
FILES = ("records.jsonl", "rejected.jsonl", "manifest.json")
SETTINGS = Settings(
    translation=TranslationSettings(engine="echo"), rights=RightsSettings(policy="ignore"), batch_documents=BATCH
)
# The task of the flow without Prefect's server, whose start would take longer than the run.
CODE = """
import sys
from pathlib import Path
from prefect.logging import disable_run_logger
from colophon.settings import Settings
from colophon.worker import open_folder
from flows.translate_in_bulk import process_on_ray
out, settings, *inputs = sys.argv[1:]
settings = Settings.model_validate_json(settings)
with disable_run_logger(), open_folder(Path(out), settings, resume=True) as folder:
    done = process_on_ray.fn(inputs, folder, settings, 2, "")
    folder.publish(done, settings.model_dump(mode="json"))
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """Give a folder with a short name: sockets lie in it."""
    path = Path(tempfile.mkdtemp(prefix="c", dir="/tmp"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


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


def started(home: Path, out: Path, inputs: list[str]) -> subprocess.Popen[bytes]:
    env = environment(
        HOME=str(home),
        PREFECT_HOME=str(home / "prefect"),
        DO_NOT_TRACK="1",
        RAY_TMPDIR=str(home / "r"),
        RAY_USAGE_STATS_ENABLED="0",
        # A machine that is busy with other work starts nothing in a minute.
        RAY_agent_register_timeout_ms=str(1000 * PATIENCE),
        RAY_gcs_rpc_server_connect_timeout_s=str(PATIENCE),
        RAY_gcs_server_request_timeout_seconds=str(PATIENCE),
        RAY_health_check_initial_delay_ms=str(1000 * PATIENCE),
        RAY_worker_register_timeout_seconds=str(PATIENCE),
    )
    log = (home / "log").open("wb")
    with log:
        command = [sys.executable, "-c", CODE, str(out), SETTINGS.model_dump_json(), *inputs]
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)


def below(ancestor: int) -> dict[int, bytes]:
    """Return the processes that descend from one, with their command lines."""
    parents, commands = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_bytes()
            commands[int(folder.name)] = (folder / "cmdline").read_bytes()
        except OSError:  # it has just ended
            continue
        parents[int(folder.name)] = int(stat.rsplit(b")", 1)[1].split()[1])
    found = {ancestor}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return {number: commands[number] for number in found - {ancestor} if number in commands}


def finished(out: Path) -> int:
    return len(list(out.glob(".batches/*.jsonl")))


def killed_one(process: subprocess.Popen[bytes], out: Path) -> int | None:
    """Kill one of the two workers in the middle of the run; return how many batches were finished, None if never."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        done = finished(out)
        if 2 < done < BATCHES - 8:
            workers = [number for number, command in below(process.pid).items() if WORKER in command]
            if len(workers) == 2:
                os.kill(max(workers), signal.SIGKILL)
                return done
        time.sleep(0.05)
    return None


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a run, and Ray with it, whatever has become of it."""
    family = below(process.pid)
    process.kill()
    process.wait()
    for number in family:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def test_a_killed_worker_changes_no_byte(home: Path, inputs: list[str], tmp_path: Path) -> None:
    run(inputs, tmp_path / "script", SETTINGS)
    out = tmp_path / "bulk"
    process = started(home, out, inputs)
    try:
        done = killed_one(process, out)
        family = below(process.pid)
        process.wait(PATIENCE)
    finally:
        end(process)
        log = (home / "log").read_text(errors="replace")[-4000:]
    if done is None and any(words in log for words in NO_START):
        pytest.skip("Ray did not start: its waits are fixed, and this machine is too busy for them")
    assert done is not None, log
    assert 0 < done < BATCHES
    assert process.returncode == 0, log
    for name in FILES:
        assert (out / name).read_bytes() == (tmp_path / "script" / name).read_bytes()
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    until = time.monotonic() + PATIENCE  # Ray's own processes leave after the run's
    while (left := [number for number in family if alive(number)]) and time.monotonic() < until:
        time.sleep(0.2)
    assert not left, f"Ray is still there: {left}"


def alive(number: int) -> bool:
    """Say whether a process runs; one that ended and was not asked for has no command line any more."""
    try:
        return bool(Path(f"/proc/{number}/cmdline").read_bytes())
    except OSError:
        return False


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from colophon.errors import MissingExtraError
    from flows.translate_in_bulk import on_ray

    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"colophon\[ray\]"), on_ray(1, ""):
        pass

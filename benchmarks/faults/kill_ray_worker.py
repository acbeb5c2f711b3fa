"""kill -9 of Ray workers, and of the run that started them, at random moments of a bulk run: equal bytes.

    python -m benchmarks.faults.kill_ray_worker [--documents 2000] [--kills 20] [--runs-killed 4]

The task of ``flows/translate_in_bulk.py`` on a local cluster with two workers, without Prefect's server. Ray starts
a killed worker again; a run that was killed itself is started again into the same folder.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.made import ROOT, ids_of, results, verdict, write_articles
from benchmarks.faults.processes import alive, below, kill
from colophon.settings import RightsSettings, Settings, TranslationSettings
from colophon.worker import run

SEED = 31
WORKERS = 2
BATCH = 16
PATIENCE = 300  # seconds
# More kills of one run than this and Ray gives up its workers, as flows.translate_in_bulk.RESTARTS says.
MOST_A_RUN = 4
WORKER = b"BatchWorker"
SETTINGS = Settings(
    translation=TranslationSettings(engine="none"), rights=RightsSettings(policy="ignore"), batch_documents=BATCH
)
# Prefect's server would take longer to start than the run lasts.
CODE = """
import sys
from pathlib import Path
from prefect.logging import disable_run_logger
from colophon.settings import Settings
from colophon.worker import open_folder
from flows.translate_in_bulk import process_on_ray
out, settings, workers, *inputs = sys.argv[1:]
settings = Settings.model_validate_json(settings)
with disable_run_logger(), open_folder(Path(out), settings, resume=True) as folder:
    done = process_on_ray.fn(inputs, folder, settings, int(workers), "")
    folder.publish(done, settings.model_dump(mode="json"))
"""


@dataclass(frozen=True)
class Kill:
    """How many seconds after the workers were there, and how many batches were finished then."""

    victim: str
    after: float
    batches: int
    out: Path


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a run: all of its traces in ``home``, and waits for a machine that is busy."""
    waits = {
        "RAY_agent_register_timeout_ms": 1000 * PATIENCE,
        "RAY_gcs_rpc_server_connect_timeout_s": PATIENCE,
        "RAY_gcs_server_request_timeout_seconds": PATIENCE,
        "RAY_health_check_initial_delay_ms": 1000 * PATIENCE,
        "RAY_worker_register_timeout_seconds": PATIENCE,
    }
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("COLOPHON_", "PREFECT_", "RAY_"))},
        **{name: str(value) for name, value in waits.items()},
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "HOME": str(home),
        "PREFECT_HOME": str(home / "prefect"),
        "DO_NOT_TRACK": "1",
        "RAY_TMPDIR": str(home / "r"),
        "RAY_USAGE_STATS_ENABLED": "0",
    }


class Run:
    """A bulk run in a process of its own."""

    def __init__(self, home: Path, out: Path, inputs: list[str], settings: Settings) -> None:
        self.out = out
        self.log = home / "log"
        command = [sys.executable, "-c", CODE, str(out), settings.model_dump_json(), str(WORKERS), *inputs]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment(home), stdout=log, stderr=subprocess.STDOUT
            )

    def workers(self) -> list[int]:
        """Return the processes of its workers."""
        return sorted(number for number, command in below(self.process.pid).items() if WORKER in command)

    def going(self) -> bool:
        """Say whether it goes on."""
        return self.process.poll() is None

    def both_there(self) -> bool:
        """Wait until both workers are there; False when the run ended first."""
        deadline = time.monotonic() + PATIENCE
        while self.going() and time.monotonic() < deadline:
            if len(self.workers()) == WORKERS:
                return True
            time.sleep(0.02)
        return False

    def finished(self) -> int:
        """Return how many batches are finished and not yet published."""
        return len(list(self.out.glob(".batches/0*.jsonl")))

    def end(self) -> set[int]:
        """Stop it, whatever has become of it; return what was below it."""
        family = set(below(self.process.pid))
        self.process.kill()
        self.process.wait()
        return family  # Ray stops what it started; gone() waits for that


@contextmanager
def home() -> Iterator[Path]:
    """Give a folder with a short name: Ray's sockets lie in it, and their names may not be long."""
    path = Path(tempfile.mkdtemp(prefix="c", dir="/tmp"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def gone(family: set[int]) -> bool:
    """Say whether all of a run's processes leave by themselves; kill those that stay."""
    until = time.monotonic() + PATIENCE
    while any(alive(number) for number in family) and time.monotonic() < until:
        time.sleep(0.2)
    left = [number for number in family if alive(number)]
    kill(left)
    return not left


class Chance:
    """When to kill whom: seeded, and printed."""

    def __init__(self, longest: float) -> None:
        self.random = random.Random(SEED)
        self.longest = longest
        self.hits: list[Kill] = []

    def moment(self, run: Run) -> float | None:
        """Wait for both workers and then a random while; return its seconds, None when the run ended first."""
        if not run.both_there():
            return None
        begun = time.monotonic()
        after = self.random.uniform(0, self.longest)
        while time.monotonic() - begun < after and run.going():
            time.sleep(0.02)
        if run.going():
            return after
        self.longest = min(self.longest, time.monotonic() - begun)  # the machine has become faster
        return None

    def worker(self, run: Run) -> bool:
        """Kill one of the workers at a random moment; False when there is none any more."""
        after = self.moment(run)
        workers = run.workers()
        if after is None or not workers:
            return False
        kill([self.random.choice(workers)])
        self.note("worker", after, run)
        return True

    def run_itself(self, run: Run) -> set[int] | None:
        """Kill the process that started the cluster; return what it had started, None when it ended first."""
        after = self.moment(run)
        if after is None:
            return None
        family = run.end()
        self.note("run", after, run)
        return family

    def note(self, victim: str, after: float, run: Run) -> None:
        """Keep and print a kill."""
        hit = Kill(victim, after, run.finished(), run.out)
        self.hits.append(hit)
        print(f"killed a {victim:6} after {after:5.2f} s with {hit.batches:3} batches finished in {run.out.name}")


def sitting(chance: Chance, run: Run, most: int) -> str:
    """Kill workers of one run, at most ``most``; return what is wrong with how it ended."""
    try:
        for _ in range(min(most, chance.random.randint(1, MOST_A_RUN))):
            if not chance.worker(run):
                break
        run.process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        return f"{run.out.name} hangs: {run.log.read_text(errors='replace')[-2000:]}"
    finally:
        family = run.end()
    if run.process.returncode:
        return f"{run.out.name} ended with {run.process.returncode}: {run.log.read_text(errors='replace')[-2000:]}"
    return "" if gone(family) else f"{run.out.name} left processes behind"


def usual(home: Path, out: Path, source: str) -> float:
    """Return how many seconds a run goes on after its workers are there, when nobody disturbs it."""
    run = Run(home, out, [source], SETTINGS)
    there = run.both_there()
    begun = time.monotonic()
    run.process.wait(PATIENCE)
    run.end()
    if not there or run.process.returncode:
        raise SystemExit(f"the undisturbed run failed: {run.log.read_text(errors='replace')[-2000:]}")
    return time.monotonic() - begun


def check(documents: int, count: int, runs_killed: int, folder: Path, home: Path) -> int:
    """Run, kill and compare; return the exit code."""
    source = folder / "articles.jsonl"
    ids = write_articles(source, documents)
    run([str(source)], folder / "script", SETTINGS)
    script = results(folder / "script")
    seconds = usual(home, folder / "calm", str(source))
    print(
        f"{documents} documents in batches of {BATCH}: {seconds:.1f} s from the workers' start, undisturbed", flush=True
    )
    chance = Chance(0.9 * seconds)
    wrong: list[str] = []
    outs = [folder / "calm"]
    while (left := count - len(chance.hits)) > 0:
        outs.append(folder / f"run-{len(outs)}")
        wrong.append(sitting(chance, Run(home, outs[-1], [str(source)], SETTINGS), left))
    while (left := count + runs_killed - len(chance.hits)) > 0:
        outs.append(folder / f"run-{len(outs)}")
        family = chance.run_itself(Run(home, outs[-1], [str(source)], SETTINGS))
        if family is not None:
            wrong.append("" if gone(family) else f"{outs[-1].name}: Ray outlived the run that started it")
            wrong.append(sitting(chance, Run(home, outs[-1], [str(source)], SETTINGS), 0))
    found = [results(out) for out in outs if (out / "manifest.json").exists()]
    leftovers = [path for out in outs for path in out.iterdir() if path.name.startswith(".") or "partial" in path.name]
    for words in filter(None, wrong):
        print(words)
    return verdict(
        [
            (f"{len(chance.hits)} kills hit, in {len(outs) - 1} runs", len(chance.hits) >= count + runs_killed),
            ("every run ended well, and no process is left", not any(wrong) and len(found) == len(outs)),
            ("nothing lost, nothing doubled, order kept", all(ids_of(one) == ids for one in found)),
            ("output identical to the script's", all(one == script for one in found)),
            ("nothing half-written is left", not leftovers),
        ]
    )


def main() -> None:
    """Read the options and check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--runs-killed", type=int, default=4)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, home() as place:
        sys.exit(check(given.documents, given.kills, given.runs_killed, Path(folder), place))


if __name__ == "__main__":
    main()

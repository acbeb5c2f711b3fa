"""kill -9 of flow runs, of their worker and of the whole machine at random moments: equal bytes, and no run hangs.

    python -m benchmarks.faults.kill_flow_worker [--documents 2000] [--kills 20]

A Prefect server and worker of their own, set up as ``make serve`` does. After each kill what died is started again
and the deployment is run again, as an operator (``by-hand``) or the schedule (``inbox``: limit 1, CANCEL_NEW) does.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.faults.made import finished, ids_of, results, verdict, write_articles
from benchmarks.faults.processes import below, kill
from flows import serve
from tests.flows.conftest import ENDED, Server

SEED = 29
PUBLISHED = "colophon.records.published"
ENGINE = "none"
# Who is killed: the flow's process; the worker alone; both; both and the server, as when a machine loses power.
VICTIMS = ("flow",) * 8 + ("worker",) * 4 + ("flow and worker",) * 4 + ("everything",) * 4
DEPLOYMENTS = ("by-hand", "inbox")
LONGEST_HANG = 240  # seconds until a dead run must be Crashed: two minutes without a heartbeat, and a busy machine
AGAIN = 5  # seconds between a start that was refused and the next


class Machine(Server):
    """Server and worker with the deployments; any of its processes may die at any time."""

    def __init__(self, home: Path) -> None:
        """Start all, with the clock of every schedule stopped: only this script starts runs."""
        super().__init__(home)
        self.env = {**serve.environment(self.port), **self.env}
        self.serve()
        serve.set_up(self.env)
        for deployment in self.ask("/deployments/filter", {}):
            self.ask(f"/deployments/{deployment['id']}", {"paused": True}, "PATCH")
            if deployment["name"] == "on-published":
                self.ask(f"/deployments/{deployment['id']}", method="DELETE")
        self.work()

    def serve(self) -> None:
        """Start the server, and return when it answers."""
        self.start("server", "start", "--host", "127.0.0.1", "--port", str(self.port))
        self.server = self.processes[-1]
        self.until("the start of the server", lambda: self.ask("/health") is True)

    def work(self) -> None:
        """Start the worker."""
        self.start("worker", "start", "--pool", serve.POOL)
        self.worker = self.processes[-1]

    def flows(self) -> dict[int, bytes]:
        """Return the processes that run flows."""
        return below(self.worker.pid)

    def runs(self, run: str) -> bool:
        """Say whether a process was started for a run."""
        return any(run.encode() in environment(process) for process in self.flows())

    def strike(self, victim: str) -> None:
        """Kill a victim and start again what a service manager starts again."""
        flows = {} if victim == "worker" else self.flows()
        if victim == "everything":
            os.killpg(self.server.pid, signal.SIGKILL)
        if victim != "flow":
            self.worker.kill()
        kill(flows)
        if victim != "flow":
            self.processes.remove(self.worker)
            self.worker.wait()
        if victim == "everything":
            self.processes.remove(self.server)
            self.server.wait()
            self.serve()
        if victim != "flow":
            self.work()

    def state(self, run: str) -> dict[str, Any]:
        """Return the state of a run."""
        return dict(self.ask(f"/flow_runs/{run}")["state"])

    def slots(self) -> int:
        """Return how many slots of concurrency limits are taken."""
        return sum(int(limit["active_slots"]) for limit in self.ask("/v2/concurrency_limits/filter", {}))


@dataclass
class Kill:
    """Who was killed in which folder, after how many seconds, and how many batches were finished then."""

    victim: str
    out: Path
    after: float
    batches: int
    run: str
    at: float = field(default_factory=time.time)
    state: str = ""
    hung: float = 0.0


def environment(process: int) -> bytes:
    """Return what a process was given; nothing when it has just ended."""
    try:
        return Path(f"/proc/{process}/environ").read_bytes()
    except OSError:
        return b""


def outputs(out: Path) -> list[Path]:
    """Return the folders of a deployment's output that have, or will have, records."""
    return [out] if out.name.endswith(DEPLOYMENTS[0]) else sorted(path for path in out.glob("2*Z*") if path.is_dir())


class Attempt:
    """Runs of one deployment into one folder, until one of them completes."""

    def __init__(self, machine: Machine, source: Path, out: Path) -> None:
        self.machine = machine
        self.out = out
        self.name = next(name for name in DEPLOYMENTS if out.name.endswith(name))
        self.parameters: dict[str, Any] = {"inputs": [str(source)], "out": str(out), "engine": ENGINE}
        self.parameters |= {"policy": "ignore", "only_new": self.name == "inbox"}
        self.done = False
        self.refused: list[str] = []

    def begun(self) -> str:
        """Return a run whose process was started; a deployment whose slots the dead still hold refuses some."""
        while True:
            run = self.machine.begin(self.name, **self.parameters)
            if self.machine.until("the run's process", lambda: self.fate(run)) == "runs":  # noqa: B023 - called at once
                return run
            time.sleep(AGAIN)

    def fate(self, run: str) -> str:
        """Say whether a run was refused or runs; nothing while it waits."""
        if self.machine.runs(run):
            return "runs"
        return "refused" if self.ended(run) else ""

    def ended(self, run: str) -> bool:
        """Say whether a run has ended; take note of one that was refused."""
        state = self.machine.state(run)
        if state["type"] not in ENDED:
            return False
        self.done = self.done or state["type"] == "COMPLETED"
        if state["type"] != "COMPLETED":
            self.refused.append(f"{state['name']}: {state['message']}")
        return True

    def killed(self, victim: str, after: float) -> Kill | None:
        """Run, and kill ``after`` seconds of its process; None when it had ended before."""
        run = self.begun()
        time.sleep(after)
        batches = len([path for folder in outputs(self.out) for path in folder.glob(".batches/0*.jsonl")])
        if self.ended(run):
            return None
        hit = Kill(victim, self.out, after, batches, run)
        self.machine.strike(victim)
        return hit

    def complete(self) -> None:
        """Run until a run completes; one that meets the output still held is refused, and started again."""
        while not self.done:
            run = self.begun()
            self.machine.until("the run's end", lambda: self.ended(run))  # noqa: B023 - called at once


def usual(machine: Machine, source: Path, out: Path) -> float:
    """Return how many seconds a run's process takes when nobody disturbs it."""
    attempt = Attempt(machine, source, out)
    run = attempt.begun()
    begun = time.monotonic()
    state = machine.ended(run)
    if state["type"] != "COMPLETED":
        raise SystemExit(f"the undisturbed run ended as {state}")
    return time.monotonic() - begun


def kills(machine: Machine, source: Path, folder: Path, count: int, longest: float) -> tuple[list[Kill], list[Attempt]]:
    """Kill ``count`` runs; a deployment that completes begins anew elsewhere, the other deployment next."""
    chance = random.Random(SEED)
    victims = list(VICTIMS)
    chance.shuffle(victims)
    attempts: list[Attempt] = []
    hits: list[Kill] = []
    while len(hits) < count:
        if not attempts or attempts[-1].done:
            name = f"{len(attempts)}-{DEPLOYMENTS[len(attempts) % 2]}"
            attempts.append(Attempt(machine, source, folder / name))
        hit = attempts[-1].killed(victims[len(hits) % len(victims)], chance.uniform(0, longest))
        settle(machine, hits)
        if hit is None:
            longest *= 0.8  # the machine has become faster
        else:
            hits.append(hit)
            words = f"{hit.victim:15} after {hit.after:5.2f} s with {hit.batches:2} batches finished in {hit.out.name}"
            print(f"killed {words}", flush=True)
    return hits, attempts


def settle(machine: Machine, hits: list[Kill], wait: float = 0) -> None:
    """Note which killed runs have ended, and how long they seemed to go on; look for ``wait`` seconds at most."""
    end = time.monotonic() + wait
    while open_ones := [hit for hit in hits if not hit.state]:
        for hit in open_ones:
            state = machine.state(hit.run)
            if state["type"] in ENDED:
                ended = datetime.fromisoformat(state["timestamp"]).timestamp()
                hit.state, hit.hung = state["name"], max(0, ended - hit.at)
        if time.monotonic() >= end:
            return
        time.sleep(1)


def check(documents: int, count: int, folder: Path) -> int:
    """Run, kill and compare; return the exit code."""
    source = folder / "articles.jsonl"
    ids = write_articles(source, documents)
    script, _ = finished(source, folder / "script", ENGINE)
    (folder / "prefect").mkdir()
    machine = Machine(folder / "prefect")
    try:
        seconds = usual(machine, source, folder / "calm-by-hand")
        print(f"{documents} documents: a run's process lasts {seconds:.1f} s undisturbed", flush=True)
        hits, attempts = kills(machine, source, folder, count, 0.9 * seconds)
        attempts[-1].complete()
        settle(machine, hits, LONGEST_HANG)
        slots = machine.slots()
        unheard = [a.out.name for a in attempts if not machine.events(PUBLISHED, outputs(a.out)[0])]
    finally:
        machine.stop()
    tell(hits, attempts)
    folders = [outputs(attempt.out) for attempt in attempts]
    found = [results(one[0]) for one in folders if len(one) == 1]
    left = [p for one in folders for f in one for p in f.iterdir() if p.name.startswith(".") or "partial" in p.name]
    return verdict(
        [
            (f"{len(hits)} kills hit a run, in {len(attempts)} outputs", len(found) == len(attempts)),
            ("nothing lost, nothing doubled, order kept", all(ids_of(one) == ids for one in found)),
            ("output identical to the script's", all(one == script for one in found)),
            ("nothing half-written is left", not left),
            ("every output was announced", not unheard),
            ("no killed run goes on in the UI", all(hit.state for hit in hits)),
            ("every concurrency slot is free again", slots == 0),
        ]
    )


def tell(hits: list[Kill], attempts: list[Attempt]) -> None:
    """Print what operators see of the kills."""
    print("\n| killed | times | its run ended as | seconds until it did |\n| --- | ---: | --- | --- |")
    for victim in dict.fromkeys(VICTIMS):
        mine = [hit for hit in hits if hit.victim == victim]
        states = ", ".join(sorted({hit.state or "nothing" for hit in mine}))
        times = sorted(hit.hung for hit in mine)
        if mine:
            print(f"| {victim} | {len(mine)} | {states} | {times[0]:.0f} to {times[-1]:.0f} |")
    refused = [words for attempt in attempts for words in attempt.refused]
    print(f"\n{len(refused)} starts refused while a dead run held its place: {sorted(set(refused))}\n")


def main() -> None:
    """Read the options and check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(check(given.documents, given.kills, Path(folder)))


if __name__ == "__main__":
    main()

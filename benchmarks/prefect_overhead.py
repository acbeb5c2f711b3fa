"""What Prefect costs: CPU seconds of a flow and its server beside those of the script, on the same documents.

    python -m benchmarks.prefect_overhead [--documents 2000] [--kind articles|short] [--repeats 3]

Prints Markdown for benchmarks/RESULTS.md. CPU time, not wall time, so that other work on the machine counts little;
of each figure the least of the repeats. A run of one document gives the start-up, which is taken off. The server runs
as ``make serve`` starts it; what it burns while nothing runs is measured first, and taken off. Nothing is left behind.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.made import write_articles
from benchmarks.throughput import documents
from flows.serve import PREFECT, environment, wait_until_healthy

ROOT = Path(__file__).resolve().parent.parent
PORT = 4797
FLOW = (
    "import sys; from flows.translate_documents import translate_documents;"
    "translate_documents(inputs=[sys.argv[1]], out=sys.argv[2], engine=sys.argv[3], policy='ignore')"
)
# What is made, and which engine works on it: long ones as users have them, and the cheapest that there are.
KINDS = {"articles": "ctranslate2", "short": "none"}
TICKS = os.sysconf("SC_CLK_TCK")
IDLE_SECONDS = 30
SETTLING_SECONDS = 8  # until the server has written what it was told: it gathers events for five


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of one and the same input: script, flow, and the server on behalf of the flow."""

    script: float
    flow: float
    server: float

    @property
    def more(self) -> float:
        """Return what the flow and its server took more than the script."""
        return self.flow + self.server - self.script


def child(command: list[str], env: Mapping[str, str]) -> float:
    """Run a command and return its CPU seconds, all threads."""
    process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):
        sys.exit(f"{' '.join(command[:4])} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of a running process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def idle_rate(server: int) -> float:
    """Return the CPU seconds that the server takes in a second without any run."""
    time.sleep(SETTLING_SECONDS)
    before = cpu_of(server)
    time.sleep(IDLE_SECONDS)
    return (cpu_of(server) - before) / IDLE_SECONDS


def run_both(source: Path, engine: str, env: Mapping[str, str], server: int, idle: float) -> Cost:
    """Run script and flow on the same input, one after the other, and compare what they wrote."""
    with tempfile.TemporaryDirectory(dir=source.parent) as name:
        one, other = Path(name, "script"), Path(name, "flow")
        options = ["--engine", engine, "--policy", "ignore"]
        script = child([sys.executable, "-m", "colophon", "run", str(source), "--out", str(one), *options], env)
        before, started = cpu_of(server), time.monotonic()
        # -P: with the current folder as '', every look for Colophon's version would list it.
        flow = child([sys.executable, "-P", "-c", FLOW, str(source), str(other), engine], env)
        time.sleep(SETTLING_SECONDS)
        served = cpu_of(server) - before - idle * (time.monotonic() - started)
        for file in ("records.jsonl", "rejected.jsonl"):
            if (one / file).read_bytes() != (other / file).read_bytes():
                sys.exit(f"{file} of script and flow differ")
        return Cost(script, flow, max(0.0, served))


def least(costs: list[Cost]) -> Cost:
    """Return the least of each figure: other work on the machine only adds."""
    return Cost(min(c.script for c in costs), min(c.flow for c in costs), min(c.server for c in costs))


def write_documents(path: Path, kind: str, count: int) -> None:
    """Write JSONL: articles of 2,400 code points made of the examples' lines, or lines of four short sentences."""
    if kind == "short":
        write_articles(path, count)
        return
    with path.open("w", encoding="utf-8") as out:
        for document in documents(count):
            out.write(json.dumps({"id": document.id, "text": document.text}, ensure_ascii=False) + "\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--kind", choices=KINDS, default="articles")
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    engine = KINDS[given.kind]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = {
            **{k: v for k, v in environment(PORT).items() if not k.startswith("PREFECT_") or os.environ.get(k) != v},
            "PREFECT_HOME": name,
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(ROOT),
        }
        command = [PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(PORT)]
        with (folder / "server.log").open("wb") as log:
            server = subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=log)
        try:
            wait_until_healthy(PORT, server)
            idle = idle_rate(server.pid)
            measured = {}
            for count in (1, given.documents):
                source = folder / f"{count}.jsonl"
                write_documents(source, given.kind, count)
                repeats = range(given.repeats)
                measured[count] = least([run_both(source, engine, env, server.pid, idle) for _ in repeats])
        finally:
            server.terminate()
            server.wait(30)
    show(measured, given.kind, idle)


def show(measured: Mapping[int, Cost], kind: str, idle: float) -> None:
    """Print the table and what it comes to."""
    print(f"Kind `{kind}`, engine `{KINDS[kind]}`, batches of 64; CPU seconds.\n")
    print("| documents | script | flow | server for it |\n| ---: | ---: | ---: | ---: |")
    for number, cost in measured.items():
        print(f"| {number:,} | {cost.script:.2f} | {cost.flow:.2f} | {cost.server:.2f} |")
    one, many = measured.values()
    more = many.more - one.more
    share = 100 * more / many.script
    print(f"\nStart-up {one.more:.1f} s once a run; beyond it {more:.2f} s, {share:.1f} % of the script's CPU time.")
    print(f"A server without runs takes {1000 * idle:.0f} ms of CPU a second.")


if __name__ == "__main__":
    main()

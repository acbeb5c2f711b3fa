"""What Prefect costs: CPU seconds of a flow and its server beside those of the script, on the same documents.

    python -m benchmarks.prefect_overhead [--documents 2000] [--engine none]

Prints Markdown for benchmarks/RESULTS.md. A run of one document gives the start-up, which is taken off both; CPU
time, not wall time, so that other work on the machine does not count. Nothing is left behind.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.made import write_articles

ROOT = Path(__file__).resolve().parent.parent
PORT = 4797
FLOW = (
    "import sys; from flows.translate_documents import translate_documents;"
    "translate_documents(inputs=[sys.argv[1]], out=sys.argv[2], engine=sys.argv[3], policy='ignore')"
)
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds: of the process that did the work, and of the server meanwhile."""

    worker: float
    server: float = 0.0

    @property
    def total(self) -> float:
        return self.worker + self.server


def child(command: list[str], environment: dict[str, str]) -> float:
    """Run a command and return its CPU seconds, all threads."""
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):
        sys.exit(f"{' '.join(command[:4])} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of a running process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def settled(pid: int) -> float:
    """Return the CPU seconds of the server once it has written what it was told."""
    before = cpu_of(pid)
    for _ in range(30):
        time.sleep(2)
        now = cpu_of(pid)
        if now - before < 0.2:
            return now
        before = now
    return before


def script(source: Path, out: Path, engine: str, environment: dict[str, str]) -> Cost:
    command = [sys.executable, "-m", "colophon", "run", str(source), "--out", str(out), "--engine", engine]
    return Cost(child([*command, "--policy", "ignore"], environment))


def flow(source: Path, out: Path, engine: str, environment: dict[str, str], server: int) -> Cost:
    before = settled(server)
    worker = child([sys.executable, "-c", FLOW, str(source), str(out), engine], environment)
    return Cost(worker, settled(server) - before)


def start_server(home: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    prefect = str(Path(sys.executable).with_name("prefect"))
    command = [prefect, "server", "start", "--host", "127.0.0.1", "--port", str(PORT)]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
    end = time.monotonic() + 600
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/health", timeout=5):
                return server
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    server.terminate()
    sys.exit(f"no Prefect server on port {PORT}: {(home / 'server.log').read_text()[-500:]}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--engine", choices=["none", "echo", "ctranslate2"], default="none")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")},
            "PREFECT_HOME": name,
            "PREFECT_API_URL": f"http://127.0.0.1:{PORT}/api",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(ROOT),
        }
        for count in (1, given.documents):
            write_articles(folder / f"{count}.jsonl", count)
        server = start_server(folder, environment)
        try:
            measured = {}
            for count in (1, given.documents):
                source = folder / f"{count}.jsonl"
                measured[count] = (
                    script(source, folder / f"script-{count}", given.engine, environment),
                    flow(source, folder / f"flow-{count}", given.engine, environment, server.pid),
                )
        finally:
            server.terminate()
            server.wait(30)
        for file in ("records.jsonl", "rejected.jsonl"):
            ends = [folder / f"{way}-{given.documents}" / file for way in ("script", "flow")]
            if ends[0].read_bytes() != ends[1].read_bytes():
                sys.exit(f"{file} of script and flow differ")
    show(measured, given.documents, given.engine)


def show(measured: dict[int, tuple[Cost, Cost]], count: int, engine: str) -> None:
    """Print the table and what it comes to."""
    print(f"Engine `{engine}`, {count:,} documents, batches of 64; CPU seconds.\n")
    print("| documents | script | flow | server meanwhile |\n| ---: | ---: | ---: | ---: |")
    for number, (alone, orchestrated) in measured.items():
        print(f"| {number:,} | {alone.total:.1f} | {orchestrated.worker:.1f} | {orchestrated.server:.1f} |")
    start_up = measured[1][1].total - measured[1][0].total
    more = measured[count][1].total - measured[count][0].total - start_up
    share = 100 * more / measured[count][0].total
    print(f"\nStart-up {start_up:.1f} s once a run; beyond it {more:.1f} s, {share:.1f} % of the script's CPU time.")


if __name__ == "__main__":
    main()

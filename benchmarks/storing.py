"""Records per CPU-second of each sink, and how memory grows with the length of a run.

    nice -n 15 python benchmarks/storing.py [--records 2000] [--distinct 400] [--postgres] [--peaks]

Prints Markdown for benchmarks/RESULTS.md. ``--postgres`` starts a server of its own (Debian's postgresql). The
records are those of ``throughput.documents``, made with the toy engine, each used several times under other ids.
"""

import os

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from throughput import documents  # type: ignore[import-not-found]

from colophon.settings import RightsSettings, Settings, TranslationSettings
from colophon.storing import store
from colophon.worker import process_batch
from colophon.writing import OutputFolder, read_records
from tests.storing.postgres import PostgresServer, binaries, running

_TICKS = os.sysconf("SC_CLK_TCK")


def output(folder: Path, records: int, distinct: int) -> Path:
    """Write a finished output of ``records`` records."""
    settings = Settings(translation=TranslationSettings(engine="echo"), rights=RightsSettings(policy="ignore"))
    made, _ = process_batch(documents(distinct), settings)
    out = OutputFolder(folder, "benchmark", resume=False)
    batches = [range(start, min(start + 64, records)) for start in range(0, records, 64)]
    for number, batch in enumerate(batches):
        copies = [
            made[n % distinct].model_copy(update={"id": f"urn:colophon:{n:032x}", "input_id": str(n)}) for n in batch
        ]
        out.write_batch(number, str(number), copies, [])
    out.publish(len(batches), {"records": records})
    if hasattr(out, "close"):
        out.close()
    return folder


def server_seconds(server: PostgresServer | None) -> float:
    """CPU seconds of the server and of its processes that have ended."""
    if server is None:
        return 0.0
    pid = (server.folder / "data" / "postmaster.pid").read_text().split()[0]
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def measured(work: Callable[[], object], server: PostgresServer | None = None) -> tuple[float, float]:
    """Return CPU seconds of this process and of the server."""
    before, start = server_seconds(server), time.process_time()
    work()
    spent = time.process_time() - start
    time.sleep(0.2 if server else 0)  # the server's process for this connection ends, and is counted
    return spent, server_seconds(server) - before


# VmHWM and not ru_maxrss, which a process inherits from the one that started it.
_STORE = """
import sys
from pathlib import Path
from colophon.storing import store
store(Path(sys.argv[1]), sys.argv[2])
lines = Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
"""


def peak_mebibytes(out: Path, url: str) -> float:
    """Return the most memory that a fresh process took to store ``out``, in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", _STORE, str(out), url], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return int(done.stdout) / 1024


@contextmanager
def maybe_server(*, wanted: bool) -> Iterator[PostgresServer | None]:
    """Start a server when one is wanted."""
    bin = binaries() if wanted else None
    with running(bin) if bin else nullcontext() as server:
        yield server


def rates(out: Path, folder: Path, records: int, server: PostgresServer | None) -> None:
    """Print what each sink costs."""
    urls = {"JSONL copy": f"{folder}/r.jsonl", "Parquet": f"{folder}/r.parquet", "SQLite": f"sqlite:///{folder}/r.db"}
    if server is not None:
        urls["PostgreSQL"] = server.new_database()
    rows: list[tuple[str, float, float]] = [
        ("reading and checking records.jsonl alone", *measured(lambda: sum(1 for _ in read_records(out))))
    ]
    few = output(folder / "few", 10, 10)
    for name, url in urls.items():
        store(few, url)  # libraries are loaded, tables made: once a process, not a record
        mine = server if name == "PostgreSQL" else None
        rows.append((name, *measured(lambda url=url: store(out, url), mine)))  # type: ignore[misc]
        rows.append((f"{name}, the same output again", *measured(lambda url=url: store(out, url), mine)))  # type: ignore[misc]
    print("| sink | records per CPU-second | ms a record | of it in the server |\n| --- | ---: | ---: | ---: |")
    for name, spent, served in rows:
        total = spent + served
        print(f"| {name} | {records / total:,.0f} | {1000 * total / records:.3f} | {1000 * served / records:.3f} |")


def main() -> None:
    """Run both parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--distinct", type=int, default=400)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--peaks", action="store_true", help="memory at a quarter of the records, and at all")
    given = parser.parse_args()
    with TemporaryDirectory() as name, maybe_server(wanted=given.postgres) as server:
        folder = Path(name)
        out = output(folder / "out", given.records, given.distinct)
        size = (out / "records.jsonl").stat().st_size
        print(f"{given.records} records of {size // given.records:,} bytes ({given.distinct} distinct)\n")
        rates(out, folder, given.records, server)
        if not given.peaks:
            return
        short = output(folder / "short", given.records // 4, given.distinct)
        print(f"\n| sink | peak MiB, {given.records // 4} records | {given.records} records |\n| --- | ---: | ---: |")
        for sink, url in {"Parquet": f"{folder}/{{}}.parquet", "SQLite": f"sqlite:///{folder}/{{}}.db"}.items():
            peaks = [peak_mebibytes(o, url.format(f"peak-{n}")) for n, o in enumerate((short, out))]
            print(f"| {sink} | {peaks[0]:.0f} | {peaks[1]:.0f} |")


if __name__ == "__main__":
    main()

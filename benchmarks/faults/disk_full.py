"""A disk that runs full during a run: the run says so and leaves; with room, it goes on and ends with equal bytes.

python -m benchmarks.faults.disk_full [--documents 600]      (as root: it mounts a small tmpfs)
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.faults.made import finished, ids_of, started, verdict, write_articles

ENGINE = "none"
# Room for some batches in the first, for all batches but not for their join in the second.
SIZES_KIB = (400, 2_500)
ENOUGH_KIB = 64_000


def filled(source: Path, disk: Path, size_kib: int) -> tuple[int, str, list[str]]:
    """Run on a disk of ``size_kib``; return how it ended, what it said, and which files are there."""
    subprocess.run(["mount", "-o", f"remount,size={size_kib}k", disk], check=True)
    process = started(source, disk / "out", ENGINE)
    words = process.communicate()[1]
    return process.returncode, words, sorted(path.name for path in (disk / "out").rglob("*"))


def check(documents: int, folder: Path, disk: Path) -> int:
    """Run and compare; return the exit code."""
    source = folder / "articles.jsonl"
    ids = write_articles(source, documents)
    whole, _ = finished(source, folder / "whole", ENGINE)
    checks = []
    for size in SIZES_KIB:
        code, words, files = filled(source, disk, size)
        batches = [name for name in files if name.endswith(".jsonl") and name[0].isdigit()]
        print(f"{size} KiB: exit {code}, {len(batches)} batches kept: {words.strip()}")
        checks += [
            (f"{size} KiB: refused in one line that names the cure", code == 2 and "make room" in words),
            (f"{size} KiB: no traceback", "Traceback" not in words),
            (f"{size} KiB: nothing half-written, nothing published", not [n for n in files if "partial" in n]),
            (f"{size} KiB: no final file", not {"records.jsonl", "manifest.json"} & set(files)),
        ]
    subprocess.run(["mount", "-o", f"remount,size={ENOUGH_KIB}k", disk], check=True)
    again, _ = finished(source, disk / "out", ENGINE)
    checks += [
        ("with room: output identical to a run's that never lacked it", again == whole),
        ("with room: nothing lost, nothing doubled", ids_of(again) == ids),
    ]
    return verdict(checks)


def main() -> None:
    """Mount, check, unmount."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=600)
    given = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("not checked: mounting a small disk needs root")
    with tempfile.TemporaryDirectory() as folder:
        disk = Path(folder, "disk")
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", disk], check=False)
        if mounted.returncode:
            sys.exit("not checked: this machine may not mount a tmpfs (a container without CAP_SYS_ADMIN)")
        try:
            code = check(given.documents, Path(folder), disk)
        finally:
            subprocess.run(["umount", disk], check=True)
    sys.exit(code)


if __name__ == "__main__":
    main()

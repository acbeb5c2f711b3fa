"""Which processes descend from one, by Linux's /proc, and killing them without a word."""

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


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


def kill(numbers: Iterable[int]) -> None:
    """Send each process a SIGKILL, those that have just ended excepted."""
    for number in numbers:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def alive(number: int) -> bool:
    """Say whether a process runs; one that ended and was not asked for has no command line any more."""
    try:
        return bool(Path(f"/proc/{number}/cmdline").read_bytes())
    except OSError:
        return False

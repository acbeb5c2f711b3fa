"""What all tests share: the repository's folder, Hypothesis profiles, and Colophon as a process of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]

# Machines that run tests beside other work are slow at times; a deadline would measure them, not us.
settings.register_profile("default", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("default"), max_examples=200, derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

Colophon = Callable[..., subprocess.CompletedProcess[str]]


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a fresh process that finds this clone's package, whatever the user has set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COLOPHON_")}
    # Set to nothing: what the user has pulled is none of the tests' business.
    return {**kept, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "COLOPHON_MODELS": "", **more}


@pytest.fixture
def colophon() -> Colophon:
    """Run ``colophon ARGUMENTS`` in a fresh process, or ``program`` in its place; text in and out is UTF-8."""

    def run(
        *arguments: str | Path,
        stdin: str | bytes = "",
        program: tuple[str, ...] = ("-m", "colophon"),
        **more: str,
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, *program, *map(str, arguments)],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            cwd=ROOT,
            env=environment(**more),
            timeout=120,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        )

    return run


# What `make parts` and the extras bring; a skip that names one of them means that it is missing.
_PARTS = re.compile(
    r"chromium|postgres|initdb|playwright|prefect|\bray\b|needs (?:s3fs|gcsfs|gcp-storage)", re.IGNORECASE
)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that was promised every real part (``COLOPHON_ALL_PARTS``) and skipped one."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not os.environ.get("COLOPHON_ALL_PARTS"):
        return
    missing = [r for r in reporter.stats.get("skipped", []) if _PARTS.search(str(r.longrepr[-1]))]
    if missing:
        reporter.write_line(f"{len(missing)} tests were skipped for want of a real part; see the summary", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

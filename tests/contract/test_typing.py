"""What users write type-checks, and what they must not write does not."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT, environment


@pytest.mark.slow
def test_the_public_api_is_typed() -> None:
    pytest.importorskip("mypy")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--follow-imports=silent", "tests/typing/api.py"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout

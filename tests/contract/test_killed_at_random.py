"""The script of benchmarks/faults, short: kill -9 at random moments, restart, equal bytes."""

from pathlib import Path

import pytest

from benchmarks.faults import kill_at_random


@pytest.mark.slow
def test_killed_three_times_at_random(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = kill_at_random.check(120, 3, "echo", tmp_path)
    printed = capsys.readouterr().out
    assert code == 0, printed
    assert printed.count("\nkilled after") == 3
    assert "FAIL" not in printed

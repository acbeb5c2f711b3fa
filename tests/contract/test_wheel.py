"""The wheel holds everything that runs, and runs without the clone beside it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT, environment

pytestmark = pytest.mark.slow
MODELS = [path for path in (ROOT / "models").rglob("*") if path.is_file() and "__pycache__" not in path.parts]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build with the backend that is installed here: no network, no isolated environment."""
    pytest.importorskip("hatchling", reason="builds the wheel: needs hatchling")
    if not (ROOT / "README.md").is_file():
        pytest.skip("pyproject.toml names README.md, which is not there")
    folder = tmp_path_factory.mktemp("wheel")
    code = f"from hatchling.build import build_wheel; print(build_wheel({str(folder)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / done.stdout.split()[-1]


def test_it_holds_code_types_data_and_models(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    package = [path for path in (ROOT / "colophon").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    wanted = {path.relative_to(ROOT).as_posix() for path in package}
    wanted |= {f"colophon/data/models/{path.relative_to(ROOT / 'models').as_posix()}" for path in MODELS}
    assert {"colophon/py.typed", "colophon/data/models/catalogue.toml"} <= wanted
    assert not wanted - names


def test_it_holds_nothing_else(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"colophon"}


def test_it_runs_without_the_clone(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    document = tmp_path / "a.txt"
    document.write_text("A boat in the harbour.\n\nהמעבורת הגיעה לנמל הישן\n", encoding="utf-8")
    code = (
        "import colophon, sys; from pathlib import Path; assert Path(colophon.__file__).is_relative_to(sys.argv[1]);"
        "sys.argv[:2] = ['colophon']; from colophon.cli import main; main()"
    )
    site = tmp_path / "site"

    def colophon(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, str(site), *arguments],
            cwd=tmp_path,
            env=environment(PYTHONPATH=str(site), COVERAGE_PROCESS_CONFIG=""),
            capture_output=True,
            text=True,
            check=False,
        )

    ran = colophon("run", str(document), "--out", "out", "--engine", "echo", "--policy", "ignore")
    assert ran.returncode == 0, ran.stderr
    assert "[echo: 4 words]" in (tmp_path / "out" / "records.jsonl").read_text(encoding="utf-8")
    listed = colophon("models", "list")
    assert listed.returncode == 0, listed.stderr
    assert all(str(site) in line for line in listed.stdout.splitlines())

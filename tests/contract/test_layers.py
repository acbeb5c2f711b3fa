"""Who may import whom: the contracts of pyproject.toml, run."""

import subprocess
import sys
import tomllib
from typing import Any

from tests.conftest import ROOT, environment


def contracts() -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found


def test_every_contract_is_kept() -> None:
    code = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Contracts: {len(contracts())} kept, 0 broken." in done.stdout


def test_the_layers_name_every_module_of_the_package() -> None:
    (layers,) = (c for c in contracts() if c["type"] == "layers")
    assert layers["exhaustive"] is True


def test_every_module_but_engines_is_kept_from_model_libraries() -> None:
    (contract,) = (c for c in contracts() if c["name"] == "model libraries only in engines")
    modules = {
        f"colophon.{path.stem}"
        for path in (ROOT / "colophon").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").is_file()) and not path.name.startswith("__")
    }
    # Errors import nothing; detecting's langdetect is not a model library; engines are the place for them.
    assert modules - set(contract["source_modules"]) <= {"colophon.errors", "colophon.detecting", "colophon.engines"}

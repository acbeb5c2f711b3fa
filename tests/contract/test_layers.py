"""Who may import whom: the contracts of pyproject.toml, run."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

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


# httpx is not among them: colophon.reading.guarded_http is loaded for URLs alone, see test_import_weight.py.
HEAVY = {
    "charset_normalizer", "ctranslate2", "dateparser", "langdetect", "lxml", "numpy", "rich", "safetensors",
    "sentencepiece", "torch", "trafilatura", "transformers",
}  # fmt: skip
MODULES = sorted((ROOT / "colophon").rglob("*.py"))


def imported_at_once(path: Path) -> set[str]:
    """Return the top-level packages that importing a module imports, outside functions and type checking."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_heavy_libraries_are_imported_where_they_are_used(path: Path) -> None:
    assert not imported_at_once(path) & HEAVY

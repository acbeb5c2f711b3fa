"""What must not be loaded: importing Colophon, and finding fragments, costs no model library and no orchestrator."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, environment

HEAVY = ("torch", "transformers", "prefect", "ctranslate2", "sentencepiece", "ray", "fastapi", "httpx")


def loaded_after(code: str, *arguments: str) -> set[str]:
    """Return the top-level modules in a fresh process after ``code``."""
    names = "sorted({name.partition('.')[0] for name in sys.modules})"
    report = f"\nimport json, sys\nprint(json.dumps({names}), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code + report, *arguments],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_importing_colophon_loads_nothing_but_itself() -> None:
    loaded = loaded_after("import colophon")
    assert not loaded & {
        *HEAVY,
        "pydantic",
        "lxml",
        "trafilatura",
        "langdetect",
        "numpy",
        "typer",
        "rich",
        "dateparser",
    }


COMMANDS = {
    "detect": ("detect",),
    "provenance": ("provenance",),
    "schema": ("schema",),
    "run without translation": ("run", "--engine", "none", "--out"),
    "run with echo": ("run", "--engine", "echo", "--out"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_loads_no_library_that_it_does_not_use(name: str, tmp_path: Path) -> None:
    document = tmp_path / "a.txt"
    document.write_text("A boat in the harbour.\n\nסירה בנמל הישן\n", encoding="utf-8")
    arguments = list(COMMANDS[name])
    if name.startswith("run"):
        arguments.append(str(tmp_path / "out"))
    if name != "schema":
        arguments.append(str(document))
    code = (
        "from colophon.cli import main\ntry:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code"
    )
    assert not loaded_after(code, *arguments) & set(HEAVY)

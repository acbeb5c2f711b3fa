"""Every default of a setting lives in settings.py: nobody else gives a value to a parameter of that name."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from colophon.cli.options import settings_from
from colophon.settings import Settings
from tests.conftest import ROOT

SECTIONS: list[type[BaseModel]] = [type(v) for _, v in Settings() if isinstance(v, BaseModel)]
FIELDS = {*Settings.model_fields, *(name for section in SECTIONS for name in section.model_fields)}
# Ordinary words that also mean other things elsewhere.
COMMON = {"engine", "basis", "models", "encoding", "policy", "catalogue", "glossary", "target"}
MODULES = [path for path in sorted((ROOT / "colophon").rglob("*.py")) if path.name != "settings.py"]


def defaults(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and name of each parameter or class field with a literal default."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arguments):
            positional = [*node.posonlyargs, *node.args]
            pairs = [*zip(positional[len(positional) - len(node.defaults) :], node.defaults, strict=True)]
            pairs += [(a, d) for a, d in zip(node.kwonlyargs, node.kw_defaults, strict=True) if d is not None]
            yield from ((a.lineno, a.arg) for a, d in pairs if isinstance(d, ast.Constant) and d.value is not None)
        elif isinstance(node, ast.ClassDef):
            for field in node.body:
                literal = isinstance(field, ast.AnnAssign) and isinstance(field.value, ast.Constant)
                if literal and isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    yield field.lineno, field.target.id


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_other_module_has_a_default_for_a_setting(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [(line, name) for line, name in defaults(tree) if name in FIELDS - COMMON]


def test_a_command_without_options_has_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLOPHON_MODELS", "")  # else a catalogue in the user's own folder counts
    assert settings_from() == Settings()


def test_every_setting_has_a_default_and_is_frozen() -> None:
    assert Settings.model_validate_json(Settings().model_dump_json()) == Settings()
    for section in SECTIONS:
        assert section.model_config.get("frozen")
        assert section.model_config.get("extra") == "forbid"

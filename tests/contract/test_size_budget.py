"""Modules and functions small enough to read; no failure caught without being named."""

import ast
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

LONGEST_MODULE = 400
LONGEST_BODY = 60
MEDIAN_BODY = 9
MODULES = sorted((ROOT / "colophon").rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(parsed(path)) if isinstance(node, Function))


def body_lines(function: Function) -> int:
    """Count the lines of a body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_MODULE, f"{name(path)} has {lines} lines: make it a folder of the same name"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_function_is_short(path: Path) -> None:
    long = {f.name: body_lines(f) for f in functions(path) if body_lines(f) > LONGEST_BODY}
    assert not long, f"{name(path)}: cut these into steps: {long}"


def test_most_functions_are_very_short() -> None:
    assert statistics.median(body_lines(f) for path in MODULES for f in functions(path)) <= MEDIAN_BODY


def catches_everything(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException")) for kind in kinds
    )


@pytest.mark.parametrize("path", [p for p in MODULES if p.name != "worker.py"], ids=name)
def test_only_the_worker_catches_everything(path: Path) -> None:
    broad = [n.lineno for n in ast.walk(parsed(path)) if isinstance(n, ast.ExceptHandler) and catches_everything(n)]
    assert not broad, f"{name(path)}: name what can fail on lines {broad}"


def test_there_is_no_attic() -> None:
    attics = {"utils", "util", "helpers", "misc", "common", "tools"}
    assert not [name(path) for path in MODULES if path.stem in attics or path.parent.name in attics]

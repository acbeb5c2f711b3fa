"""Intent and fact of the public API: names that must exist, and that nothing else claims to be public."""

import importlib
import types

import pytest

import colophon

# Intent: what a user's program may rely on. Removing one is a breaking change.
PUBLIC = {
    "Attributor",
    "ColophonError",
    "DocumentRecord",
    "FragmentDetector",
    "Settings",
    "SourceDocument",
    "__version__",
    "process_batch",
    "read_inputs",
    "record_lines",
    "record_schema",
    "run",
}


def test_the_names_are_exactly_these() -> None:
    assert set(colophon.__all__) == PUBLIC
    assert list(colophon.__all__) == sorted(colophon.__all__)


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_each_name_loads_and_is_listed(name: str) -> None:
    value = getattr(colophon, name)
    assert not isinstance(value, types.ModuleType)
    assert name in dir(colophon)


@pytest.mark.parametrize("name", sorted(PUBLIC - {"__version__"}))
def test_each_name_says_what_it_is(name: str) -> None:
    assert (getattr(colophon, name).__doc__ or "").strip()


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'translate_all'"):
        _ = colophon.translate_all


@pytest.mark.parametrize(
    "package", ["colophon.attributing", "colophon.detecting", "colophon.reading", "colophon.translating"]
)
def test_what_a_package_lists_exists(package: str) -> None:
    module = importlib.import_module(package)
    assert module.__all__ == sorted(module.__all__, key=lambda name: (name[0].islower(), name != name.upper(), name))
    assert all(hasattr(module, name) for name in module.__all__)

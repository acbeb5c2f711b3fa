"""docs/operating.md has every setting with its default, every environment variable, and every deployment."""

import re
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from colophon.settings import FetchingSettings, Settings, StoringSettings
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `([a-z_.]+)` \| (.*?) \|", PAGE.partition("\n## Settings\n")[2], re.MULTILINE))


def settings(prefix: str, section: BaseModel) -> Iterator[tuple[str, object]]:
    for name, value in section:
        if isinstance(value, BaseModel):
            yield from settings(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", value


def shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return f"{value:,}" if isinstance(value, int | float) else str(value or "none")


ALL = {
    **dict(settings("", Settings())),
    **dict(settings("fetching.", FetchingSettings())),
    **dict(settings("storing.", StoringSettings())),
}


@pytest.mark.parametrize("name", ALL)
def test_a_setting_is_there_with_its_default(name: str) -> None:
    assert ROWS.get(name) == shown(ALL[name])


def test_no_setting_is_there_that_does_not_exist() -> None:
    assert set(ROWS) <= set(ALL)


def test_every_variable_is_there() -> None:
    sources = [*(ROOT / "colophon").rglob("*.py"), *(ROOT / "flows").glob("*.py"), ROOT / "prefect.yaml"]
    named = {name for path in sources for name in re.findall(r"\bCOLOPHON_[A-Z_]+", path.read_text(encoding="utf-8"))}
    assert named
    assert {name for name in named if f"`{name}`" not in PAGE} == set()


def test_every_deployment_is_there() -> None:
    text = (ROOT / "prefect.yaml").read_text(encoding="utf-8")
    flows = {
        path: re.search(r'@flow\(\s*name="([^"]+)"', (ROOT / path).read_text(encoding="utf-8"))
        for path in set(re.findall(r"entrypoint: (\S+):", text))
    }
    deployments = re.findall(r"- name: (\S+)\n(?:.*\n)*?    entrypoint: (\S+):", text)
    assert len(deployments) >= 6
    for name, path in deployments:
        found = flows[path]
        assert found is not None
        assert f"`{found[1]}/{name}`" in PAGE

"""What prefect.yaml promises: every deployment loads, fits its form, and has a pool and a limit."""

import subprocess
import sys
from functools import cache
from typing import Any

import pytest

pytest.importorskip("prefect", reason="the [prefect] extra is not installed")

from prefect import Flow
from prefect.flows import load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema

from tests.conftest import environment
from tests.flows.conftest import ROOT

yaml = pytest.importorskip("yaml", reason="comes with prefect")

DEPLOYMENTS: list[dict[str, Any]] = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
NAMES = [deployment["name"] for deployment in DEPLOYMENTS]


def loaded(deployment: dict[str, Any]) -> Flow[..., Any]:
    return flow_at(deployment["entrypoint"])


@cache
def flow_at(entrypoint: str) -> Flow[..., Any]:
    path, _, name = entrypoint.partition(":")
    return load_flow_from_entrypoint(f"{ROOT / path}:{name}", use_placeholder_flow=False)


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=NAMES)
class TestEveryDeployment:
    def test_its_parameters_fit_its_flow(self, deployment: dict[str, Any]) -> None:
        loaded(deployment).validate_parameters(deployment["parameters"])

    def test_its_form_says_what_each_field_is(self, deployment: dict[str, Any]) -> None:
        for name, field in parameter_schema(loaded(deployment)).properties.items():
            assert field["description"], name
            assert "_" not in field["title"], name

    def test_its_form_has_no_field_that_the_ui_gets_wrong(self, deployment: dict[str, Any]) -> None:
        """``list[str] | None`` submits ``[None]``, and a choice of one cannot be chosen."""
        for name, field in parameter_schema(loaded(deployment)).properties.items():
            assert field["type"] in ("array", "boolean", "integer", "number", "string"), name
            assert len(field.get("enum", (1, 2))) > 1, name
            if field["type"] == "array":
                assert field["items"] == {"type": "string"}, name

    def test_it_has_a_pool_and_a_limit(self, deployment: dict[str, Any]) -> None:
        assert deployment["work_pool"]["name"] == "colophon"
        scheduled = bool(deployment.get("schedules"))
        limit = deployment["concurrency_limit"]
        assert limit["collision_strategy"] == ("CANCEL_NEW" if scheduled else "ENQUEUE")
        assert limit["limit"] == 1 or not scheduled
        assert ("scheduled" in deployment["tags"]) == scheduled


def test_names_are_told_apart() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_a_flow_finds_what_it_shares_without_an_installation() -> None:
    """Prefect puts the working directory on the path; nothing else leads to ``flows`` on a worker."""
    code = (
        f"import sys; sys.path[:] = [p for p in sys.path if p not in ('', {str(ROOT)!r})]\n"
        "from prefect.flows import load_flow_from_entrypoint\n"
        "flow = load_flow_from_entrypoint('flows/watch_feeds.py:watch_feeds', use_placeholder_flow=False)\n"
        "print(flow.name)"
    )
    env = {name: value for name, value in environment().items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout.strip() == "watch-feeds", done.stderr

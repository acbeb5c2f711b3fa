"""A flow that is killed: Prefect says so, what watches over it is set up once, and the next run ends with equal bytes.

The whole, twenty kills of flows, workers and the server: benchmarks/faults/kill_flow_worker.py.
"""

from pathlib import Path

import pytest

pytest.importorskip("prefect", reason="the [prefect] extra is not installed")

from benchmarks.faults.made import finished, ids_of, results, write_articles
from benchmarks.faults.processes import below, kill
from flows import serve
from tests.flows.conftest import Json, Server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found in /proc"),
]


def test_a_killed_flow_is_crashed_and_the_next_run_goes_on(server: Server, tmp_path: Path) -> None:
    source, out = tmp_path / "articles.jsonl", tmp_path / "flow"
    ids = write_articles(source, 600)
    script, _ = finished(source, tmp_path / "script", "none")
    worker = server.processes[-1]
    parameters = {"inputs": [str(source)], "out": str(out), "engine": "none", "policy": "ignore"}
    first = server.begin("by-hand", **parameters)
    server.until("a finished batch", lambda: list(out.glob(".batches/0*.jsonl")))
    kill(below(worker.pid))
    crashed = server.ended(first)
    assert crashed["type"] == "CRASHED", crashed
    assert "SIGKILL" in crashed["message"]
    assert not (out / "records.jsonl").exists()

    assert server.ended(server.begin("by-hand", **parameters))["type"] == "COMPLETED"
    assert results(out) == script
    assert ids_of(results(out)) == ids
    assert sorted(path.name for path in out.iterdir()) == sorted([*script, "runs.jsonl"])


def test_what_watches_over_runs_is_set_up_once_and_stays_off_when_switched_off(server: Server) -> None:
    def mine() -> dict[str, Json]:
        return {one["name"]: one for one in server.ask("/automations/filter", {}) if one["id"] not in before}

    before = {automation["id"] for automation in server.ask("/automations/filter", {})}
    try:
        serve.set_up_automations(f"{server.url}/api")
        gone = mine()["colophon-run-is-gone"]
        assert (gone["trigger"]["posture"], gone["trigger"]["within"], gone["enabled"]) == ("Proactive", 120, True)
        server.ask(f"/automations/{gone['id']}", {"enabled": False}, "PATCH")
        serve.set_up_automations(f"{server.url}/api")
        enabled = {name: one["enabled"] for name, one in mine().items()}
        assert enabled == {"colophon-run-is-gone": False, "colophon-run-never-began": True}
    finally:
        for one in mine().values():
            server.ask(f"/automations/{one['id']}", method="DELETE")


def test_deployments_tell_that_they_live_often_enough_for_the_automation(server: Server) -> None:
    for deployment in server.ask("/deployments/filter", {}):
        assert int(deployment["job_variables"]["env"]["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"]) * 3 < 120

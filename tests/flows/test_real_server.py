"""The flows as a user has them: a server process, a worker process, deployments, runs; nothing mocked."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("prefect", reason="the [prefect] extra is not installed")

ROOT = Path(__file__).parents[2]
PREFECT = str(Path(sys.executable).with_name("prefect"))
PATIENCE = 240  # seconds; start-up takes ten on an idle machine, and CI's machine is not idle

pytestmark = pytest.mark.slow


class Server:
    """A Prefect server and worker of this test's own, in a temporary home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")},
            "PREFECT_HOME": str(home),
            "PREFECT_API_URL": f"http://127.0.0.1:{self.port}/api",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "COLOPHON_HOME": str(ROOT),
            "PREFECT_WORKER_QUERY_SECONDS": "2",
            "OMP_NUM_THREADS": "1",
        }
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        log = (self.home / f"{command[0]}.log").open("wb")
        process = subprocess.Popen(
            [PREFECT, *command], env=self.env, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        log.close()
        self.processes.append(process)
        return process

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [PREFECT, *command], env=self.env, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        # SQLite under a busy server answers 503, "try again": clients of Prefect's own do, and so do we.
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code != 503 or time.monotonic() > end:
                    raise
                time.sleep(1)

    def until(self, what: str, look: Any) -> Any:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                found = look()
            except OSError:
                found = None
            if found:
                return found
            time.sleep(0.5)
        logs = "\n".join(p.read_text(errors="replace")[-3000:] for p in self.home.glob("*.log"))
        raise AssertionError(f"{what} did not happen within {PATIENCE} s\n{logs}")

    def finished(self, run_id: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            run: dict[str, Any] = self.ask(f"/flow_runs/{run_id}")
            return run if run["state"] and run["state"]["type"] in ("COMPLETED", "FAILED", "CRASHED") else None

        found: dict[str, Any] = self.until(f"the end of run {run_id}", look)
        return found

    def stop(self) -> None:
        for process in reversed(self.processes):
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("prefect"))
    try:
        server.start("server", "start", "--host", "127.0.0.1", "--port", str(server.port))
        server.until("the start of the server", lambda: server.ask("/health") is True)
        server.run("work-pool", "create", "colophon", "--type", "process")
        server.run("--no-prompt", "deploy", "--all")
        server.start("worker", "start", "--pool", "colophon")
        yield server
    finally:
        server.stop()


def documents(folder: Path) -> Path:
    folder.mkdir()
    lines = [
        {"id": f"d{i}", "text": f"Item {i}.\nשריפה בשוק {i}\nThis text is licensed under CC BY 4.0."}
        for i in range(130)
    ]
    rows = [json.dumps(line, ensure_ascii=False) for line in lines]
    rows.insert(70, "{broken")
    (folder / "items.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    return folder


def test_every_entrypoint_loads_without_a_placeholder() -> None:
    yaml = pytest.importorskip("yaml")  # comes with prefect
    from prefect import Flow
    from prefect.flows import load_flow_from_entrypoint

    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    for deployment in deployments:
        path, _, name = deployment["entrypoint"].partition(":")
        flow: Flow[..., Any] = load_flow_from_entrypoint(f"{ROOT / path}:{name}", use_placeholder_flow=False)
        flow.validate_parameters({"out": "x", "inputs": ["x"], **deployment["parameters"]})


def test_a_run_by_hand_writes_the_bytes_of_the_script(server: Server, tmp_path: Path) -> None:
    inbox = documents(tmp_path / "in")
    (deployment,) = [d for d in server.ask("/deployments/filter", {}) if d["name"] == "by-hand"]
    parameters = {"inputs": [str(inbox)], "out": str(tmp_path / "flow"), "engine": "echo", "batch_documents": 32}
    run = server.ask(
        f"/deployments/{deployment['id']}/create_flow_run",
        {"parameters": parameters, "idempotency_key": uuid.uuid4().hex},
    )
    ended = server.finished(run["id"])
    assert ended["state"]["type"] == "COMPLETED", ended["state"]
    assert "130 records" in ended["state"]["message"]
    assert "2 rejected" in ended["state"]["message"]

    script = [
        sys.executable,
        "-m",
        "colophon",
        "run",
        str(inbox),
        "--out",
        str(tmp_path / "script"),
        "--engine",
        "echo",
    ]
    assert subprocess.run(script, check=False, capture_output=True, cwd=ROOT).returncode == 3
    for name in ("records.jsonl", "rejected.jsonl"):
        assert (tmp_path / "flow" / name).read_bytes() == (tmp_path / "script" / name).read_bytes()

    artifacts = {a["key"]: a for a in server.ask("/artifacts/filter", {}) if a["flow_run_id"] == run["id"]}
    rows = {row["source"].strip("\u2068\u2069"): row for row in json.loads(artifacts["sources"]["data"])}
    assert rows[str(inbox / "items.jsonl")]["records"] == 130
    assert rows[str(inbox / "items.jsonl")]["rejected"] == 1
    schema = deployment["parameter_openapi_schema"]["properties"]
    assert schema["out"]["title"] == "Output folder"
    assert schema["batch_documents"]["maximum"] == 1000
    assert all(field["description"] for field in schema.values())
    assert "\u2068שריפה בשוק" in artifacts["samples"]["data"]
    events = server.until("the event", lambda: published(server, tmp_path / "flow"))
    assert events[0]["payload"]["manifest"] == str(tmp_path / "flow" / "manifest.json")


def published(server: Server, out: Path) -> list[dict[str, Any]]:
    answer = server.ask("/events/filter", {"filter": {"event": {"name": ["colophon.records.published"]}}})
    return [e for e in answer["events"] if e["resource"]["prefect.resource.id"].endswith(str(out))]


def test_too_many_rejects_fail_the_run(server: Server, tmp_path: Path) -> None:
    (deployment,) = [d for d in server.ask("/deployments/filter", {}) if d["name"] == "by-hand"]
    parameters = {"inputs": [str(tmp_path / "nowhere")], "out": str(tmp_path / "flow"), "engine": "none"}
    run = server.ask(
        f"/deployments/{deployment['id']}/create_flow_run",
        {"parameters": parameters, "idempotency_key": uuid.uuid4().hex},
    )
    ended = server.finished(run["id"])
    assert ended["state"]["type"] == "FAILED"
    assert "too many rejected" in ended["state"]["message"]


def test_the_inbox_is_scheduled_and_a_schedule_fires(server: Server, tmp_path: Path) -> None:
    (deployment,) = [d for d in server.ask("/deployments/filter", {}) if d["name"] == "inbox"]
    assert [s["schedule"]["cron"] for s in deployment["schedules"]] == ["0 * * * *"]
    assert deployment["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    # The same schedule mechanism, every few seconds and on this test's own folder.
    inbox = documents(tmp_path / "in")
    schedule = {"schedule": {"interval": 15}, "active": True, "parameters": {"inputs": [str(inbox)], "engine": "none"}}
    parameters = {"out": str(tmp_path / "scheduled"), "largest_rejected_share": 1.0}
    schedule["parameters"] |= parameters  # type: ignore[operator]
    server.ask(f"/deployments/{deployment['id']}/schedules", [schedule])  # type: ignore[arg-type]

    def fired() -> bool:
        return (tmp_path / "scheduled" / "manifest.json").is_file()

    server.until("a scheduled run", fired)

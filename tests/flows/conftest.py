"""One Prefect server and worker for all tests of the flows, as a user has them; nothing mocked."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import pytest

ROOT = Path(__file__).parents[2]
PREFECT = str(Path(sys.executable).with_name("prefect"))
PATIENCE = 600  # seconds; start-up takes ten on an idle machine, and CI's machine is not idle
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
T = TypeVar("T")
Json = dict[str, Any]


class Server:
    """A Prefect server and worker in a temporary home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "COLOPHON_"))},
            "PREFECT_HOME": str(home),
            "PREFECT_API_URL": f"{self.url}/api",
            "PREFECT_SERVER_UI_API_URL": f"{self.url}/api",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "COLOPHON_HOME": str(ROOT),
            "COLOPHON_OPERATOR": "desk@example.org",
            "COLOPHON_ALLOWED_NETWORKS": "127.0.0.1/32",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "OMP_NUM_THREADS": "1",
        }
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str) -> None:
        with (self.home / f"{command[0]}.log").open("wb") as log:
            process = subprocess.Popen(
                [PREFECT, *command],
                env=self.env,
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [PREFECT, *command], env=self.env, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, path: str, body: object = None, method: str | None = None) -> Any:
        request = urllib.request.Request(
            f"{self.url}/api{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        # SQLite under a busy server answers 503, "try again": clients of Prefect's own do, and so do we.
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return json.loads(answer.read() or b"null")
            except urllib.error.HTTPError as error:
                if error.code != 503 or time.monotonic() > end:
                    raise AssertionError(f"{request.full_url}: {error.code} {error.read()[:500]!r}") from error
                time.sleep(1)
            except TimeoutError:
                if time.monotonic() > end:
                    raise

    def until(self, what: str, look: Callable[[], T]) -> T:
        """Return what ``look`` finds, once it finds something."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                found = look()
            except OSError:
                found = None
            if found:
                return found
            time.sleep(0.25)
        logs = "\n".join(p.read_text(errors="replace")[-3000:] for p in self.home.glob("*.log"))
        raise AssertionError(f"{what} did not happen within {PATIENCE} s\n{logs}")

    def deployment(self, name: str) -> Json:
        (found,) = [d for d in self.ask("/deployments/filter", {}) if d["name"] == name]
        return dict(found)

    def begin(self, name: str, **parameters: object) -> str:
        """Start a run as the UI does, and return its id."""
        body = {"parameters": parameters, "idempotency_key": uuid.uuid4().hex}
        return str(self.ask(f"/deployments/{self.deployment(name)['id']}/create_flow_run", body)["id"])

    def ended(self, run_id: str) -> Json:
        """Return the state of a run, once it has ended."""

        def look() -> Json | None:
            state = self.ask(f"/flow_runs/{run_id}")["state"]
            return state if state and state["type"] in ENDED else None

        found = self.until(f"the end of run {run_id}", look)
        assert found is not None
        return found

    def artifacts(self, run_id: str) -> dict[str, Any]:
        """Return the data of a run's artifacts by key."""
        body = {"artifacts": {"flow_run_id": {"any_": [run_id]}}}
        return {a["key"]: a["data"] for a in self.ask("/artifacts/filter", body) if a["flow_run_id"] == run_id}

    def events(self, name: str, out: Path) -> list[Json]:
        """Return the events of a name about an output."""
        answer = self.ask("/events/filter", {"filter": {"event": {"name": [name]}}})
        return [e for e in answer["events"] if e["resource"]["prefect.resource.id"].endswith(str(out))]

    def stop(self) -> None:
        for process in reversed(self.processes):
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Apply the deployments as ``make serve`` does; what starts by itself waits until its test asks for it."""
    server = Server(tmp_path_factory.mktemp("prefect"))
    try:
        server.start("server", "start", "--host", "127.0.0.1", "--port", str(server.port))
        server.until("the start of the server", lambda: server.ask("/health") is True)
        server.run("work-pool", "create", "colophon", "--type", "process")
        server.run("--no-prompt", "deploy", "--all")
        for deployment in server.ask("/deployments/filter", {}):
            server.ask(f"/deployments/{deployment['id']}", {"paused": True}, "PATCH")
        for automation in server.ask("/automations/filter", {}):
            server.ask(f"/automations/{automation['id']}", {"enabled": False}, "PATCH")
        server.start("worker", "start", "--pool", "colophon")
        yield server
    finally:
        server.stop()


class Site(ThreadingHTTPServer):
    """A news site: pages by path; a path that is not there is not found."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def article(self, path: str, text: str, caption: str) -> None:
        figure = f"<figure><figcaption>{caption}</figcaption></figure>"
        footer = "<footer>This text is licensed under CC BY 4.0.</footer>"
        page = f"<html><body><article><p>{text}</p>{figure}{footer}</article></body></html>"
        self.pages[path] = ("text/html; charset=utf-8", page.encode())

    def feed(self, path: str, *items: str) -> None:
        inner = "".join(f"<item><guid>{i}</guid><link>{i}</link></item>" for i in items)
        text = f'<rss version="2.0"><channel><title>F</title>{inner}</channel></rss>'
        self.pages[path] = ("application/rss+xml", text.encode())


class Answer(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        kind, body = self.server.pages.get(self.path, ("text/plain", b""))
        self.send_response(200 if body else 404)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield served
    served.shutdown()
    served.server_close()

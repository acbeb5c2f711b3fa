"""Server, work pool, deployments and worker on this machine, until interrupted; what ``make serve`` runs.

    python flows/serve.py [--port 4200]

Everything stays on 127.0.0.1; Prefect's own data lie in PREFECT_HOME (its default is ~/.prefect).
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

HERE = Path(__file__).resolve().parent.parent
PREFECT = str(Path(sys.executable).with_name("prefect"))
POOL = "colophon"
AUTOMATIONS = "automations.yaml"
BUSY = 503  # SQLite has one writer: the server says "try again"
STOPPING = 30  # seconds that a server or worker gets to leave


def environment(port: int) -> dict[str, str]:
    """Return the environment of server and worker: no analytics, a UI that asks the right port."""
    api = f"http://127.0.0.1:{port}/api"
    return {
        **os.environ,
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_UI_API_URL": api,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        # In memory, its default, a restart forgets who holds a slot: runs going on are ended, dead ones block forever.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        # What tasks tell is written together, every five seconds; one by one, its default, costs thrice as much.
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
        "DO_NOT_TRACK": "1",
        "PREFECT_CLI_PROMPT": "false",
        "COLOPHON_HOME": str(HERE),
    }


def wait_until_healthy(port: int, server: subprocess.Popen[bytes], seconds: float = 180) -> None:
    """Return when the server answers; SystemExit when it died or takes longer than ``seconds``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.poll() is not None:
            raise SystemExit(f"the Prefect server ended with code {server.returncode}; is port {port} taken? --port N")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise SystemExit(f"the Prefect server did not answer on port {port} within {seconds:.0f} seconds")


def set_up(env: dict[str, str]) -> None:
    """Make the pool, and apply every deployment and automation; safe to repeat."""
    make_pool = [PREFECT, "work-pool", "create", POOL, "--type", "process", "--overwrite"]
    subprocess.run(make_pool, check=True, env=env, cwd=HERE)
    subprocess.run([PREFECT, "--no-prompt", "deploy", "--all"], check=True, env=env, cwd=HERE)
    set_up_automations(env["PREFECT_API_URL"])


def set_up_automations(api: str) -> None:
    """Apply automations.yaml; one that a person switched off stays off."""
    known = {automation["name"]: automation for automation in ask(f"{api}/automations/filter", {})}
    for automation in yaml.safe_load((HERE / AUTOMATIONS).read_text(encoding="utf-8"))["automations"]:
        if (old := known.get(automation["name"])) is None:
            ask(f"{api}/automations/", automation)
        else:
            ask(f"{api}/automations/{old['id']}", {**automation, "enabled": old["enabled"]}, "PUT")


def ask(url: str, body: object, method: str = "POST") -> Any:
    """Ask the server and return its answer; HTTPError when it refuses."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)
    for wait in (1, 2, 4, 8, None):
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            if error.code != BUSY or wait is None:
                raise
        time.sleep(wait)
    raise AssertionError("the last attempt returns or raises")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process: asked first, killed where it has not left in half a minute, so that none stays behind."""
    process.terminate()
    try:
        process.wait(timeout=STOPPING)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def main() -> int:
    """Run until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=4200)
    port = parser.parse_args().port
    # A service manager asks with SIGTERM what a person asks with Ctrl-C. What was started in the background ignores
    # Ctrl-C, and so would the worker, which turns SIGTERM into it: a handler here gives both back their ways to stop.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    env = environment(port)
    for folder in ("inbox", "out"):
        (HERE / folder).mkdir(exist_ok=True)
    start_server = [PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(start_server, env=env, cwd=HERE)
    worker = None
    try:
        wait_until_healthy(port, server)
        set_up(env)
        worker = subprocess.Popen([PREFECT, "worker", "start", "--pool", POOL], env=env, cwd=HERE)
        print(f"\nColophon is on http://127.0.0.1:{port}/deployments — put files into {HERE / 'inbox'}\n", flush=True)
        return worker.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        for process in (worker, server):
            if process is not None:
                stop(process)


if __name__ == "__main__":
    sys.exit(main())

"""Server, work pool, deployments and worker on this machine, until interrupted; what ``make serve`` runs.

    python flows/serve.py [--port 4200]

Everything stays on 127.0.0.1; Prefect's own data lie in PREFECT_HOME (its default is ~/.prefect).
"""

import argparse
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from colophon.cli.options import catalogue_path

HERE = Path(__file__).resolve().parent.parent
PREFECT = str(Path(sys.executable).with_name("prefect"))
POOL = "colophon"


def environment(port: int) -> dict[str, str]:
    """Return the environment of server and worker: no analytics, a UI that asks the right port, the user's models."""
    api = f"http://127.0.0.1:{port}/api"
    catalogue = catalogue_path()
    models = {"COLOPHON_MODELS": str(catalogue)} if catalogue is not None and catalogue.is_file() else {}
    return {
        **os.environ,
        **models,
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_UI_API_URL": api,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
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
    """Make the pool and apply every deployment of prefect.yaml; safe to repeat."""
    make_pool = [PREFECT, "work-pool", "create", POOL, "--type", "process", "--overwrite"]
    subprocess.run(make_pool, check=True, env=env, cwd=HERE)
    subprocess.run([PREFECT, "--no-prompt", "deploy", "--all"], check=True, env=env, cwd=HERE)


def main() -> int:
    """Run until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=4200)
    port = parser.parse_args().port
    # A service manager asks with SIGTERM what a person asks with Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
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
                process.terminate()
                process.wait(timeout=30)


if __name__ == "__main__":
    sys.exit(main())

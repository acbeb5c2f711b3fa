"""The flows as a user has them: deployments, runs by hand and on a schedule, artifacts, events, a consumer."""

import json
import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("prefect", reason="the [prefect] extra is not installed")

from tests.flows.conftest import ENDED, ROOT, Json, Server, Site

pytestmark = pytest.mark.slow
RLI, PDI = "\N{RIGHT-TO-LEFT ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


def documents(folder: Path, count: int = 130) -> Path:
    """Write documents of which two are none, and one says two things that a person must weigh."""
    folder.mkdir()
    lines = [
        {"id": f"d{i}", "text": f"Item {i}.\nשריפה בשוק {i}\nThis text is licensed under CC BY 4.0."}
        for i in range(count)
    ]
    lines[0]["text"] += "\nAll rights reserved. Reproduction is prohibited."
    rows = [json.dumps(line, ensure_ascii=False) for line in lines]
    rows.insert(count // 2, "{broken")
    (folder / "items.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    return folder


def ids(*folders: Path) -> list[str]:
    """Return what the records of some outputs are about."""
    lines = [line for folder in folders for line in (folder / "records.jsonl").read_text().splitlines()]
    return [json.loads(line)["input_id"] for line in lines]


def editions(out: Path) -> list[Path]:
    return sorted(path.parent for path in out.glob("*/manifest.json"))


def test_a_run_by_hand_writes_the_bytes_of_the_script(server: Server, tmp_path: Path) -> None:
    inbox, out = documents(tmp_path / "in"), tmp_path / "flow"
    run = server.begin("by-hand", inputs=[str(inbox)], out=str(out), engine="echo", batch_documents=32)
    wrong = server.begin("by-hand", inputs=[str(tmp_path / "nowhere")], out=str(tmp_path / "no"), engine="none")
    script = [sys.executable, "-m", "colophon", "run", str(inbox), "--out", str(tmp_path / "script")]
    done = subprocess.run([*script, "--engine", "echo"], check=False, capture_output=True, cwd=ROOT)
    assert done.returncode == 3

    ended = server.ended(run)
    assert ended["type"] == "COMPLETED", ended
    assert "130 records" in ended["message"]
    assert "2 rejected" in ended["message"]
    for name in ("records.jsonl", "rejected.jsonl"):
        assert (out / name).read_bytes() == (tmp_path / "script" / name).read_bytes()

    artifacts = server.artifacts(run)
    rows = {row["source"].strip(f"\N{FIRST STRONG ISOLATE}{PDI}"): row for row in json.loads(artifacts["sources"])}
    assert rows[str(inbox / "items.jsonl")]["records"] == 130
    assert rows[str(inbox / "items.jsonl")]["rejected"] == 1
    assert f"{RLI}שריפה בשוק" in artifacts["samples"]
    assert out.as_uri() in artifacts["output"]
    assert artifacts["progress"] == 100
    published = server.until("the event", lambda: server.events("colophon.records.published", out))
    assert published[0]["payload"]["manifest"] == str(out / "manifest.json")

    ended = server.ended(wrong)
    assert ended["type"] == "FAILED"
    assert "too many rejected" in ended["message"]


def test_a_schedule_fires_and_takes_only_what_is_new(server: Server, tmp_path: Path) -> None:
    inbox, out = documents(tmp_path / "in", 3), tmp_path / "out"
    deployment = server.deployment("inbox")
    (schedule,) = deployment["schedules"]
    assert schedule["schedule"]["cron"] == "*/5 * * * *"
    assert deployment["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    # The same schedule mechanism, soon and on this test's own folder.
    parameters: Json = {"inputs": [str(inbox)], "out": str(out), "only_new": True, "engine": "echo"}
    parameters["largest_rejected_share"] = 1
    soon = (datetime.now(UTC) + timedelta(seconds=5)).isoformat()
    often = {"schedule": {"interval": 30, "anchor_date": soon}, "active": True, "parameters": parameters}
    path = f"/deployments/{deployment['id']}"
    server.ask(f"{path}/schedules/{schedule['id']}", {"active": False}, "PATCH")
    server.ask(f"{path}/schedules", [often])
    server.ask(path, {"paused": False}, "PATCH")
    try:
        server.until("a scheduled run", lambda: editions(out))
    finally:
        server.ask(path, {"paused": True}, "PATCH")
    server.until("the end of the scheduled runs", lambda: not going(server, deployment["id"]))
    (inbox / "more.txt").write_text("One more.\n\nשריפה בשוק\n", encoding="utf-8")
    assert server.ended(server.begin("inbox", **parameters))["type"] == "COMPLETED"
    first, second = editions(out)
    assert sorted(ids(first)) == ["d0", "d1", "d2"]
    assert ids(second) == [str(inbox / "more.txt")]
    assert len((first / "rejected.jsonl").read_text().splitlines()) == 2
    assert (second / "rejected.jsonl").read_text() == ""


def going(server: Server, deployment: str) -> list[Json]:
    """Return the runs of a deployment that have not ended."""
    return [run for run in runs_of(server, deployment) if run["state_type"] not in ENDED]


def test_feeds_become_records_once_and_are_verified_and_made_again(server: Server, site: Site, tmp_path: Path) -> None:
    out = tmp_path / "feeds"
    site.article("/one", "The market burned.", "שריפה בשוק")
    site.article("/two", "The boat left.", "סירה בנמל הישן")
    site.feed("/feed", "/one", "/gone")
    watch: Json = {"out": str(out), "feeds": [f"{site.url}/feed"], "engine": "echo", "crawl_delay": 0}
    run = server.begin("feeds", **watch)
    assert server.ended(run)["type"] == "COMPLETED"
    (visited,) = json.loads(server.artifacts(run)["visits"])
    assert (visited["announced"], visited["new"], visited["refused"]) == (2, 1, 1)
    site.feed("/feed", "/two", "/one", "/gone")
    assert server.ended(server.begin("feeds", **watch))["type"] == "COMPLETED"
    first, second = editions(out)
    assert (ids(first), ids(second)) == ([f"{site.url}/one"], [f"{site.url}/two"])
    retrieval = json.loads((second / "records.jsonl").read_text())["source"]["retrieval"]
    assert retrieval["announced_by"] == f"{site.url}/feed"
    assert ["content-type", "text/html; charset=utf-8"] in retrieval["headers"]

    # Both read what was captured; the site has changed since.
    site.pages.clear()
    again = server.begin("by-choice", folder=str(out), out=str(tmp_path / "again"), language="he", engine="none")
    verified = server.ended(server.begin("nightly", folder=str(out)))
    assert verified["type"] == "COMPLETED", verified["message"]
    assert "2 records, 2 sources read again, 0 cannot be; no differences" in verified["message"]
    assert server.ended(again)["type"] == "COMPLETED"
    assert ids(tmp_path / "again") == [f"{site.url}/one", f"{site.url}/two"]


def test_the_form_in_a_browser_starts_a_run_whose_event_starts_its_consumer(server: Server, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright (python) is not installed")
    chromium = Path("/usr/bin/chromium")
    if not chromium.exists():
        pytest.skip("chromium is not installed: apt-get install chromium")
    inbox, out, database = documents(tmp_path / "in", 5), tmp_path / "out", tmp_path / "records.sqlite"
    consumer = server.deployment("on-published")
    stored = {"folder": "overridden by the event", "url": f"sqlite:///{database}"}
    server.ask(f"/deployments/{consumer['id']}", {"parameters": stored, "paused": False}, "PATCH")
    (automation,) = server.ask("/automations/filter", {})
    server.ask(f"/automations/{automation['id']}", {"enabled": True}, "PATCH")
    try:
        with playwright.sync_playwright() as control:
            run = submitted(control, chromium, server, inbox, out)
        assert server.ended(run)["type"] == "COMPLETED"
        started = server.until("the consumer's run", lambda: runs_of(server, consumer["id"]))
        assert server.ended(started[0]["id"])["type"] == "COMPLETED"
    finally:
        server.ask(f"/automations/{automation['id']}", {"enabled": False}, "PATCH")
    parameters = server.ask(f"/flow_runs/{run}")["parameters"]
    assert parameters["inputs"] == [str(inbox)]
    assert (parameters["engine"], parameters["basis"]) == ("echo", "")
    assert started[0]["parameters"]["folder"] == str(out)
    with sqlite3.connect(database) as rows:
        assert rows.execute("SELECT count(*) FROM documents").fetchone() == (5,)
    rows.close()
    review = server.until("the event", lambda: server.events("colophon.record.needs-review", out))
    assert review[0]["payload"]["count"] == 1


def runs_of(server: Server, deployment: str) -> list[Json]:
    body = {"deployments": {"id": {"any_": [deployment]}}}
    return list(server.ask("/flow_runs/filter", body))


def submitted(control: Any, chromium: Path, server: Server, inbox: Path, out: Path) -> str:
    """Fill in the form of the deployment as a person does, submit it, and return the id of its run."""
    flags = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
    flags += ["disable-component-update", "disable-sync"]
    browser = control.chromium.launch(executable_path=str(chromium), args=[f"--{flag}" for flag in flags])
    try:
        page = browser.new_page()
        page.set_default_timeout(60_000)
        deployment = server.deployment("by-hand")["id"]
        page.goto(f"{server.url}/deployments/deployment/{deployment}/run", wait_until="domcontentloaded")
        page.get_by_text("Files, folders, globs").wait_for()
        boxes = page.locator("textarea")
        for given in ("examples/*.html", "examples/*.jsonl"):
            at = [box.input_value() for box in boxes.all()].index(given)
            before = boxes.count()
            boxes.nth(at).locator("xpath=ancestor::*[count(.//button) >= 2][1]").get_by_role("button").first.click()
            server.until("the line to go", lambda: boxes.count() == before - 1)  # noqa: B023 - called at once
        values = [box.input_value() for box in boxes.all()]
        boxes.nth(values.index("examples/*.txt")).fill(str(inbox))
        boxes.nth(values.index("out/by-hand")).fill(str(out))
        # A click opens Prefect's list and its focus closes it; the options have no role.
        page.get_by_role("button", name="ctranslate2").press("ArrowDown")
        page.locator(".p-select-option", has_text=re.compile(r"^\s*echo\s*$")).click()
        page.get_by_role("button", name="Submit").click()
        mine = server.until("the run of the form", lambda: [r for r in runs_of(server, deployment) if asks(r, inbox)])
    finally:
        browser.close()
    return str(mine[0]["id"])


def asks(run: Json, inbox: Path) -> bool:
    return bool(run["parameters"].get("inputs") == [str(inbox)])

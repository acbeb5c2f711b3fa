"""The command line that scripts rely on: exit codes, shapes, ids, and messages without tracebacks."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from colophon.records import DocumentRecord
from tests.conftest import ROOT, Colophon, environment

ARTICLE = (
    "Ferry returns to the old harbour\nBy Miriam Halpern\n\n"
    "The ferry reached the old harbour at noon, officials said.\n\n"
    "המעבורת חזרה אל הנמל הישן\n\n"
    "© 2025 Harbour Post. All rights reserved.\n"
)
ECHO = ("--engine", "echo")


def json_lines(text: str) -> list[dict[str, Any]]:
    assert text.endswith("\n") or not text
    return [json.loads(line) for line in text.split("\n")[:-1]]


def said(done: Any) -> str:
    """Return standard error, which must hold no traceback."""
    assert "Traceback" not in done.stderr, done.stderr
    words: str = done.stderr
    return words


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


# A test run that was started in the background ignores SIGINT, and so would every process that it starts.
LISTENING = (
    "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "runpy.run_module('colophon', run_name='__main__', alter_sys=True)"
)


class TestRun:
    def test_all_well_is_0_and_one_record_an_input(self, colophon: Colophon, article: Path, tmp_path: Path) -> None:
        out = tmp_path / "out"
        done = colophon("run", article, "--out", out, *ECHO)
        assert (done.returncode, done.stdout) == (0, ""), said(done)
        assert sorted(p.name for p in out.iterdir()) == [
            "manifest.json",
            "records.jsonl",
            "rejected.jsonl",
            "runs.jsonl",
        ]
        (line,) = (out / "records.jsonl").read_text(encoding="utf-8").splitlines()
        record = DocumentRecord.model_validate_json(line)
        assert record.input_id == str(article)
        assert [f.language for f in record.fragments] == ["he"] * len(record.fragments) != []
        assert (out / "rejected.jsonl").read_bytes() == b""
        manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["counts"]["records"] == 1
        assert manifest["signature"] == record.made_by.signature
        assert manifest["settings"]["translation"]["engine"] == "echo"

    def test_a_rejected_input_is_3_and_its_neighbour_a_record(
        self, colophon: Colophon, article: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "empty.txt").touch()
        done = colophon("run", tmp_path / "empty.txt", article, tmp_path / "gone.txt", "--out", tmp_path / "out", *ECHO)
        assert done.returncode == 3
        assert "2 rejected" in said(done)
        rejected = json_lines((tmp_path / "out" / "rejected.jsonl").read_text(encoding="utf-8"))
        assert [(Path(r["location"]).name, r["reason"]) for r in rejected] == [
            ("empty.txt", "empty"),
            ("gone.txt", "missing"),
        ]
        assert all(r["detail"] for r in rejected)
        assert len(json_lines((tmp_path / "out" / "records.jsonl").read_text(encoding="utf-8"))) == 1

    def test_again_gives_the_same_bytes(self, colophon: Colophon, article: Path, tmp_path: Path) -> None:
        kept = []
        for _ in range(2):
            assert colophon("run", article, "--out", tmp_path / "out", *ECHO).returncode == 0
            kept.append([(tmp_path / "out" / f"{n}").read_bytes() for n in ("records.jsonl", "manifest.json")])
        assert kept[0] == kept[1]
        assert len((tmp_path / "out" / "runs.jsonl").read_text().splitlines()) == 2

    def test_policy_full_wants_a_ground(self, colophon: Colophon, article: Path, tmp_path: Path) -> None:
        done = colophon("run", article, "--out", tmp_path / "out", "--policy", "full", *ECHO)
        assert done.returncode == 2
        assert "--basis" in said(done)
        done = colophon("run", article, "--out", tmp_path / "out", "--policy", "full", "--basis", "own text", *ECHO)
        assert done.returncode == 0
        (record,) = json_lines((tmp_path / "out" / "records.jsonl").read_text(encoding="utf-8"))
        assert record["body"]["text"] == ARTICLE
        assert record["access"]["basis"] == "own text"

    def test_an_output_that_is_a_file_is_2(self, colophon: Colophon, article: Path) -> None:
        done = colophon("run", article, "--out", article, *ECHO)
        assert done.returncode == 2
        assert "choose another --out" in said(done)


WRONG_USAGE = {
    "no command at all": (),
    "unknown command": ("explode",),
    "run without inputs": ("run", "--out", "x"),
    "run without --out": ("run", "x.txt"),
    "unknown engine": ("run", "x.txt", "--out", "x", "--engine", "magic"),
    "unknown policy": ("run", "x.txt", "--out", "x", "--policy", "maybe"),
    "a glossary that is not there": ("run", "x.txt", "--out", "x", "--glossary", "nowhere.toml"),
    "detect without inputs": ("detect",),
    "translate without --from": ("translate",),
    "translate from no language": ("translate", "--from", "?", "--engine", "echo"),
    "translate a missing file": ("translate", "--from", "he", "--engine", "echo", "/nowhere/at/all.txt"),
    "show a folder that has no records": ("show", "/nowhere/at/all"),
    "verify an unknown model": ("models", "verify", "no-such-model"),
    "verify a folder without records": ("verify", "/nowhere/at/all"),
}


@pytest.mark.parametrize("name", WRONG_USAGE)
def test_wrong_usage_is_2_with_words(name: str, colophon: Colophon) -> None:
    done = colophon(*WRONG_USAGE[name])
    assert done.returncode == 2
    assert (said(done) + done.stdout).strip()


def test_a_catalogue_that_is_not_there_is_named(colophon: Colophon) -> None:
    done = colophon("models", "list", COLOPHON_MODELS="/nowhere/catalogue.toml")
    assert done.returncode == 2
    assert "/nowhere/catalogue.toml" in said(done)


class TestDetect:
    def test_lines_have_this_shape_and_the_ids_of_the_input(self, colophon: Colophon) -> None:
        lines = [{"id": "a7", "text": ARTICLE}, {"text": "Only English words here."}, {"id": 12, "text": "x"}]
        stdin = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
        done = colophon("detect", "-", stdin=stdin)
        found = json_lines(done.stdout)
        assert [line["id"] for line in found][:2] == ["a7", "-#2"]
        assert found[1]["spans"] == []
        for span in found[0]["spans"]:
            assert list(span) == ["start", "end", "lang", "script", "confidence", "role", "text"]
            assert ARTICLE[span["start"] : span["end"]] == span["text"]
            assert (span["lang"], span["script"]) == ("he", "Hebr")
        assert found[0]["spans"]

    def test_a_broken_line_is_3_and_costs_no_neighbour(self, colophon: Colophon) -> None:
        done = colophon("detect", "-", stdin='{"id":"a","text":"one"}\n{broken\n{"id":"c","text":"three"}\n')
        assert done.returncode == 3
        assert [line["id"] for line in json_lines(done.stdout)] == ["a", "c"]
        assert "-#2" in said(done)

    def test_output_is_utf_8_whatever_the_locale(self, colophon: Colophon, article: Path) -> None:
        done = colophon("detect", article, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
        assert done.returncode == 0, said(done)
        assert "הנמל" in done.stdout

    def test_explaining_is_for_people(self, colophon: Colophon, article: Path) -> None:
        done = colophon("detect", article, "--explain")
        assert done.returncode == 0, said(done)
        assert str(article) in done.stdout
        assert "he" in done.stdout


class TestProvenance:
    def test_lines_have_this_shape(self, colophon: Colophon) -> None:
        done = colophon("provenance", "-", stdin=json.dumps({"id": "a7", "text": ARTICLE}))
        assert done.returncode == 0, said(done)
        (found,) = json_lines(done.stdout)
        assert list(found) == [
            "id",
            "source_url",
            "publisher",
            "bylines",
            "translators",
            "photo_credits",
            "published",
            "reproduction",
            "disclaimers",
        ]
        assert found["id"] == "a7"
        (byline,) = found["bylines"]
        assert byline["value"] == "Miriam Halpern" == ARTICLE[byline["start"] : byline["end"]]
        assert byline["rule"]
        assert found["reproduction"]["status"] == "reserved"
        (notice,) = found["reproduction"]["notices"]
        assert ARTICLE[notice["start"] : notice["end"]] == notice["value"]

    def test_explaining_is_for_people(self, colophon: Colophon, article: Path) -> None:
        done = colophon("provenance", article, "--explain")
        assert done.returncode == 0, said(done)
        assert "byline" in done.stdout


class TestTranslate:
    def test_one_line_out_for_each_line_in(self, colophon: Colophon) -> None:
        lines = ["הדייגים חזרו אל החוף", "", "  ", "דגים, סירות , רציף", "שורה\u2028ועוד\x0bאחת", "סוף הדרך הארוכה"]
        done = colophon("translate", "--from", "iw", *ECHO, stdin="\n".join(lines) + "\n")
        out = done.stdout.split("\n")
        assert out[-1] == ""
        assert len(out) - 1 == len(lines)
        assert out[0] == "[echo: 4 words]"
        assert out[1:3] == ["", ""]
        assert out[5] == "[echo: 3 words]"

    def test_a_file_without_a_last_line_break_and_with_windows_ones(self, colophon: Colophon, tmp_path: Path) -> None:
        path = tmp_path / "lines.txt"
        path.write_bytes("הדייגים חזרו\r\nאל החוף".encode())
        done = colophon("translate", "--from", "he", path, *ECHO)
        assert (done.returncode, done.stdout) == (0, "[echo: 2 words]\n[echo: 2 words]\n"), said(done)

    def test_a_line_that_is_not_utf_8_costs_no_neighbour(self, colophon: Colophon) -> None:
        done = colophon(
            "translate", "--from", "he", *ECHO, stdin="הדייגים חזרו\n".encode() + b"\xd7\n" + "אל החוף\n".encode()
        )
        assert done.returncode == 3
        assert done.stdout == "[echo: 2 words]\n\ufffd\n[echo: 2 words]\n"
        assert "line 2" in said(done)

    def test_without_an_engine_lines_come_out_as_they_are(self, colophon: Colophon) -> None:
        done = colophon("translate", "--from", "he", "--engine", "none", stdin="שלום\n")
        assert (done.returncode, done.stdout) == (3, "שלום\n")
        assert "line 1" in said(done)


class TestShow:
    @pytest.fixture
    def folder(self, colophon: Colophon, article: Path, tmp_path: Path) -> Path:
        (tmp_path / "empty.txt").touch()
        colophon("run", article, tmp_path / "empty.txt", "--out", tmp_path / "out", "--policy", "ignore", *ECHO)
        return tmp_path / "out"

    def test_a_person_reads_what_was_found(self, colophon: Colophon, folder: Path, article: Path) -> None:
        done = colophon("show", folder)
        assert done.returncode == 0, said(done)
        for words in (str(article), "Miriam Halpern", "reserved", "[echo:", "rejected", "empty"):
            assert words in done.stdout
        assert done.stdout.count("\u2068") == done.stdout.count("\u2069") > 0

    def test_one_record_by_id(self, colophon: Colophon, folder: Path, article: Path) -> None:
        assert colophon("show", folder, article).stdout.count("urn:colophon:") == 1
        done = colophon("show", folder, "nobody")
        assert done.returncode == 2
        assert "nobody" in said(done)

    @pytest.mark.parametrize("line", ["{}", "not json", '{"schema_name":"other"}', "\udcff"])
    def test_a_line_that_is_no_record_is_named(self, line: str, colophon: Colophon, tmp_path: Path) -> None:
        (tmp_path / "records.jsonl").write_bytes(line.encode("utf-8", "surrogateescape") + b"\n")
        done = colophon("show", tmp_path)
        assert done.returncode == 2
        assert "line 1" in said(done)


class TestVerify:
    @pytest.fixture
    def folder(self, colophon: Colophon, article: Path, tmp_path: Path) -> Path:
        assert colophon("run", article, "--out", tmp_path / "out", *ECHO).returncode == 0
        return tmp_path / "out"

    def test_an_honest_output_is_0_and_nothing_on_standard_output(self, colophon: Colophon, folder: Path) -> None:
        done = colophon("verify", folder)
        assert (done.returncode, done.stdout) == (0, ""), said(done)
        assert said(done) == "1 output: 1 records, 1 sources read again, 0 cannot be; no differences\n"

    def test_a_difference_is_3_and_a_line_of_four_columns(
        self, colophon: Colophon, folder: Path, article: Path
    ) -> None:
        record = json.loads((folder / "records.jsonl").read_text(encoding="utf-8"))
        article.write_text(ARTICLE + "More.\n", encoding="utf-8")
        done = colophon("verify", folder)
        (line,) = done.stdout.splitlines()
        assert done.returncode == 3, said(done)
        assert line.split("\t")[:3] == [str(folder), "source-bytes", record["id"]]
        assert str(article) in line.split("\t")[3]
        assert said(done).endswith("; 1 source-bytes\n")

    def test_a_source_that_is_gone_is_counted_and_is_no_difference(
        self, colophon: Colophon, folder: Path, article: Path
    ) -> None:
        article.unlink()
        done = colophon("verify", folder)
        assert (done.returncode, done.stdout) == (0, "")
        assert "0 sources read again, 1 cannot be" in said(done)

    def test_every_dated_output_of_a_folder_is_verified(self, colophon: Colophon, folder: Path, tmp_path: Path) -> None:
        for name in ("20261125T033000Z", "20261126T033000Z"):
            shutil.copytree(folder, tmp_path / "inbox" / name)
        broken = tmp_path / "inbox" / "20261126T033000Z"
        (broken / "rejected.jsonl").write_text("{}\n")
        done = colophon("verify", tmp_path / "inbox")
        assert done.returncode == 3
        assert [line.split("\t")[:3] for line in done.stdout.splitlines()] == [
            [str(broken), "file-hash", "rejected.jsonl"],
            [str(broken), "count", "manifest.json"],
        ]
        assert said(done).startswith("2 outputs: 2 records, ")

    def test_what_a_record_says_cannot_write_to_the_terminal(self, colophon: Colophon, folder: Path) -> None:
        path = folder / "records.jsonl"
        record = json.loads(path.read_text(encoding="utf-8"))
        record["made_by"]["rules"] = "\x1b[31m\t\u202e\n"
        path.write_text(json.dumps(record) + "\n", encoding="utf-8")
        done = colophon("verify", folder)
        assert done.returncode == 3
        assert all(len(line.split("\t")) == 4 for line in done.stdout.splitlines())
        assert not {"\x1b", "\u202e"} & set(done.stdout)
        assert "<U+001B>" in done.stdout


class TestSetUp:
    def test_doctor_names_versions_and_the_cure(self, colophon: Colophon) -> None:
        done = colophon("doctor")
        assert done.returncode in (0, 3), said(done)
        assert done.stdout.startswith("colophon ")
        assert "Python 3." in done.stdout
        for line in done.stdout.splitlines():
            assert not line.startswith("WRONG") or "pip install" in line or "model" in line

    def test_models_list_and_verify(self, colophon: Colophon) -> None:
        listed = colophon("models", "list")
        assert listed.returncode == 0, said(listed)
        verified = colophon("models", "verify")
        if not listed.stdout:
            assert verified.returncode == 2
        else:
            assert verified.returncode == 0, said(verified) + verified.stdout
            assert all(line.endswith("\tok") for line in verified.stdout.splitlines())

    def test_help_is_there_for_every_command(self, colophon: Colophon) -> None:
        for command in ("run", "show", "detect", "provenance", "translate", "verify", "schema", "doctor", "models"):
            done = colophon(command, "--help")
            assert done.returncode == 0
            assert command in done.stdout


class TestEnding:
    def started(self, *arguments: str | Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", LISTENING, *map(str, arguments)],
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def test_a_reader_that_has_enough_is_no_failure(self, tmp_path: Path) -> None:
        path = tmp_path / "many.jsonl"
        line = json.dumps({"text": "The ferry reached the old harbour at noon. " * 20 + "המעבורת הגיעה לנמל"}) + "\n"
        path.write_text(line * 2_000, encoding="utf-8")
        process = self.started("detect", path)
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read().decode() == ""
        process.stderr.close()
        assert process.wait(timeout=60) == 0

    def test_a_reader_that_never_was_is_no_failure(self, article: Path) -> None:
        process = self.started("detect", article)
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read().decode() == ""
        process.stderr.close()
        assert process.wait(timeout=60) == 0

    def test_interrupted_is_130_and_says_how_to_go_on(self, tmp_path: Path) -> None:
        path = tmp_path / "many.jsonl"
        path.write_text(json.dumps({"text": "The ferry reached the old harbour."}) + "\n", encoding="utf-8")
        path.write_text(path.read_text() * 20_000)
        out = tmp_path / "out"
        process = self.started("run", path, "--out", out, *ECHO)
        deadline = time.monotonic() + 60
        while not list(out.glob(".batches/*.jsonl")) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 130
        assert errors.decode().startswith("colophon: interrupted; run goes on")
        assert not (out / "records.jsonl").exists()

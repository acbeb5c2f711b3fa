"""``colophon export`` and ``colophon review``, as scripts call them."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from colophon.cli import main
from colophon.reviewing import read_decisions
from tests.conftest import Colophon
from tests.reviewing.test_decisions import folder_of

WHO = ("--by", "Dana Roth", "--reason", "asked the publisher")


@pytest.fixture
def colophon(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Colophon:
    """Run the command line in this process: a fresh one for each of these would take a second."""

    def run(*arguments: str | Path, **_: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr("sys.argv", ["colophon", *map(str, arguments)])
        code: object = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        said = capfd.readouterr()
        return subprocess.CompletedProcess(arguments, code if isinstance(code, int) else 0, said.out, said.err)

    return run


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of(tmp_path_factory.mktemp("made"))


@pytest.fixture
def out(made_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_once, tmp_path / "out"))


def input_of(made_once: Path, name: str) -> str:
    return str(made_once.parent / name)


@pytest.mark.parametrize("form", ["schemaorg", "ninjs", "prov", "odrl"])
def test_one_json_document_a_record(colophon: Colophon, out: Path, form: str) -> None:
    done = colophon("export", out, "--as", form)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert all(isinstance(json.loads(line), dict) for line in lines)
    assert "Rain is expected" not in done.stdout
    file = out.parent / "records.out"
    written = colophon("export", out, "--as", form, "--out", file)
    assert (written.returncode, written.stdout) == (0, "")
    assert file.read_text(encoding="utf-8") == done.stdout
    assert not list(out.parent.glob("*.partial-*"))


def test_a_decision_shows_in_every_export(colophon: Colophon, out: Path, made_once: Path) -> None:
    ferry = input_of(made_once, "ferry.txt")
    assert "The ferry reached" in colophon("export", out, "--as", "ninjs").stdout
    done = colophon("review", out, ferry, "--status", "prohibited", *WHO)
    assert done.returncode == 0, done.stderr
    for form in ("schemaorg", "ninjs", "prov", "odrl"):
        said = colophon("export", out, "--as", form).stdout
        assert "The ferry reached" not in said
        assert "Dana Roth" in said
        assert "asked the publisher" in said


def test_show_says_who_decided_and_who_reviewed(colophon: Colophon, out: Path, made_once: Path) -> None:
    ferry = input_of(made_once, "ferry.txt")
    shown = colophon("show", out, ferry).stdout
    assert "decided" not in shown
    decision = ("--status", "prohibited", "--translations", "reviewed", *WHO)
    assert colophon("review", out, ferry, *decision).returncode == 0
    shown = colophon("show", out, ferry).stdout
    assert "reproduce permitted-with-conditions" in shown
    assert "decided   prohibited by \u2068Dana Roth\u2069 at 20" in shown
    assert "\u2068asked the publisher\u2069" in shown
    assert "\u2068reviewed by Dana Roth at 20" in shown
    assert "not reviewed" not in shown


def test_a_review_of_translations_names_the_repetitions(colophon: Colophon, out: Path, made_once: Path) -> None:
    ferry = input_of(made_once, "ferry.txt")
    done = colophon("review", out, ferry, "--translations", "reviewed", "--fragment", "0", *WHO)
    assert done.returncode == 0, done.stderr
    (review,) = read_decisions(out)
    assert (review.kind, review.by) == ("translations", "Dana Roth")
    assert "reviewed by Dana Roth at 20" in colophon("export", out, "--as", "schemaorg").stdout


def test_without_a_decision_it_lists_what_waits(colophon: Colophon, out: Path, made_once: Path) -> None:
    rain = input_of(made_once, "rain.txt")
    assert colophon("review", out, rain, "--status", "permitted", *WHO).returncode == 0
    done = colophon("review", out)
    assert done.returncode == 0
    assert rain not in done.stdout


def test_a_decision_whose_record_is_gone_is_named(colophon: Colophon, out: Path, made_once: Path) -> None:
    ferry = input_of(made_once, "ferry.txt")
    assert colophon("review", out, ferry, "--status", "reserved", *WHO).returncode == 0
    lines = (out / "records.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (out / "records.jsonl").write_text(lines[1], encoding="utf-8")
    done = colophon("export", out, "--as", "odrl")
    assert done.returncode == 0
    assert "not applied: reproduction decision by Dana Roth" in done.stderr


WRONG = {
    "export without a form": (("export", "{out}"), "--as"),
    "export of no folder": (("export", "/nowhere/at/all", "--as", "odrl"), "colophon run"),
    "export over the records": (("export", "{out}", "--as", "odrl", "--out", "{out}/records.jsonl"), "choose another"),
    "export into no folder": (("export", "{out}", "--as", "odrl", "--out", "/nowhere/at/all/x"), "choose another"),
    "a decision without a name": (("review", "{out}", "{ferry}", "--status", "reserved", "--reason", "x"), "--by"),
    "a decision without a reason": (("review", "{out}", "{ferry}", "--status", "reserved", "--by", "x"), "--reason"),
    "a decision about nothing": (("review", "{out}", "--status", "reserved", *WHO), "needs a record"),
    "a record and no decision": (("review", "{out}", "{ferry}", *WHO), "--status"),
    "an unknown record": (("review", "{out}", "nobody", "--status", "reserved", *WHO), "no record 'nobody'"),
    "an unknown status": (("review", "{out}", "{ferry}", "--status", "maybe", *WHO), "maybe"),
    "a fragment of a right": (
        ("review", "{out}", "{ferry}", "--status", "reserved", "--fragment", "0", *WHO),
        "goes with --translations",
    ),
    "a fragment that is not there": (
        ("review", "{out}", "{ferry}", "--translations", "reviewed", "--fragment", "9", *WHO),
        "fragment 9 has no translation",
    ),
    "a record without translations": (
        ("review", "{out}", "{rain}", "--translations", "reviewed", *WHO),
        "no translation to review",
    ),
    "a name in two lines": (
        ("review", "{out}", "{ferry}", "--status", "reserved", "--by", "a\nb", "--reason", "x"),
        "--by: one line",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_usage_is_2_and_decides_nothing(colophon: Colophon, out: Path, made_once: Path, case: str) -> None:
    arguments, said = WRONG[case]
    names = {"out": out, "ferry": input_of(made_once, "ferry.txt"), "rain": input_of(made_once, "rain.txt")}
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    done = colophon(*(argument.format(**names) for argument in arguments))
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before

"""decisions.jsonl: appended, never rewritten, on the disk when it says so, and never half-believed."""

import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from colophon.documents import SourceDocument
from colophon.errors import DataError, OutputError, UsageError
from colophon.records import DocumentRecord
from colophon.reviewing import RightsDecision, TranslationReview, append_decisions, decided_records, read_decisions
from colophon.reviewing.applying import Decision
from colophon.reviewing.decisions import DECISIONS, limits_of
from colophon.settings import RightsSettings, Settings, TranslationSettings
from colophon.worker import run
from colophon.writing import read_records
from tests.conftest import ROOT, environment

SIGNED: dict[str, Any] = {"by": "Dana Roth", "reason": "asked", "at": "2026-11-26T15:00:00Z"}
ARTICLES = {
    "ferry.txt": "The ferry reached the old harbour at noon.\n\nהמעבורת חזרה אל הנמל הישן\n\nCC BY 4.0\n",
    "rain.txt": "Rain is expected in the north; the south stays dry until Friday.\n\n© 2025 Harbour Post.\n",
}


def folder_of(home: Path, **rights: Any) -> Path:
    for name, text in ARTICLES.items():
        (home / name).write_text(text, encoding="utf-8")
    settings = Settings(translation=TranslationSettings(engine="echo"), rights=RightsSettings(**rights))
    out = home / "out"
    assert run([str(home / name) for name in ARTICLES], out, settings).records == 2
    return out


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of(tmp_path_factory.mktemp("made"))


@pytest.fixture
def out(made_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_once, tmp_path / "out"))


def rights(record: DocumentRecord, status: Any = "prohibited", **changes: Any) -> RightsDecision:
    return RightsDecision(record=record.id, status=status, **{**SIGNED, **changes})


def test_a_decision_is_appended_and_the_machines_files_stay_as_they_are(out: Path) -> None:
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    ferry, rain = read_records(out)
    first, second = rights(ferry), rights(rain, "permitted")
    append_decisions(out, [first])
    lines = (out / DECISIONS).read_bytes()
    append_decisions(out, [second])
    assert (out / DECISIONS).read_bytes().startswith(lines)
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.name != DECISIONS} == before
    assert list(read_decisions(out)) == [first, second]
    ferry, rain = decided_records(out)
    assert [o.status for o in ferry.reproduction.overrides + rain.reproduction.overrides] == ["prohibited", "permitted"]
    assert (ferry.reproduction.status, ferry.body.text) == ("permitted-with-conditions", None)


def test_a_folder_without_decisions_reads_as_it_is(out: Path) -> None:
    assert list(decided_records(out)) == list(read_records(out))
    assert list(read_decisions(out)) == []


def test_a_review_is_kept_with_the_fragments_it_is_about(out: Path) -> None:
    ferry = next(read_records(out))
    append_decisions(out, [TranslationReview(record=ferry.id, fragments=(0,), state="reviewed", **SIGNED)])
    (line,) = (out / DECISIONS).read_text(encoding="utf-8").splitlines()
    assert json.loads(line) == {
        "kind": "translations",
        "record": ferry.id,
        "fragments": [0],
        "state": "reviewed",
        **SIGNED,
    }
    made = next(decided_records(out)).fragments[0].translation
    assert made is not None
    assert made.review == "reviewed by Dana Roth at 2026-11-26T15:00:00Z"


class TestRefused:
    def test_a_record_that_is_not_there(self, out: Path) -> None:
        ferry = next(read_records(out))
        wrong = rights(ferry).model_copy(update={"record": "urn:colophon:0"})
        with pytest.raises(UsageError, match="has no record 'urn:colophon:0'"):
            append_decisions(out, [rights(ferry), wrong])
        assert not (out / DECISIONS).exists()

    @pytest.mark.parametrize("fragment", [1, 7])
    def test_a_fragment_that_has_no_translation(self, out: Path, fragment: int) -> None:
        ferry = next(read_records(out))
        review = TranslationReview(record=ferry.id, fragments=(fragment,), state="reviewed", **SIGNED)
        with pytest.raises(UsageError, match=f"names fragment {fragment}"):
            append_decisions(out, [review])
        assert not (out / DECISIONS).exists()

    def test_a_folder_that_is_none(self, tmp_path: Path) -> None:
        record = SourceDocument.of_text("x")
        with pytest.raises(UsageError, match="colophon run"):
            append_decisions(tmp_path, [RightsDecision(record=record.id, status="reserved", **SIGNED)])

    def test_a_file_that_cannot_be_written(self, out: Path) -> None:
        (out / DECISIONS).mkdir()
        with pytest.raises(OutputError, match="nothing was decided"):
            append_decisions(out, [rights(next(read_records(out)))])


SPOILT = {
    "half a line": (b'{"kind":"reproduction","rec', "only half of a decision was written"),
    "no decision": (b'{"kind":"mood"}\n', "line 2: not a decision of this version"),
    "an invented field": (
        b'{"kind":"reproduction","record":"r","status":"reserved","by":"a","reason":"b","at":"2026-11-26T15:00:00Z","x":1}\n',
        "x: Extra inputs",
    ),
    "an invented status": (
        b'{"kind":"reproduction","record":"r","status":"maybe","by":"a","reason":"b","at":"2026-11-26T15:00:00Z"}\n',
        "status",
    ),
    "nobody": (
        b'{"kind":"reproduction","record":"r","status":"reserved","by":" ","reason":"b","at":"2026-11-26T15:00:00Z"}\n',
        "by: ",
    ),
    "no JSON": (b"\xff\xfe\n", "not a decision"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_file_that_cannot_be_believed_stops_everything(out: Path, name: str) -> None:
    ferry = next(read_records(out))
    append_decisions(out, [rights(ferry)])
    text, said = SPOILT[name]
    with (out / DECISIONS).open("ab") as file:
        file.write(text)
    for act in (lambda: list(decided_records(out)), lambda: append_decisions(out, [rights(ferry)])):
        with pytest.raises(DataError) as caught:
            act()
        assert said in str(caught.value)
        assert "line 2" in str(caught.value)


def test_a_decision_about_a_record_of_an_earlier_run_is_reported(tmp_path: Path) -> None:
    out = folder_of(tmp_path)
    ferry, _ = read_records(out)
    append_decisions(out, [rights(ferry)])
    folder_of(tmp_path, policy="full", basis="own text")  # other settings make other records
    lost: list[Decision] = []
    records = list(decided_records(out, unmatched=lost.append))
    assert lost == [rights(ferry)]
    assert all(record.reproduction.overrides == () for record in records)


def test_a_new_run_keeps_the_decisions(tmp_path: Path) -> None:
    out = folder_of(tmp_path)
    append_decisions(out, [rights(next(read_records(out)))])
    folder_of(tmp_path)
    assert next(decided_records(out)).reproduction.overrides[0].by == "Dana Roth"


class TestLimits:
    def test_they_are_the_runs(self, tmp_path: Path) -> None:
        out = folder_of(tmp_path, policy="ignore", longest_quote=7)
        assert limits_of(out) == RightsSettings(longest_quote=7)
        append_decisions(out, [rights(next(read_records(out)))])
        ferry = next(decided_records(out))
        assert (ferry.body.text, ferry.fragments[0].text) == (None, None)

    def test_a_manifest_that_says_nothing_is_an_error(self, out: Path) -> None:
        (out / "manifest.json").write_text("{}", encoding="utf-8")
        with pytest.raises(DataError, match="does not hold the settings"):
            limits_of(out)


def decide_often(out: Path, name: str, times: int) -> None:
    ferry = next(read_records(out))
    for _ in range(times):
        append_decisions(out, [rights(ferry, by=name), rights(ferry, by=name)])


def elsewhere(call: str) -> subprocess.Popen[bytes]:
    """Start a call of this module in a process of its own."""
    code = f"from pathlib import Path; from tests.reviewing import test_decisions as t; t.{call}"
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment())


def test_two_reviewers_at_once_lose_nothing(out: Path) -> None:
    people = [elsewhere(f"decide_often(Path({str(out)!r}), {name!r}, 20)") for name in ("Dana Roth", "Gil Tam", "Ben")]
    assert [person.wait(60) for person in people] == [0, 0, 0]
    names = [decision.by for decision in read_decisions(out)]
    assert len(names) == 120
    # What was appended together stands together.
    assert names[::2] == names[1::2]


def decide_without_room(out: Path) -> None:
    path = out / DECISIONS
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 20, resource.RLIM_INFINITY))
    with pytest.raises(OutputError, match="nothing was decided"):
        append_decisions(out, [rights(next(read_records(out)))])


def test_a_full_disk_leaves_the_decisions_as_they_were(out: Path) -> None:
    append_decisions(out, [rights(next(read_records(out)))])
    before = (out / DECISIONS).read_bytes()
    assert elsewhere(f"decide_without_room(Path({str(out)!r}))").wait(60) == 0
    assert (out / DECISIONS).read_bytes() == before

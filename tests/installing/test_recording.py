"""What is written into a user's catalogue is what catalogue.py reads, whatever stood there before."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colophon.catalogue import PiecesEntry, read_cards, verify
from colophon.errors import ModelError, UsageError
from colophon.installing.hub import split_name
from colophon.installing.licences import objection
from colophon.installing.pulling import languages_from
from colophon.installing.recording import Newcomer, entry_text, model_id, record
from colophon.installing.trial import TrialSentence, judged, quoted, trial_sentences
from colophon.translating import EngineOutput

TOKENS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


def newcomer(id: str = "team.model", revision: str = "a" * 40, **more: object) -> Newcomer:
    values: dict[str, object] = {
        "id": id,
        "revision": revision,
        "licence": "mit",
        "origin": "https://hub/team/model",
        "engines": ("ctranslate2",),
        "pieces": PiecesEntry(source="a.spm", target="b.spm", before={"he": ("__he__",)}, first=("__en__",)),
        "source_languages": ("he",),
        "longest_source": 128,
        **more,
    }
    return Newcomer(**values)  # type: ignore[arg-type]


def incoming(tmp_path: Path, content: bytes = b"x") -> Path:
    folder = tmp_path / ".incoming" / "one"
    (folder / "ctranslate2").mkdir(parents=True)
    (folder / "ctranslate2" / "model.bin").write_bytes(content)
    return folder


def test_a_catalogue_keeps_what_a_person_wrote_in_it(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.toml"
    path.write_text("# mine\nschema_version = 1\n", encoding="utf-8")
    record(path, newcomer("first"), incoming(tmp_path))
    path.write_text(path.read_text(encoding="utf-8") + "\n# a word on the last one\n", encoding="utf-8")
    card = record(path, newcomer("second"), incoming(tmp_path))
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# mine\n")
    assert "# a word on the last one" in text
    assert [one.id for one in read_cards(path)] == ["first", "second"]
    assert not verify(card)


@pytest.mark.parametrize("which", ["first", "second", "third"])
def test_a_model_in_its_own_place_leaves_the_others(which: str, tmp_path: Path) -> None:
    path = tmp_path / "catalogue.toml"
    for id in ("first", "second", "third"):
        record(path, newcomer(id), incoming(tmp_path))
    record(path, newcomer(which, revision="b" * 40), incoming(tmp_path, b"newer"))
    cards = {card.id: card for card in read_cards(path)}
    assert sorted(cards) == ["first", "second", "third"]
    assert {id: card.revision[0] for id, card in cards.items()} == {id: "b" if id == which else "a" for id in cards}
    assert not [problem for card in cards.values() for problem in verify(card)]
    assert not (tmp_path / f"{which}@{'a' * 12}").exists()


@given(st.lists(TOKENS, max_size=3), st.lists(TOKENS, max_size=2), TOKENS)
def test_pieces_of_any_letters_are_read_back(before: list[str], first: list[str], licence: str) -> None:
    from tempfile import TemporaryDirectory

    pieces = PiecesEntry(
        source="a", target="b", before={"zh-Hans": tuple(before)} if before else {}, first=tuple(first)
    )
    card = newcomer(pieces=pieces, licence=licence, source_languages=("zh-Hans",)).card(Path("/nowhere"))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.toml"
        path.write_text(f"schema_version = 1\n{entry_text(card, 'm', ('a note',))}", encoding="utf-8")
        (again,) = read_cards(path)
    assert (again.pieces, again.licence, again.source_languages) == (pieces, licence, ("zh-Hans",))


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_is_a_toml_string(text: str) -> None:
    import tomllib

    assert tomllib.loads(f"a = {quoted(text)}") == {"a": text}


@pytest.mark.parametrize(
    ("licence", "free"),
    [
        ("cc-by-4.0", True), ("Apache-2.0", True), ("MIT", True), ("cc-by-sa-4.0", True), ("cc0-1.0", True),
        ("cc-by-nc-4.0", False), ("CC-BY-NC-SA-4.0", False), ("other", False), ("gemma", False), ("unstated", False),
        ("", False), ("openrail", False), ("mit, cc-by-nc-4.0", False), ("research-only", False),
    ],
)  # fmt: skip
def test_which_licences_a_person_must_read(licence: str, free: bool) -> None:
    assert (objection(licence) is None) is free
    assert objection(licence, nllb=True) is not None


def test_names_and_languages() -> None:
    assert split_name("a/b@refs/pr/7") == ("a/b", "refs/pr/7")
    assert split_name("Helsinki-NLP/opus-mt-tc-big-he-en") == ("Helsinki-NLP/opus-mt-tc-big-he-en", None)
    assert model_id("a b/c:d") == "a.b.c.d"
    assert languages_from(["iw,ar", "yi=ydd_Hebr"]) == {"he": None, "ar": None, "yi": "ydd_Hebr"}
    for wrong in ([], [" "], ["en"], ["he,?"], ["1"]):
        with pytest.raises(UsageError):
            languages_from(wrong)


class TestTrial:
    GOOD = ("Police arrested 12 people.", "The ship left port.", "The school was shut.", "The president was in Paris.")

    def tried(self, *outputs: tuple[str, ...]) -> dict[TrialSentence, list[EngineOutput]]:
        asked = trial_sentences(["he"], None)
        return {
            sentence: [EngineOutput(text, -0.1, 9, 9, truncated=False) for text in said]
            for sentence, said in zip(asked, outputs, strict=True)
        }

    def test_good_sentences_pass(self) -> None:
        assert len(judged("m", self.tried(*((text, text) for text in self.GOOD)))) == 4

    def test_half_may_fail_and_is_not_golden(self) -> None:
        said = [(text, text) for text in self.GOOD]
        said[0], said[1] = ("Police arrested people.",) * 2, ("The the the the the the",) * 2
        assert [one.outputs[0] for one in judged("m", self.tried(*said))] == list(self.GOOD[2:])

    @pytest.mark.parametrize(
        "rubbish", ["", "connectconnectconnectconnect", "הספינה עזבה", "Quite another thing was said here"]
    )
    def test_three_of_four_are_too_many(self, rubbish: str) -> None:
        said = [(text, text) for text in self.GOOD]
        said[1:] = [(rubbish, rubbish)] * 3
        with pytest.raises(ModelError, match="only 1 of 4 trial sentences in he"):
            judged("m", self.tried(*said))

    def test_one_engine_that_talks_rubbish_is_enough(self) -> None:
        with pytest.raises(ModelError, match="only 0 of 4"):
            judged("m", self.tried(*((text, "zzz") for text in self.GOOD)))

    def test_engines_that_say_quite_different_things(self) -> None:
        other = (
            "In town 12 were held by officers on Monday",
            "By night a boat sailed",
            "Snow: no lessons",
            "Paris saw a minister",
        )
        with pytest.raises(ModelError, match="its engines disagree"):
            judged("m", self.tried(*zip(self.GOOD, other, strict=True)))

"""Fragments to outcomes, with engines that say what the test tells them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from colophon.errors import DataError
from colophon.settings import TranslationSettings
from colophon.translating import (
    Calibration,
    Decoding,
    EngineIdentity,
    EngineOutput,
    FragmentText,
    Glossary,
    Outcome,
    Router,
    data_signature,
    read_glossary,
    translate_fragments,
)
from colophon.translating import fragments as fragments_module

SETTINGS = TranslationSettings()
SHIPPED = Glossary({"he": {"ירושלים": "Jerusalem"}})
Says = Callable[[str, Decoding], str]


@pytest.fixture(autouse=True)
def _short_glossary(monkeypatch: pytest.MonkeyPatch) -> None:
    """The glossary that ships knows most of the words below; these tests ask the engine."""
    monkeypatch.setattr(fragments_module, "read_glossary", lambda path: read_glossary(path) if path else SHIPPED)


class Scripted:
    """An engine that answers from a table or a function, and remembers what it was asked."""

    identity = EngineIdentity(
        engine="scripted",
        engine_version="1",
        model="m",
        revision="r",
        model_sha256="0" * 64,
        source_languages=("he",),
        decoding="none",
    )

    def __init__(
        self, says: dict[str, str] | Says, score: float = -0.2, calibration: Calibration | None = None
    ) -> None:
        self.says: Says = says if callable(says) else lambda text, _: says.get(text, "")
        self.score = score
        self.calibration = calibration
        self.asked: list[tuple[str, Decoding]] = []

    def translate(self, sentences: Sequence[str], decoding: Decoding) -> list[EngineOutput]:
        self.asked += [(sentence, decoding) for sentence in sentences]
        return [EngineOutput(self.says(s, decoding), self.score, len(s), len(s), False) for s in sentences]


def outcome(engine: Scripted, text: str, role: str = "body", settings: TranslationSettings = SETTINGS) -> Outcome:
    (found,) = translate_fragments([FragmentText(text, "he", role)], Router({"he": lambda: engine}), settings)  # type: ignore[arg-type]
    return found


def test_sentences_are_put_together_with_their_white_space() -> None:
    engine = Scripted({"הדלת נפתחה.": "The door opened.", "איש לא נכנס.": "No one came in."})
    assert outcome(engine, " הדלת נפתחה.\n\nאיש לא נכנס. ").text == "The door opened.\n\nNo one came in."


def test_equal_fragments_and_equal_sentences_are_translated_once() -> None:
    engine = Scripted({"הדלת נפתחה.": "The door opened."})
    fragments = [FragmentText("הדלת נפתחה.", "he", role) for role in ("body", "quote", "body")]
    found = translate_fragments(fragments, Router({"he": lambda: engine}), SETTINGS)
    assert [o.text for o in found] == ["The door opened."] * 3
    assert len(engine.asked) == 1


def test_keyword_captions_keep_their_count() -> None:
    engine = Scripted({"ראש העיר": "Mayor", "גשר חדש בנחל": "New bridge over the stream", "תושבי הגיא": "Residents"})
    found = outcome(engine, "ראש העיר, גשר חדש בנחל ,תושבי הגיא", "keywords")
    assert found.text == "Mayor, New bridge over the stream, Residents"
    assert {"ראש העיר", "גשר חדש בנחל", "תושבי הגיא"} < {text for text, _ in engine.asked}


def test_items_have_the_small_letters_that_the_whole_list_has() -> None:
    text = "ראש העיר, גשר חדש בנחל ,תושבי הגיא"
    items = {"ראש העיר": "mayor", "גשר חדש בנחל": "New bridge in Naharon", "תושבי הגיא": "Residents"}
    engine = Scripted({**items, text: "Mayor, new bridge in Naharon, Residents of the town"})
    assert outcome(engine, text, "keywords").text == "Mayor, new bridge in Naharon, Residents"


def test_an_item_that_became_two_is_decoded_again_and_then_refused() -> None:
    engine = Scripted({"גשר חדש בנחל ליד הטחנה": "New bridge, stream", "תושבי הגיא": "Residents"})
    found = outcome(engine, "גשר חדש בנחל ליד הטחנה, תושבי הגיא", "keywords")
    assert (found.text, found.reason, found.flags) == (None, "failed-checks", ("item-count",))


def test_a_caption_sentence_with_commas_is_not_a_list() -> None:
    text = 'ראש העיר, שחזר אתמול מחופשה ארוכה בחו"ל עם משפחתו, ביקר בגשר החדש, אמר דוברו.'
    engine = Scripted(
        {text: "The mayor, back from a long family holiday abroad, visited the new bridge, his spokesman said."}
    )
    assert [asked for asked, _ in engine.asked] == []
    assert outcome(engine, text, "caption").reason is None
    assert engine.asked[0][0] == text


def test_a_failed_sentence_is_decoded_with_care() -> None:
    def says(_: str, decoding: Decoding) -> str:
        return "The door opened again" if decoding.no_repeat_ngram else "The door door door door"

    engine = Scripted(says)
    found = outcome(engine, "הדלת נפתחה שוב")
    assert (found.text, found.flags, len(engine.asked)) == ("The door opened again", (), 2)
    assert engine.asked[1][1].beam == SETTINGS.retry_beam


def test_a_sentence_is_tried_clause_by_clause_before_it_is_given_up() -> None:
    parts = {
        "הדלת הכבדה של האסם נפתחה לאט,": "The heavy barn door opened slowly,",
        "ואיש לא נכנס פנימה": "and no one came in",
    }
    found = outcome(Scripted(parts), "הדלת הכבדה של האסם נפתחה לאט, ואיש לא נכנס פנימה")
    assert found.text == "The heavy barn door opened slowly, and no one came in"


def test_what_fails_every_attempt_is_kept_untranslated_and_flagged() -> None:
    found = outcome(Scripted(lambda *_: "דלת"), "הדלת נפתחה")
    assert (found.text, found.reason, found.flags) == (None, "failed-checks", ("copied-source",))
    assert found.identity is not None
    assert "copied-source" in (found.detail or "")


def test_a_glossary_term_needs_no_engine_and_is_recorded() -> None:
    engine = Scripted({})
    found = outcome(engine, "ירושלים", "caption")
    assert (found.text, found.glossary_terms, found.identity) == ("Jerusalem", ("ירושלים → Jerusalem",), None)
    assert (found.score, found.confidence, engine.asked) == (None, None, [])


def test_a_users_glossary_goes_first(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text('[he.places]\n"ירושלים" = "Yerushalayim"\n', encoding="utf-8")
    settings = SETTINGS.model_copy(update={"glossary": str(path)})
    assert outcome(Scripted({}), "ירושלים", "caption", settings).text == "Yerushalayim"


@pytest.mark.parametrize(
    "content", ["[he", '[he.people]\n"א" = 3\n', '[he.animals]\n"א" = "a"\n', 'he = "x"\n', '[he.people]\n"א" = " "\n']
)
def test_a_wrong_glossary_is_said_with_its_path(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"ours\.toml"):
        outcome(Scripted({}), "ירושלים", "caption", SETTINGS.model_copy(update={"glossary": str(path)}))


def test_a_missing_glossary_is_said() -> None:
    with pytest.raises(DataError, match="cannot be read"):
        outcome(Scripted({}), "ירושלים", "caption", SETTINGS.model_copy(update={"glossary": "/nowhere/g.toml"}))


def test_an_unknown_name_in_a_list_is_transliterated_and_marked() -> None:
    found = outcome(Scripted({"גשר חדש": "New bridge"}), "זלפה, גשר חדש", "keywords")
    assert found.text == "Zalfa, New bridge"
    assert (found.flags, found.transliterated) == (("empty", "transliterated"), ("זלפה → Zalfa",))


def test_transliteration_can_be_switched_off() -> None:
    settings = SETTINGS.model_copy(update={"transliterate": False})
    assert outcome(Scripted({"גשר חדש": "New bridge"}), "זלפה, גשר חדש", "keywords", settings).text is None


def test_latin_items_and_numbers_stay_as_they_are() -> None:
    engine = Scripted({"גשר חדש": "New bridge"})
    assert outcome(engine, "NATO, גשר חדש, 2025", "keywords").text == "NATO, New bridge, 2025"


def test_a_low_score_is_flagged_for_review() -> None:
    found = outcome(Scripted({"הדלת נפתחה": "The door opened"}, score=-2.0), "הדלת נפתחה")
    assert (found.text, found.confidence, found.flags) == ("The door opened", 0.135, ("low-confidence",))


def test_a_calibrated_engine_gives_calibrated_confidence() -> None:
    engine = Scripted({"הדלת נפתחה": "The door opened"}, score=-1.0, calibration=Calibration(2.0, 2.0))
    assert outcome(engine, "הדלת נפתחה").confidence == 0.5


@pytest.mark.parametrize(
    ("router", "language", "reason"),
    [
        (Router({}), "he", "no-engine"),
        (Router({"he": lambda: Scripted({})}), "und", "undetermined-language"),
        (Router({}, disabled=True), "he", "disabled"),
    ],
)
def test_no_engine_is_said_with_its_reason(router: Router, language: str, reason: str) -> None:
    (found,) = translate_fragments([FragmentText("דלת", language, "body")], router, SETTINGS)
    assert (found.text, found.reason) == (None, reason)
    assert found.detail


def test_nothing_in_nothing_out() -> None:
    assert translate_fragments([], Router({}), SETTINGS) == []


def test_the_signature_follows_the_glossary(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text('[he.places]\n"ירושלים" = "Yerushalayim"\n', encoding="utf-8")
    assert data_signature(SETTINGS) == data_signature(SETTINGS)
    assert data_signature(SETTINGS.model_copy(update={"glossary": str(path)})) != data_signature(SETTINGS)

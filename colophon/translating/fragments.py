"""From fragments to outcomes: English that passed its checks, or the reason why there is none.

The steps: take keyword captions apart and long text into sentences; translate each distinct sentence once,
in batches; decode again what fails a check; put together what passed, with nothing dropped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from colophon.errors import ColophonError
from colophon.records import Flag, Role
from colophon.segmenting import clauses, segments
from colophon.settings import TranslationSettings
from colophon.source_text import plain_source
from colophon.spans import Span, trimmed
from colophon.translating.checks import faults, in_latin_letters
from colophon.translating.engine import Decoding, Engine, EngineIdentity, EngineOutput, uncalibrated
from colophon.translating.glossary import Glossary, read_glossary
from colophon.translating.keywords import ItemList, item_list, joined, recased
from colophon.translating.routing import Reason, Refusal, Router
from colophon.translating.transliteration import looks_like_a_name, transliterated

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class FragmentText:
    """What is to be translated; ``language`` is an internal code."""

    text: str
    language: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """English for a fragment, or the reason why there is none.

    ``text`` and ``reason`` exclude each other. ``score`` is the lowest mean log-probability of a sentence,
    ``confidence`` the same in [0, 1]; None when no model was asked. ``identity`` is None when no engine
    took part: every word came from the glossary. ``glossary_terms`` and ``transliterated`` are written
    ``source → English``. ``detail`` explains ``reason`` to people.
    """

    text: str | None
    score: float | None = None
    confidence: float | None = None
    flags: tuple[Flag, ...] = ()
    reason: Reason | None = None
    detail: str | None = None
    identity: EngineIdentity | None = None
    glossary_terms: tuple[str, ...] = ()
    transliterated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Unit:
    """One row for a model: a sentence, or an item of a list."""

    text: str
    item: bool


@dataclass(frozen=True, slots=True)
class _Done:
    """What became of a unit; ``text`` is None when it failed, with ``flags`` of its first attempt."""

    text: str | None
    score: float | None = None
    flags: tuple[Flag, ...] = ()
    terms: tuple[str, ...] = ()
    letters: str | None = None
    by_engine: bool = True


def translate_fragments(
    fragments: Sequence[FragmentText], router: Router, settings: TranslationSettings
) -> list[Outcome]:
    """Return one outcome a fragment, in order; equal fragments are translated once.

    ModelError when the model of a language is missing or altered; DataError when the glossary is wrong.
    """
    glossary = read_glossary(settings.glossary)
    found: dict[FragmentText, Outcome] = {}
    by_language: dict[str, list[FragmentText]] = {}
    for fragment in dict.fromkeys(fragments):
        by_language.setdefault(fragment.language, []).append(fragment)
    for language, group in by_language.items():
        route = router.route(language)
        if isinstance(route, Refusal):
            found |= {f: Outcome(text=None, reason=route.reason, detail=route.detail) for f in group}
        else:
            found |= _translate_group(group, _Desk(route, glossary, settings, language))
    return [found[fragment] for fragment in fragments]


def _translate_group(group: Sequence[FragmentText], desk: "_Desk") -> dict[FragmentText, Outcome]:
    plans = {fragment: _planned(fragment, desk.settings.longest_segment) for fragment in group}
    units = {unit for plan in plans.values() for unit in plan.units(plan.fragment.text)}
    done = desk.translated(sorted(units, key=lambda unit: (unit.text, unit.item)))
    lines = desk.whole_lines([fragment.text for fragment, plan in plans.items() if plan.items is not None])
    return {fragment: _outcome(plan, done, lines.get(fragment.text, ""), desk) for fragment, plan in plans.items()}


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a fragment was taken apart: spans that partition it, or the items of a list."""

    fragment: FragmentText
    spans: tuple[Span, ...]
    items: ItemList | None

    def units(self, text: str) -> list[_Unit]:
        return [_Unit(trimmed(text, span).of(text), self.items is not None) for span in self.spans]


def _planned(fragment: FragmentText, longest: int) -> _Plan:
    items = item_list(fragment.text, fragment.role)
    if items is not None:
        return _Plan(fragment, items.items, items)
    spans = segments(fragment.text, fragment.language, longest)
    if "".join(span.of(fragment.text) for span in spans) != fragment.text:
        raise ColophonError(f"segments do not cover the fragment {fragment.text[:60]!r}: please report this")
    return _Plan(fragment, tuple(spans), None)


@dataclass(frozen=True, slots=True)
class _Desk:
    """An engine with the glossary and settings for one language."""

    engine: Engine
    glossary: Glossary
    settings: TranslationSettings
    language: str

    def translated(self, units: Sequence[_Unit]) -> dict[_Unit, _Done]:
        """Translate distinct units: glossary, ordinary decoding, other decoding, shorter rows, letters."""
        done = {unit: known for unit in units if (known := self._known(unit)) is not None}
        waiting = [unit for unit in units if unit not in done]
        first_flags: dict[_Unit, tuple[Flag, ...]] = {}
        for decoding in (self._ordinary(), self._careful()):
            waiting = self._attempt(waiting, decoding, done, first_flags)
        for unit in waiting:
            done[unit] = self._in_clauses(unit) or self._last_resort(unit, first_flags[unit])
        return done

    def whole_lines(self, texts: Sequence[str]) -> dict[str, str]:
        """Return the model's reading of whole lists: no translation, but a witness of small and capital letters."""
        distinct = sorted(set(texts))
        return {text: o.text for text, o in zip(distinct, self._rows(distinct, self._ordinary()), strict=True)}

    def confidence(self, score: float) -> float:
        calibration = self.engine.calibration
        return uncalibrated(score) if calibration is None else calibration.confidence(score)

    def _known(self, unit: _Unit) -> _Done | None:
        if not in_latin_letters(self.language) and not any(c.isalpha() and ord(c) > 0x24F for c in unit.text):
            return _Done(unit.text, by_engine=False)  # digits, or "NATO" among Hebrew: the same in English
        english = self.glossary.find(unit.text, self.language)
        return None if english is None else _Done(english, terms=(f"{unit.text} → {english}",), by_engine=False)

    def _ordinary(self) -> Decoding:
        return Decoding(beam=self.settings.beam, terms=self.glossary.names(self.language))

    def _careful(self) -> Decoding:
        return Decoding(
            beam=self.settings.retry_beam,
            repetition_penalty=self.settings.retry_repetition_penalty,
            no_repeat_ngram=self.settings.retry_no_repeat_ngram,
            terms=self.glossary.names(self.language),
        )

    def _attempt(
        self,
        units: Sequence[_Unit],
        decoding: Decoding,
        done: dict[_Unit, _Done],
        first_flags: dict[_Unit, tuple[Flag, ...]],
    ) -> list[_Unit]:
        """Translate ``units``; put what passes into ``done`` and return the others."""
        failed: list[_Unit] = []
        for unit, output in zip(units, self._rows([unit.text for unit in units], decoding), strict=True):
            flags = _unit_faults(unit, output, self.language)
            if flags:
                first_flags.setdefault(unit, flags)
                failed.append(unit)
            else:
                done[unit] = _Done(_tidied(unit, output.text), output.score, terms=output.terms)
        return failed

    def _rows(self, texts: Sequence[str], decoding: Decoding) -> list[EngineOutput]:
        return self.engine.translate(texts, decoding) if texts else []

    def _in_clauses(self, unit: _Unit) -> _Done | None:
        """Translate the clauses of a sentence one by one; None when there is one only, or one fails."""
        spans = clauses(unit.text)
        if len(spans) < 2:
            return None
        rows = [trimmed(unit.text, span).of(unit.text) for span in spans]
        outputs = self._rows(rows, self._careful())
        if any(faults(row, output, self.language) for row, output in zip(rows, outputs, strict=True)):
            return None
        scores = [output.score for output in outputs if output.score is not None]
        return _Done(_assembled(unit.text, spans, [o.text for o in outputs]), min(scores, default=None))

    def _last_resort(self, unit: _Unit, flags: tuple[Flag, ...]) -> _Done:
        can = self.settings.transliterate and self.language == "he" and unit.item
        if can and looks_like_a_name(unit.text):
            letters = transliterated(unit.text)
            return _Done(letters, flags=(*flags, "transliterated"), letters=f"{unit.text} → {letters}")
        return _Done(None, flags=flags)


def _unit_faults(unit: _Unit, output: EngineOutput, language: str) -> tuple[Flag, ...]:
    """Return the faults of a row; an item that became several is one."""
    flags = faults(unit.text, output, language)
    became = item_list(output.text, "keywords") if unit.item else None
    return flags if became is None or item_list(unit.text, "keywords") else (*flags, "item-count")


def _tidied(unit: _Unit, english: str) -> str:
    """Return an item without the full stop that a model adds to what it takes for a sentence."""
    bare = english.strip()
    ends = unit.item and bare.endswith(".") and bare.count(".") == 1 and not unit.text.endswith(".")
    return bare[:-1] if ends else bare


def _assembled(text: str, spans: Sequence[Span], english: Iterable[str]) -> str:
    """Put sentences together with the white space of the original between them, one space where it had none."""
    out = ""
    for span, sentence in zip(spans, english, strict=True):
        inside = span.of(text)
        core = trimmed(text, span)
        before, after = text[span.start : core.start], text[core.end : span.end]
        if not inside.strip():
            out += inside
            continue
        gap = "" if not out or out[-1].isspace() or before else " "
        out += f"{gap}{before}{sentence}{after}"
    return out


def _outcome(plan: _Plan, done: dict[_Unit, _Done], line: str, desk: _Desk) -> Outcome:
    text = plan.fragment.text
    parts = [done[unit] for unit in plan.units(text)]
    flags = _distinct(flag for part in parts for flag in part.flags)
    english = [part.text for part in parts if part.text is not None]
    if len(english) < len(parts):
        return _failed(flags, desk)
    if plan.items is None:
        whole = _assembled(text, plan.spans, english)
    else:
        whole = joined([recased(item, line) for item in english], plan.items)
        whole = whole if whole[1:2].isupper() else whole[:1].upper() + whole[1:]
    if plain_source(whole) == plain_source(text):
        return _failed(_distinct((*flags, "copied-source")), desk)
    if plan.items is not None and _miscounted(whole, plan):
        return _failed(_distinct((*flags, "item-count")), desk)
    scores = [part.score for part in parts if part.score is not None]
    score = round(min(scores), 4) if scores else None
    confidence = None if score is None else desk.confidence(score)
    if confidence is not None and confidence < desk.settings.review_below:
        flags = _distinct((*flags, "low-confidence"))
    return Outcome(
        text=whole.strip(),
        score=score,
        confidence=confidence,
        flags=flags,
        identity=desk.engine.identity if any(part.by_engine for part in parts) else None,
        glossary_terms=_distinct(term for part in parts for term in part.terms),
        transliterated=_distinct(part.letters for part in parts if part.letters),
    )


def _miscounted(whole: str, plan: _Plan) -> bool:
    """Whether the English list, read again, has another number of items than the source."""
    again = item_list(whole, "keywords")
    return again is None or len(again.items) != len(plan.spans)


def _failed(flags: tuple[Flag, ...], desk: _Desk) -> Outcome:
    seen = ", ".join(flags) or "unknown"
    return Outcome(
        text=None,
        flags=flags,
        reason="failed-checks",
        detail=f"every output of {desk.engine.identity.engine} failed its checks: {seen}",
        identity=desk.engine.identity,
    )


def _distinct(values: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(values))

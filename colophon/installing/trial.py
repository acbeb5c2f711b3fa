"""The trial: what a model from elsewhere must translate before it is installed, and what that makes golden.

A hash says that a file is the one that was published, not that today's libraries read it as its makers meant.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files
from pathlib import Path
from statistics import mean

from colophon.engines.golden import DECODING
from colophon.engines.golden import FILE as GOLDEN
from colophon.errors import DataError, ModelError, UsageError
from colophon.languages import internal_code
from colophon.translating import EngineOutput
from colophon.translating.checks import faults

# Half of the sentences may fail: a weak model is the user's choice, a broken one says nothing right.
_SHARE = 0.5
# int8 rounds, so that two engines may choose other words; a wrong conversion leaves nothing alike.
_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class TrialSentence:
    """A source; ``words`` are beginnings of English words of which one must come out, empty when nobody said."""

    language: str
    source: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """A sentence that came out well, and what each engine said."""

    sentence: TrialSentence
    outputs: tuple[str, ...]


def trial_sentences(languages: Sequence[str], own: Path | None) -> tuple[TrialSentence, ...]:
    """Return the sentences for ``languages``, the user's ``own`` before ours; UsageError when one has none."""
    mine = [] if own is None else _own_sentences(own)
    found: list[TrialSentence] = []
    for language in languages:
        chosen = [s for s in mine if s.language == language] or _ours().get(language.split("-", maxsplit=1)[0], [])
        if not chosen:
            raise UsageError(
                f"there are no trial sentences for {language}: write some, one a line as LANG<TAB>sentence, "
                "and name the file with --sentences"
            )
        found += [TrialSentence(language, s.source, s.words) for s in chosen]
    return tuple(found)


@cache
def _ours() -> Mapping[str, list[TrialSentence]]:
    data = tomllib.loads(files("colophon").joinpath("data/trial_sentences.toml").read_text(encoding="utf-8"))
    return {
        language: [TrialSentence(language, source, tuple(data["words"][name])) for name, source in by_name.items()]
        for language, by_name in data["sentences"].items()
    }


def _own_sentences(path: Path) -> list[TrialSentence]:
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(str(path), f"trial sentences cannot be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        language, tab, source = line.partition("\t")
        if not tab or internal_code(language) == "und" or not source.strip():
            raise DataError(f"{path}:{number}", f"expected a language, one tab and a sentence, not {line[:60]!r}")
        found.append(TrialSentence(internal_code(language), source.strip(), ()))
    return found


def judged(model: str, tried: Mapping[TrialSentence, Sequence[EngineOutput]]) -> list[Passed]:
    """Return the sentences that came out well; ``tried`` has one output of each engine for each sentence.

    ModelError when in some language fewer than half did, or when two engines say quite different things.
    """
    passed = [Passed(s, tuple(o.text for o in outputs)) for s, outputs in tried.items() if not _fault(s, outputs)]
    for language in dict.fromkeys(sentence.language for sentence in tried):
        asked = [sentence for sentence in tried if sentence.language == language]
        good = [one for one in passed if one.sentence.language == language]
        if len(good) < max(1, _SHARE * len(asked)):
            bad = next(s for s in asked if _fault(s, tried[s]))
            said = [output.text for output in tried[bad]]
            raise ModelError(
                model,
                f"only {len(good)} of {len(asked)} trial sentences in {language} came out well; for {bad.source!r} "
                f"it says {max(said, key=len)[:120]!r} [{_fault(bad, tried[bad])}]",
            )
    alike = [_likeness(one.outputs) for one in passed]
    if mean(alike) < _ALIKE:
        odd = passed[alike.index(min(alike))]
        raise ModelError(model, f"its engines disagree; for {odd.sentence.source!r} they say {odd.outputs}")
    return passed


def _fault(sentence: TrialSentence, outputs: Sequence[EngineOutput]) -> str:
    """Return what is wrong with the first output that is, empty when all are well."""
    for output in outputs:
        seen = faults(sentence.source, output, sentence.language)
        if seen:
            return ", ".join(seen)
        words = output.text.casefold().split()
        if sentence.words and not any(word.strip("\"'(").startswith(w) for word in words for w in sentence.words):
            return f"none of: {', '.join(sentence.words)}"
    return ""


def _likeness(outputs: Sequence[str]) -> float:
    return min(SequenceMatcher(None, outputs[0], other, autojunk=False).ratio() for other in outputs)


def write_golden(folder: Path, passed: Sequence[Passed]) -> None:
    """Write golden.toml: each sentence with everything that an engine said for it in the trial."""
    rows = ["# What this model said when it was installed, beam of " + str(DECODING.beam) + "; checked at each load.\n"]
    for one in passed:
        expected = ", ".join(quoted(text) for text in dict.fromkeys(one.outputs))
        rows.append(
            f"[[golden]]\nlanguage = {quoted(one.sentence.language)}\nsource = {quoted(one.sentence.source)}\n"
            f"expected = [{expected}]\n"
        )
    (folder / GOLDEN).write_text("\n".join(rows), encoding="utf-8")


def quoted(text: str) -> str:
    r"""Return ``text`` as a TOML string.

    >>> print(quoted('say "no"' + chr(10)))
    "say \"no\"\u000A"
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(f"\\u{ord(c):04X}" if ord(c) < 32 or ord(c) == 127 else c for c in escaped) + '"'

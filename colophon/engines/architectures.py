"""Checkpoints of other makers: which piece has which number, and which pieces tell the model its languages.

Nothing of a checkpoint is run. Its tokenizer is two things only: SentencePiece files, which cut, and a list
that numbers the pieces; both are read here, and both engines work from what is found.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from colophon.catalogue import PiecesEntry
from colophon.engines.pieces import END, UNKNOWN
from colophon.errors import ModelError

Family = Literal["marian", "m2m100", "nllb", "t5"]
FAMILIES: Mapping[str, tuple[Family, ...]] = {"marian": ("marian",), "m2m_100": ("m2m100", "nllb"), "t5": ("t5",)}
ENGLISH = {"marian": ">>eng<<", "m2m100": "__en__", "nllb": "eng_Latn", "t5": "<2en>"}
_SHARED_MODELS = ("sentencepiece.bpe.model", "spiece.model", "sentencepiece.model")
_PAD = "<pad>"
# Longer sources exist seldom (settings.longest_segment) and cost quadratic time.
_LONGEST_SOURCE = 256


@dataclass(frozen=True, slots=True)
class Reading:
    """How a checkpoint is read: its numbering, and what goes around a text; ``longest_source`` in pieces."""

    family: Family
    names: tuple[str, ...]
    pieces: PiecesEntry
    longest_source: int


def reading_of(model: str, folder: Path, tokens: Mapping[str, str | None]) -> Reading:
    """Return how the checkpoint in ``folder`` reads the languages of ``tokens``.

    ``tokens`` map internal codes to the piece that the user names for one, or None to find it. ModelError when
    the architecture is another, a tokenizer file is missing, or the model has no piece for a language.
    """
    config = read_json(model, folder / "config.json")
    family = _family(model, config, folder)
    names = _names(model, family, config, folder)
    size = int(config.get("vocab_size", 0))
    if UNKNOWN not in names or END not in names or len(names) > size:
        raise ModelError(
            model, f"its tokenizer has {len(names)} pieces for {size} embeddings, or lacks {UNKNOWN}, {END}"
        )
    names += tuple(f"<unused_{i}>" for i in range(size - len(names)))
    cut = ("source.spm", "target.spm") if family == "marian" else (_sentencepiece(model, folder),) * 2
    before = {language: _before(model, family, language, token, names) for language, token in tokens.items()}
    first = (ENGLISH[family],) if family in ("m2m100", "nllb") else ()
    for piece in first:
        _require(model, piece, names, "English")
    pieces = PiecesEntry(source=cut[0], target=cut[1], before=before if any(before.values()) else {}, first=first)
    return Reading(family, names, pieces, _longest(config))


def read_json(model: str, path: Path) -> dict[str, Any]:
    """Return the object in a JSON file; ModelError when there is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(model, f"{path.name} cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise ModelError(model, f"{path.name} is no JSON object")
    return data


def _family(model: str, config: Mapping[str, Any], folder: Path) -> Family:
    kinds = FAMILIES.get(str(config.get("model_type")))
    if kinds is None:
        known = ", ".join(sorted(FAMILIES))
        raise ModelError(model, f"architecture {config.get('model_type')!r} is not supported (there are {known})")
    # M2M100 and NLLB share an architecture; only M2M100 numbers its pieces in vocab.json.
    return kinds[0] if len(kinds) == 1 or (folder / "vocab.json").is_file() else kinds[1]


def _names(model: str, family: Family, config: Mapping[str, Any], folder: Path) -> tuple[str, ...]:
    """Return the pieces in the order of their numbers."""
    if family == "marian":
        if _tokenizer_config(model, folder).get("separate_vocabs"):
            raise ModelError(model, "source and target have numberings of their own, which is not supported")
        return _listed(model, folder / "vocab.json")
    if family == "m2m100":
        return (*_listed(model, folder / "vocab.json"), *_m2m100_languages(model, folder))
    if family == "nllb" and (folder / "tokenizer.json").is_file():
        return _fast_tokenizer(model, folder / "tokenizer.json")
    cut = _loaded(model, folder / _sentencepiece(model, folder))
    own = tuple(cut.id_to_piece(i) for i in range(cut.get_piece_size()))
    if family == "t5":
        extra = int(config.get("vocab_size", 0)) - len(own)
        return (*own, *(f"<extra_id_{i}>" for i in range(extra)))
    from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES

    # As fairseq numbers them: its own four first, then SentencePiece's without its first three.
    return ("<s>", _PAD, END, UNKNOWN, *own[3:], *FAIRSEQ_LANGUAGE_CODES, "<mask>")


def _m2m100_languages(model: str, folder: Path) -> tuple[str, ...]:
    from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES

    kind = _tokenizer_config(model, folder).get("language_codes", "m2m100")
    if kind not in FAIRSEQ_LANGUAGE_CODES:
        raise ModelError(model, f"language_codes {kind!r} of its tokenizer is not known")
    return tuple(f"__{code}__" for code in FAIRSEQ_LANGUAGE_CODES[kind])


def _tokenizer_config(model: str, folder: Path) -> dict[str, Any]:
    path = folder / "tokenizer_config.json"
    return read_json(model, path) if path.is_file() else {}


def _listed(model: str, path: Path) -> tuple[str, ...]:
    return _in_order(model, path, read_json(model, path))


def _fast_tokenizer(model: str, path: Path) -> tuple[str, ...]:
    data = read_json(model, path)
    try:
        numbers = dict(data["model"]["vocab"])
        numbers |= {added["content"]: added["id"] for added in data.get("added_tokens", ())}
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(model, f"{path.name} has no vocabulary that numbers pieces: {error!r}") from error
    return _in_order(model, path, numbers)


def _in_order(model: str, path: Path, numbers: Mapping[str, Any]) -> tuple[str, ...]:
    names = sorted(numbers, key=lambda name: (str(type(numbers[name])), numbers[name]))
    if [numbers[name] for name in names] != list(range(len(names))):
        raise ModelError(model, f"{path.name} does not number its pieces from 0 on, each once")
    return tuple(names)


def _sentencepiece(model: str, folder: Path) -> str:
    for name in _SHARED_MODELS:
        if (folder / name).is_file():
            return name
    raise ModelError(model, f"has no SentencePiece file ({', '.join(_SHARED_MODELS)}), without which text is not cut")


def _loaded(model: str, path: Path) -> Any:
    import sentencepiece

    try:
        return sentencepiece.SentencePieceProcessor(model_file=str(path))
    except (OSError, RuntimeError) as error:
        raise ModelError(model, f"{path.name} cannot be read: {error}") from error


def _before(model: str, family: Family, language: str, token: str | None, names: Sequence[str]) -> tuple[str, ...]:
    if family in ("marian", "t5"):
        # One target needs no telling; where there are several, the piece for English is among the names.
        return (ENGLISH[family],) if ENGLISH[family] in names else ()
    piece = token or (f"__{_m2m100_code(language)}__" if family == "m2m100" else nllb_piece(language))
    if piece is None:
        raise ModelError(model, f"no NLLB name is known for {language}; say which: --from {language}=heb_Hebr")
    _require(model, piece, names, language)
    return (piece,)


def _require(model: str, piece: str, names: Sequence[str], language: str) -> None:
    if piece not in names:
        raise ModelError(model, f"has no piece {piece} for {language}: it does not know that language")


def _m2m100_code(language: str) -> str:
    return {"nb": "no", "nn": "no", "fil": "tl", "nso": "ns"}.get(language, language.split("-", maxsplit=1)[0])


def nllb_piece(language: str) -> str | None:
    """Return NLLB's name of an internal code, None when the table has none.

    >>> nllb_piece("he"), nllb_piece("xx")
    ('heb_Hebr', None)
    """
    import tomllib
    from importlib.resources import files

    table = tomllib.loads(files("colophon").joinpath("data/nllb_languages.toml").read_text(encoding="utf-8"))
    found: str | None = table["pieces"].get(language)
    return found


def _longest(config: Mapping[str, Any]) -> int:
    """Return how many pieces a source may have so that its longest output has positions (engine.longest_output)."""
    positions = config.get("max_position_embeddings")
    return _LONGEST_SOURCE if not isinstance(positions, int) else max(8, min(_LONGEST_SOURCE, (positions - 16) // 3))

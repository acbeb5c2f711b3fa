"""``colophon models pull``: from a name on a hub to a line in the user's catalogue, or to a reason why not."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from colophon.catalogue import EngineName, ModelCard
from colophon.engines.architectures import Reading, reading_of
from colophon.engines.converting import convert, one_safetensors, require_libraries
from colophon.engines.golden import DECODING
from colophon.engines.huggingface import FILES
from colophon.engines.pieces import NUMBERING
from colophon.engines.registry import load_engine, told
from colophon.errors import ModelError, UsageError
from colophon.installing import hub
from colophon.installing.licences import objection, require_consent
from colophon.installing.limits import Limits
from colophon.installing.recording import Newcomer, model_id, record, require_new
from colophon.installing.trial import TrialSentence, judged, trial_sentences, write_golden
from colophon.languages import internal_code
from colophon.settings import TranslationSettings
from colophon.translating import EngineOutput

INCOMING = ".incoming"
# Weights as fetched, in one file, and converted; all three lie on the disk for a while.
_ROOM = 2.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the user asked for beside the model: see the options of ``colophon models pull``."""

    catalogue: Path
    tokens: Mapping[str, str | None]
    accept_licence: bool = False
    replace: bool = False
    keep_checkpoint: bool = True
    sentences: Path | None = None
    limits: Limits = field(default_factory=Limits)


def languages_from(wanted: Sequence[str]) -> dict[str, str | None]:
    """Return internal codes with the piece that the user names, from ``he``, ``he,ar`` or ``ace=ace_Arab``.

    UsageError when there is none, or one is no language.
    """
    found: dict[str, str | None] = {}
    for one in (part for text in wanted for part in text.split(",") if part.strip()):
        code, _, piece = one.strip().partition("=")
        language = internal_code(code)
        if language in ("und", "en"):
            raise UsageError(f"--from {code!r} is no language to translate into English from; write he, ar or zh-Hans")
        found[language] = piece or None
    if not found:
        raise UsageError("--from names the languages that the model shall translate, such as --from he,ar")
    return found


def pull(name: str, wishes: Wishes, say: hub.Say) -> ModelCard:
    """Fetch, convert, try and record a model; return its card.

    What was fetched stays in ``.incoming`` beside the catalogue when something fails, so that a later call goes
    on there. MissingExtraError without the extra [torch]; UsageError when a licence must be accepted; ModelError
    when the hub, the checkpoint or the trial says no.
    """
    require_libraries()
    hub_id, revision = hub.split_name(name)
    require_new(wishes.catalogue, model_id(hub_id), replace=wishes.replace)
    asked = trial_sentences(list(wishes.tokens), wishes.sentences)
    repository = hub.resolved(hub_id, revision)
    say(f"{repository.id} at commit {repository.commit}, licence {repository.licence}")
    require_consent(repository.id, repository.licence, accepted=wishes.accept_licence)
    folder = wishes.catalogue.parent / INCOMING / f"{model_id(hub_id)}@{repository.commit}"
    files = hub.chosen(repository, wishes.limits)
    describing = [file for file in files if not _is_weights(file)]
    weights = [file for file in files if _is_weights(file)]
    hub.fetch(repository, describing, folder, say)
    hub.refuse_programs(repository.id, folder)
    reading = reading_of(repository.id, folder, wishes.tokens)
    require_consent(repository.id, repository.licence, accepted=wishes.accept_licence, nllb=reading.family == "nllb")
    _require_room(repository.id, folder, sum(file.size for file in weights))
    hub.fetch(repository, weights, folder, say)
    built = _built(repository, reading, folder, say)
    engines: tuple[EngineName, ...] = ("ctranslate2", "transformers")
    newcomer = Newcomer(
        id=model_id(hub_id),
        revision=repository.commit,
        licence=repository.licence,
        origin=repository.origin,
        engines=engines,
        pieces=reading.pieces,
        source_languages=tuple(wishes.tokens),
        longest_source=reading.longest_source,
        notes=_notes(repository, weights, reading, built.note),
    )
    say("trying it with both engines")
    tried(newcomer.card(built.folder), asked, built.note)
    if not wishes.keep_checkpoint:
        newcomer = _without_checkpoint(newcomer, built.folder)
    card = record(wishes.catalogue, newcomer, built.folder)
    shutil.rmtree(folder)
    return card


def _is_weights(file: hub.RemoteFile) -> bool:
    return ".safetensors" in file.name or ".bin" in Path(file.name).suffixes


@dataclass(frozen=True, slots=True)
class _Built:
    """A folder ready for its trial; ``note`` says what had to be mended."""

    folder: Path
    note: str | None


def _built(repository: hub.Repository, reading: Reading, fetched: Path, say: hub.Say) -> _Built:
    """Convert a copy of what was fetched, so that what the hub listed stays as it came until all is done."""
    folder = fetched.with_name(fetched.name + ".built")
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    for path in fetched.iterdir():
        if path.is_file() and path.suffix != ".partial":
            _linked(path, folder / path.name)
    say("converting to CTranslate2, int8")
    note = one_safetensors(repository.id, folder)
    convert(repository.id, folder, reading)
    return _Built(folder, note)


def _linked(path: Path, place: Path) -> None:
    """Put ``path`` at ``place`` too, as a second name where the file system has such, else as a copy."""
    try:
        place.hardlink_to(path)
    except OSError:
        shutil.copyfile(path, place)


def tried(card: ModelCard, asked: Sequence[TrialSentence], note: str | None) -> None:
    """Run the trial with each engine and number format, and make what passed golden.

    ModelError, and the folder of ``card`` is removed, when it fails.
    """
    try:
        passed = judged(card.id, _said(card, asked))
    except ModelError as error:
        shutil.rmtree(card.folder)
        raise ModelError(card.id, f"{error.detail}. It is not installed" + (f" ({note})" if note else "")) from error
    write_golden(card.folder, passed)


def _said(card: ModelCard, asked: Sequence[TrialSentence]) -> dict[TrialSentence, list[EngineOutput]]:
    int8 = TranslationSettings()
    makers = [("ctranslate2", int8), ("ctranslate2", int8.model_copy(update={"compute_type": "float32"}))]
    if "transformers" in card.engines:
        makers.append(("transformers", int8))
    said: dict[TrialSentence, list[EngineOutput]] = {sentence: [] for sentence in asked}
    for engine, settings in makers:
        loaded = load_engine(engine, card, settings)
        for language in card.source_languages:
            mine = [sentence for sentence in asked if sentence.language == language]
            outputs = told(loaded, language).translate([sentence.source for sentence in mine], DECODING)
            for sentence, output in zip(mine, outputs, strict=True):
                said[sentence].append(output)
    return said


def _notes(
    repository: hub.Repository, weights: Sequence[hub.RemoteFile], reading: Reading, note: str | None
) -> tuple[str, ...]:
    fetched = ", ".join(f"{file.name} {file.sha256 or file.blob}" for file in weights)
    why = objection(repository.licence, nllb=reading.family == "nllb")
    consent = None if why is None else f"Licence accepted with --accept-licence, though: {why}."
    mended = None if note is None else f"Mended: {note}."
    return tuple(line for line in (f"Fetched: {fetched}.", consent, mended) if line is not None)


def _without_checkpoint(newcomer: Newcomer, folder: Path) -> Newcomer:
    for name in (*FILES, NUMBERING):
        (folder / name).unlink(missing_ok=True)
    return replace(newcomer, engines=("ctranslate2",))


def _require_room(model: str, folder: Path, weights: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < _ROOM * weights:
        raise ModelError(
            model, f"{folder} has {free:,} bytes free; converting {weights:,} needs {int(_ROOM * weights):,}"
        )

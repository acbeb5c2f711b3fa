"""A fetched checkpoint made ready for both engines: safetensors, numbering, and CTranslate2's int8 files.

Weights of a ``.bin`` file are read by torch's restricted loader, which makes tensors and runs nothing.
"""

import gc
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from colophon.engines.architectures import Reading, read_json
from colophon.engines.ctranslate import FOLDER
from colophon.engines.huggingface import WEIGHTS
from colophon.engines.pieces import END, NUMBERING, UNKNOWN
from colophon.errors import MissingExtraError, ModelError

_PICKLED = "pytorch_model.bin"
_OUTPUT = "lm_head.weight"
_DECODERS = ("model.decoder.embed_tokens.weight", "decoder.embed_tokens.weight")
_INPUTS = ("model.shared.weight", "shared.weight", *_DECODERS)
_EMBEDDINGS = (*_INPUTS, "model.encoder.embed_tokens.weight", "encoder.embed_tokens.weight")
# Positions that M2M100 computes, and marks of fairseq: stored by old checkpoints, read by nobody.
_STALE = re.compile(r"\.embed_positions\.(?:weights|_float_tensor)$|(?:^|\.)(?:en|de)coder\.version$")
_QUANTIZATION = "int8"
_NEVER = -10_000.0  # a logit that no search takes


def require_libraries() -> None:
    """Raise MissingExtraError unless the libraries are there that conversion needs."""
    for name in ("torch", "transformers", "safetensors"):
        try:
            __import__(name)
        except ImportError as error:
            raise MissingExtraError(name, "torch", "converting a checkpoint") from error


def one_safetensors(model: str, folder: Path) -> str | None:
    """Make ``model.safetensors`` of the weights in ``folder``, whatever form they came in.

    Where the configuration says that the output embeddings are the input's, a matrix that is stored beside
    and differs is left out, as transformers before 5 left it; what was done is returned as a sentence, None
    when nothing was. ModelError when the weights cannot be read or lack embeddings.
    """
    config = read_json(model, folder / "config.json")
    if (folder / WEIGHTS).is_file() and _good_as_it_is(model, folder / WEIGHTS, config):
        return None
    state = {name: weight for name, weight in _state(model, folder).items() if not _STALE.search(name)}
    untied = _untied(model, state, config)
    _save(_without_copies(state, untied), folder / WEIGHTS)
    for old in (*folder.glob("*.bin"), *folder.glob("model-*-of-*.safetensors"), *folder.glob("*.index.json")):
        old.unlink()
    if not untied:
        return None
    return (
        f"its configuration says that input and output embeddings are one, but it stores another {', '.join(untied)}; "
        "that was left out"
    )


def convert(model: str, folder: Path, reading: Reading) -> None:
    """Write the numbering, a plain generation_config.json and the CTranslate2 files beside a checkpoint.

    ModelError when the weights do not fit the configuration or CTranslate2 cannot take them.
    """
    import torch

    (folder / NUMBERING).write_text(json.dumps(reading.names, ensure_ascii=False), encoding="utf-8")
    _write_generation(model, folder, reading)
    with torch.no_grad(), _quiet():
        loaded = _loaded(model, folder)
        try:
            spec = _loader(reading)(loaded, None)
            spec.validate()
            spec.optimize(quantization=_QUANTIZATION)
            (folder / FOLDER).mkdir(exist_ok=True)
            spec.save(str(folder / FOLDER))
        except (AttributeError, KeyError, NotImplementedError, RuntimeError, ValueError) as error:
            raise ModelError(model, f"ctranslate2 cannot convert it: {error}") from error
    del loaded, spec
    gc.collect()


def _write_generation(model: str, folder: Path, reading: Reading) -> None:
    """Keep only the numbers that name pieces: how to search is the settings' business, not the checkpoint's."""
    config = read_json(model, folder / "config.json")
    kept = {key: config.get(key) for key in ("pad_token_id", "eos_token_id", "decoder_start_token_id")}
    if not all(isinstance(number, int) for number in kept.values()):
        raise ModelError(
            model, f"its config.json must say pad_token_id, eos_token_id and decoder_start_token_id: {kept}"
        )
    banned = {"bad_words_ids": [[kept["pad_token_id"]]]} if reading.family == "marian" else {}
    text = json.dumps({**kept, **banned}, indent=1) + "\n"
    (folder / "generation_config.json").write_text(text, encoding="utf-8")


def _loaded(model: str, folder: Path) -> Any:
    from transformers import AutoModelForSeq2SeqLM

    try:
        loaded, notes = AutoModelForSeq2SeqLM.from_pretrained(
            folder,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype="auto",
            output_loading_info=True,
        )
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise ModelError(model, f"transformers cannot load it: {error}") from error
    loose = {kind: sorted(notes[kind]) for kind in ("missing_keys", "unexpected_keys") if notes[kind]}
    if loose:
        raise ModelError(model, f"its weights do not fit its configuration: {loose}")
    return loaded.eval()


def _loader(reading: Reading) -> Any:
    """Return CTranslate2's loader for the family, with our numbering in place of a tokenizer."""
    from ctranslate2.converters import transformers as converters

    names = list(reading.names)
    bases = {"marian": converters.BartLoader, "t5": converters.T5Loader}
    base = bases.get(reading.family, converters.M2M100Loader)

    class Loader(base):  # type: ignore[misc, valid-type]
        def get_model_spec(self, model: Any) -> Any:
            if reading.family == "marian":
                # Not CTranslate2's own loader, which lets outputs begin with a zero vector and cuts the padding's
                # row: in a checkpoint that was trained on with transformers that row is no longer zero.
                model.config.normalize_before = model.config.normalize_embedding = False
                model.final_logits_bias[:, model.config.pad_token_id] = _NEVER
            # transformers 5 says of every T5 that its embeddings are tied, and keeps apart whether to scale.
            model.config.tie_word_embeddings = getattr(model.config, "scale_decoder_outputs", True)
            return super().get_model_spec(model)

        def get_vocabulary(self, model: Any, tokenizer: Any) -> list[str]:
            return names

        def set_config(self, config: Any, model: Any, tokenizer: Any) -> None:
            config.unk_token, config.eos_token = UNKNOWN, END
            config.bos_token = config.decoder_start_token = names[model.config.decoder_start_token_id]
            if reading.family == "t5":
                config.layer_norm_epsilon = model.config.layer_norm_epsilon

    return Loader()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers' progress bars out: conversions have one line of their own."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.enable_progress_bar()


def _state(model: str, folder: Path) -> dict[str, Any]:
    """Return every weight, from safetensors where there are some."""
    safe, pickled = _parts(model, folder, WEIGHTS), _parts(model, folder, _PICKLED)
    state: dict[str, Any] = {}
    for path in safe or pickled:
        state |= _read_safe(model, path) if safe else _read_pickled(model, path)
    if not state:
        raise ModelError(model, f"has no weights: neither {WEIGHTS} nor {_PICKLED}")
    return state


def _parts(model: str, folder: Path, name: str) -> list[Path]:
    index = folder / f"{name}.index.json"
    if (folder / name).is_file():
        return [folder / name]
    if not index.is_file():
        return []
    parts = read_json(model, index).get("weight_map")
    if not isinstance(parts, dict) or not all(isinstance(part, str) for part in parts.values()):
        raise ModelError(model, f"{index.name} lists no weights")
    return [folder / Path(part).name for part in sorted(set(parts.values()))]


def _read_safe(model: str, path: Path) -> dict[str, Any]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        state: dict[str, Any] = load_file(path)
    except (OSError, SafetensorError) as error:
        raise ModelError(model, f"{path.name} cannot be read: {error}") from error
    return state


def _read_pickled(model: str, path: Path) -> dict[str, Any]:
    import pickle

    import torch

    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, pickle.UnpicklingError, EOFError) as error:
        words = str(error).strip().splitlines()
        raise ModelError(model, f"{path.name} is not weights alone: {words[0] if words else error!r}") from error
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise ModelError(model, f"{path.name} is no table of weights")
    return state


def _first(model: str, wanted: Sequence[str], state: Mapping[str, Any]) -> Any:
    found = next((name for name in wanted if name in state), None)
    if found is None:
        raise ModelError(model, f"its weights have no embeddings ({', '.join(wanted)})")
    return state[found]


def _untied(model: str, state: Mapping[str, Any], config: Mapping[str, Any]) -> list[str]:
    """Return the embeddings that should be the input's and are not; ModelError when the output's are missing."""
    if not config.get("tie_word_embeddings", True):
        if _OUTPUT not in state:
            raise ModelError(model, f"its configuration says that {_OUTPUT} is a matrix of its own, and there is none")
        return []
    apart = config.get("share_encoder_decoder_embeddings") is False
    same = [_OUTPUT] if apart else [_OUTPUT, *_EMBEDDINGS]
    shared = _first(model, _DECODERS if apart else _INPUTS, state)
    return [name for name in same if name in state and not _equal(state[name], shared)]


def _equal(one: Any, other: Any) -> bool:
    import torch

    return one.shape == other.shape and bool(torch.equal(one, other))


def _good_as_it_is(model: str, path: Path, config: Mapping[str, Any]) -> bool:
    """Whether ``path`` has nothing stale and embeddings as the configuration says; reads those alone."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as stored:
            names = set(stored.keys())
            known = {name: stored.get_tensor(name) for name in names & {*_EMBEDDINGS, _OUTPUT}}
            return not _untied(model, known, config) and not any(map(_STALE.search, names))
    except (OSError, SafetensorError) as error:
        raise ModelError(model, f"{path.name} cannot be read: {error}") from error


def _without_copies(state: dict[str, Any], untied: Sequence[str]) -> dict[str, Any]:
    """Return ``state`` without the untied matrices and with each tensor once: a pickle stores references."""
    kept: dict[str, Any] = {}
    seen: set[tuple[int, int]] = set()
    for name in sorted(state, key=lambda name: (name not in _INPUTS, name)):
        weight = state[name]
        place = (weight.data_ptr(), weight.numel())
        if name in untied or (name in {*_EMBEDDINGS, _OUTPUT} and place in seen):
            continue
        seen.add(place)
        kept[name] = weight.clone().contiguous()
    return kept


def _save(state: Mapping[str, Any], path: Path) -> None:
    from safetensors.torch import save_file

    partial = path.with_name(path.name + ".partial")
    save_file(dict(state), partial, metadata={"format": "pt"})
    partial.replace(path)

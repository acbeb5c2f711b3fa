"""Train a student from parallel files, resuming from its last checkpoint.

    python -m training.train ../shared/data/he-en --config training/config/cpu.toml --out /var/tmp/he-en --minutes 90

The learning rate is level after warm-up and falls to nothing in the last ``--decay`` share of the time
asked for (warm-up-stable-decay), so a later call with more minutes goes on from ``level.pt``, the last
checkpoint before the fall, and loses nothing. Runs unchanged on a CPU (bf16 autocast) and on one CUDA GPU.
"""

import argparse
import json
import os
import shutil
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from colophon.translating.interlinear import read_glosses
from training.augment import augmented
from training.batches import Encoded, encode, one_pass
from training.corpus import Pair, read_pairs
from training.glosses import write_glosses
from training.network import Shape, Student, unfolded
from training.vocabulary import train_vocabulary

CHECKPOINT_SECONDS = 240


def optimisers(student: Student, config: dict[str, float]) -> list[torch.optim.Optimizer]:
    """Muon for the matrices, AdamW for embeddings, norms and position biases."""
    matrices: list[torch.nn.Parameter] = []
    others: list[torch.nn.Parameter] = []
    for name, parameter in student.named_parameters():
        if name != "shared.weight":
            is_table = parameter.ndim < 2 or "relative_attention_bias" in name
            (others if is_table else matrices).append(parameter)
    groups = [
        # A T5 shape divides its logits by the root of the width, so its embeddings are larger by that
        # factor than a Marian's, and an optimiser that moves by fixed steps must step that much further.
        {"params": [student.shared.weight], "lr": config["embedding_rate"]},
        {"params": others, "lr": config["adam_rate"]},
    ]
    return [
        torch.optim.Muon(matrices, lr=config["muon_rate"], adjust_lr_fn="match_rms_adamw", weight_decay=0.01),
        torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.0, fused=True),
    ]


def level(update: int, spent: float, budget: float, warm_up: int, decay: float) -> float:
    """Share of the full learning rate, in [0, 1]; times in seconds."""
    left = (budget - spent) / (budget * decay) if decay > 0 else 1.0
    return min(1.0, (update + 1) / warm_up, max(0.0, left))


def batches_from(
    data: Encoded, batch_tokens: int, position: tuple[int, int]
) -> Iterator[tuple[int, int, Tensor, Tensor]]:
    """Endless (pass, index, sources, targets) from ``position`` on."""
    number, first = position
    while True:
        for index, (sources, targets) in enumerate(one_pass(data, batch_tokens, seed=number)):
            if index >= first:
                yield number, index + 1, torch.from_numpy(sources), torch.from_numpy(targets)
        number, first = number + 1, 0


def prepare(folder: Path, config: dict[str, dict[str, float]], out: Path) -> Encoded:
    """Read, augment and encode the pairs; train the vocabulary when ``out`` has none yet."""
    rejected: Counter[str] = Counter()
    pairs: list[Pair] = list(read_pairs(folder, rejected))
    vocabulary = out / "vocabulary.model"
    weights = config["weights"]
    if not vocabulary.exists():
        lines = (text for p in pairs for text in (p.source, p.target) if weights.get(p.file, 0) >= 1)
        train_vocabulary(lines, int(config["vocabulary"]["size"]), vocabulary)
    glosses = out / "glosses.tsv"
    if not glosses.exists():
        write_glosses(pairs, glosses)
    pairs += augmented(pairs, weights)
    (out / "data.json").write_text(
        json.dumps(
            {
                "pairs": Counter(f"{p.file}\t{p.licence}" for p in pairs if weights.get(p.file, 0) > 0),
                "not_used": rejected,
                "weights": weights,
            },
            indent=1,
        )
    )
    return encode(pairs, weights, vocabulary, read_glosses(glosses))


def save(path: Path, student: Student, optimisers: list[torch.optim.Optimizer], state: dict[str, float | int]) -> None:
    """Write a checkpoint under a temporary name, then move it."""
    partial = path.with_suffix(".partial")
    torch.save(
        {"student": student.state_dict(), "optimisers": [o.state_dict() for o in optimisers], "state": state}, partial
    )
    os.replace(partial, path)


def train(
    data: Encoded,
    student: Student,
    config: dict[str, float],
    out: Path,
    minutes: float,
    decay: float,
    start_from: Path | None = None,
) -> None:
    """Train until ``minutes`` of all calls together are spent; checkpoints in ``out``.

    ``start_from`` is the ``model.safetensors`` of an earlier release, read when ``out`` has no checkpoint.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    student.to(device).train()
    optims = optimisers(student, config)
    rates = [group["lr"] for o in optims for group in o.param_groups]
    state: dict[str, float | int] = {"update": 0, "seconds": 0.0, "pass": 0, "index": 0, "tokens": 0}
    if start_from is not None and not (out / "level.pt").exists():
        student.load_state_dict(unfolded(load_file(start_from), student.shape))
    if (out / "level.pt").exists():
        kept = torch.load(out / "level.pt", weights_only=True, map_location=device)
        student.load_state_dict(kept["student"])
        for optimiser, values in zip(optims, kept["optimisers"], strict=True):
            optimiser.load_state_dict(values)
        state = kept["state"]
    budget, before, start = minutes * 60, float(state["seconds"]), time.monotonic()
    saved = shown = start
    loss_sum, loss_tokens = 0.0, 0
    position = (int(state["pass"]), int(state["index"]))
    for number, index, sources, targets in batches_from(data, int(config["batch_tokens"]), position):
        spent = before + time.monotonic() - start
        share = level(int(state["update"]), spent, budget, int(config["warm_up"]), decay)
        for group, rate in zip((g for o in optims for g in o.param_groups), rates, strict=True):
            group["lr"] = rate * share
        with torch.autocast(device.type, dtype=torch.bfloat16):
            loss = student(sources.to(device), targets.to(device), config["label_smoothing"])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(student.parameters(), config["clip"])
        for optimiser in optims:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        tokens = int((targets != 0).sum())
        loss_sum, loss_tokens = loss_sum + float(loss.detach()) * tokens, loss_tokens + tokens
        state |= {"update": int(state["update"]) + 1, "seconds": spent, "pass": number, "index": index}
        state["tokens"] = int(state["tokens"]) + tokens
        now = time.monotonic()
        if now - shown > 60:
            print(
                f"{spent / 60:7.1f} min  pass {number}  update {state['update']:6}  loss {loss_sum / loss_tokens:.3f}  "
                f"rate {share:.2f}  {loss_tokens / (now - shown):.0f} tokens/s",
                flush=True,
            )
            shown, loss_sum, loss_tokens = now, 0.0, 0
        if now - saved > CHECKPOINT_SECONDS or spent >= budget:
            falling = spent > budget * (1 - decay)
            save(out / ("fallen.pt" if falling else "level.pt"), student, optims, state)
            if falling:  # the last few, for averaging
                torch.save(student.state_dict(), out / f"weights-{state['update']:07}.pt")
            saved = now
        if spent >= budget:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--decay", type=float, default=0.25)
    parser.add_argument("--start-from", type=Path, help="folder of a released model: its weights and vocabulary")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    config = tomllib.loads(given.config.read_text(encoding="utf-8"))
    torch.manual_seed(20)
    if given.start_from is not None and not (given.out / "vocabulary.model").exists():
        shutil.copy(given.start_from / "vocabulary.model", given.out)
    data = prepare(given.folder, config, given.out)
    shape = Shape(vocabulary=int(config["vocabulary"]["size"]), **config["shape"])
    (given.out / "shape.json").write_text(json.dumps(asdict(shape)))
    student = Student(shape)
    print(
        f"{len(data.sources)} pairs, {sum(p.numel() for p in student.parameters()) / 1e6:.1f}M parameters", flush=True
    )
    start_from = None if given.start_from is None else given.start_from / "model.safetensors"
    train(data, student, config["optimiser"], given.out, given.minutes, given.decay, start_from)


if __name__ == "__main__":
    main()

"""Encoded pairs, and the endless, seeded, resumable stream of padded batches made of them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sentencepiece
from numpy.typing import NDArray

from training.corpus import Pair
from training.network import EOS, PAD

LONGEST_TOKENS = 128
POOL = 100  # batches sorted by length together: little padding, still a random order


@dataclass(frozen=True, slots=True)
class Encoded:
    """Pairs as piece ids; ``weight`` is how often the pair is read a pass."""

    sources: list[NDArray[np.int16]]
    targets: list[NDArray[np.int16]]
    weights: list[float]


def encode(pairs: list[Pair], weights: dict[str, float], model: Path) -> Encoded:
    """Encode both sides and end each with EOS; pairs over LONGEST_TOKENS are left out."""
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(model))
    sources = pieces.encode([p.source for p in pairs], num_threads=2)
    targets = pieces.encode([p.target for p in pairs], num_threads=2)
    out = Encoded([], [], [])
    for pair, source, target in zip(pairs, sources, targets, strict=True):
        if max(len(source), len(target)) < LONGEST_TOKENS and weights.get(pair.file, 0) > 0:
            out.sources.append(np.array([*source, EOS], dtype=np.int16))
            out.targets.append(np.array([*target, EOS], dtype=np.int16))
            out.weights.append(weights[pair.file])
    return out


def one_pass(data: Encoded, batch_tokens: int, seed: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield (sources, targets), each (batch, length) padded with PAD; the order depends on ``seed`` alone."""
    chance = random.Random(seed)
    order: list[int] = []
    for i, weight in enumerate(data.weights):
        order += [i] * (int(weight) + (chance.random() < weight % 1))
    chance.shuffle(order)
    pool = POOL * batch_tokens // 12
    for start in range(0, len(order), pool):
        part = sorted(order[start : start + pool], key=lambda i: (len(data.targets[i]), len(data.sources[i])))
        batches = list(_cut(part, data, batch_tokens))
        chance.shuffle(batches)
        for batch in batches:
            yield _padded([data.sources[i] for i in batch]), _padded([data.targets[i] for i in batch])


def _cut(order: list[int], data: Encoded, batch_tokens: int) -> Iterator[list[int]]:
    batch: list[int] = []
    longest = 0
    for i in order:
        longest = max(longest, len(data.targets[i]), len(data.sources[i]))
        if batch and longest * (len(batch) + 1) > batch_tokens:
            yield batch
            batch, longest = [], max(len(data.targets[i]), len(data.sources[i]))
        batch.append(i)
    if batch:
        yield batch


def _padded(rows: list[NDArray[np.int16]]) -> NDArray[np.int64]:
    out = np.full((len(rows), max(map(len, rows))), PAD, dtype=np.int64)
    for i, row in enumerate(rows):
        out[i, : len(row)] = row
    return out

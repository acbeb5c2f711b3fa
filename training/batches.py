"""Encoded pairs, and the endless, seeded, resumable stream of padded batches made of them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sentencepiece
from numpy.typing import NDArray

from colophon.translating.interlinear import Glosses
from training.corpus import Pair
from training.network import EOS, PAD

LONGEST_TOKENS = 160
WORD_LISTS = frozenset({"authored-glossary", "names", "dictionary"})
POOL = 100  # batches sorted by length together: little padding, still a random order


@dataclass(frozen=True, slots=True)
class Encoded:
    """Pairs as piece ids; ``weight`` is how often the pair is read a pass."""

    sources: list[NDArray[np.int16]]
    targets: list[NDArray[np.int16]]
    weights: list[float]


def encode(pairs: list[Pair], weights: dict[str, float], model: Path, glosses: Glosses | None) -> Encoded:
    """Encode both sides and end each with EOS; pairs over LONGEST_TOKENS are left out.

    With ``glosses``, a pair that is read n times a pass becomes n rows with other glosses left out.
    """
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(model))
    rows = [(p, copy) for p in pairs if weights.get(p.file, 0) > 0 for copy in range(max(1, int(weights[p.file])))]
    chance = random.Random(5)
    sources = [p.source if glosses is None else thinned(p, glosses, chance) for p, _ in rows]
    targets = pieces.encode([p.target for p, _ in rows], num_threads=2)
    out = Encoded([], [], [])
    for (pair, _), source, target in zip(rows, pieces.encode(sources, num_threads=2), targets, strict=True):
        if max(len(source), len(target)) < LONGEST_TOKENS:
            out.sources.append(np.array([*source, EOS], dtype=np.int16))
            out.targets.append(np.array([*target, EOS], dtype=np.int16))
            out.weights.append(weights[pair.file] / max(1, int(weights[pair.file])))
    return out


def thinned(pair: Pair, glosses: Glosses, chance: random.Random) -> str:
    """Gloss a source with some glosses left out: words that no list has must be learnt too.

    Entries of word lists lose theirs half of the time, or they would teach nothing but copying.
    """
    none, some = (0.5, 0.0) if pair.file in WORD_LISTS else (0.1, 0.3)
    mood = chance.random()
    if mood < none:
        return pair.source
    return glosses.applied(pair.source, keep=(lambda: chance.random() < 0.7) if mood < none + some else lambda: True)


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

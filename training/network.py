"""The student: a T5-shaped encoder-decoder small enough for two CPU cores.

Parameter names and arithmetic are those of ``transformers.T5ForConditionalGeneration`` (pre-norm RMS,
relative position buckets, tied embeddings), so a trained state dict loads there strictly and converts to
CTranslate2 without renaming, after ``folded`` has put the attention scale into the query weights: T5 has
none, but without it a step of Muon, equal for all matrices, sharpens attention until it no longer learns
(measured: loss 5.1 after 1,150 updates, the source ignored). Written out here because torch's fused attention
is about a third faster on a CPU than the library's class (``../shared/design/costs.md``, section 8).

Shape after Raffel et al., "Exploring the Limits of Transfer Learning" (T5), 2020.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

PAD, UNK, EOS = 0, 1, 2
BUCKETS, MAX_DISTANCE = 32, 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes of a student; all counts."""

    vocabulary: int
    width: int = 256
    heads: int = 4
    head_width: int = 64
    feed_forward: int = 1024
    encoder_layers: int = 6
    decoder_layers: int = 2
    dropout: float = 0.05


class RMSNorm(nn.Module):
    """Scale by the root mean square; the T5 layer norm (no mean, no bias)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return functional.rms_norm(x, (x.shape[-1],), self.weight, 1e-6)


def position_buckets(queries: int, keys: int, *, bidirectional: bool) -> Tensor:
    """Bucket of each query-key distance, (queries, keys): exact when near, logarithmic when far."""
    distance = torch.arange(keys)[None, :] - torch.arange(queries)[:, None]
    buckets = BUCKETS
    offset = torch.zeros_like(distance)
    if bidirectional:
        buckets //= 2
        offset = (distance > 0).long() * buckets
        distance = distance.abs()
    else:
        distance = (-distance).clamp(min=0)
    exact = buckets // 2
    far = exact + (
        torch.log(distance.clamp(min=1).float() / exact) / math.log(MAX_DISTANCE / exact) * (buckets - exact)
    ).long().clamp(max=buckets - exact - 1)
    return offset + torch.where(distance < exact, distance, far)


def near_words(heads: int, *, bidirectional: bool) -> Tensor:
    """Start of the position bias, (BUCKETS, heads): from no taste for near words to a strong one."""
    half = BUCKETS // 2 if bidirectional else BUCKETS
    distance = torch.arange(BUCKETS) % half
    slopes = torch.tensor([0.0, *(2.0 ** -(heads - 1 - i) for i in range(1, heads))])
    return -(distance[:, None] * slopes[None, :]).clamp(max=4.0)


def folded(state: dict[str, Tensor], shape: Shape) -> dict[str, Tensor]:
    """Return the state dict as T5 computes: the attention scale multiplied into the query weights."""
    scale = shape.head_width**-0.5
    return {name: weight * scale if name.endswith("Attention.q.weight") else weight for name, weight in state.items()}


def unfolded(state: dict[str, Tensor], shape: Shape) -> dict[str, Tensor]:
    """Undo ``folded``: the float32 state dict that training goes on from."""
    scale = shape.head_width**-0.5
    return {n: w.float() / scale if n.endswith("Attention.q.weight") else w.float() for n, w in state.items()}


class Attention(nn.Module):
    """Multi-head attention without biases; the first layer of a stack owns the position bias."""

    def __init__(self, shape: Shape, *, owns_bias: bool = False) -> None:
        super().__init__()
        inner = shape.heads * shape.head_width
        self.heads = shape.heads
        self.q = nn.Linear(shape.width, inner, bias=False)
        self.k = nn.Linear(shape.width, inner, bias=False)
        self.v = nn.Linear(shape.width, inner, bias=False)
        self.o = nn.Linear(inner, shape.width, bias=False)
        if owns_bias:
            self.relative_attention_bias = nn.Embedding(BUCKETS, shape.heads)

    def forward(self, x: Tensor, memory: Tensor, bias: Tensor) -> Tensor:
        def split(t: Tensor) -> Tensor:
            return t.unflatten(-1, (self.heads, -1)).transpose(1, 2)

        q, k, v = split(self.q(x)), split(self.k(memory)), split(self.v(memory))
        mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=bias.to(q.dtype))
        out: Tensor = self.o(mixed.transpose(1, 2).flatten(2))
        return out

    def position_bias(self, queries: int, keys: int, *, bidirectional: bool) -> Tensor:
        buckets = position_buckets(queries, keys, bidirectional=bidirectional)
        device = self.relative_attention_bias.weight.device
        bias: Tensor = self.relative_attention_bias(buckets.to(device)).permute(2, 0, 1)[None]
        return bias


class FeedForward(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.wi = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.wo = nn.Linear(shape.feed_forward, shape.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.wo(functional.relu(self.wi(x)))
        return out


class Sublayer(nn.Module):
    """Pre-norm and residual around one attention or feed-forward part."""

    def __init__(self, shape: Shape, part: str, module: nn.Module) -> None:
        super().__init__()
        self.part = part
        self.add_module(part, module)
        self.layer_norm = RMSNorm(shape.width)
        self.dropout = nn.Dropout(shape.dropout)

    def forward(self, x: Tensor, memory: Tensor | None = None, bias: Tensor | None = None) -> Tensor:
        module = getattr(self, self.part)
        normed = self.layer_norm(x)
        if self.part == "DenseReluDense":
            return x + self.dropout(module(normed))
        return x + self.dropout(module(normed, normed if memory is None else memory, bias))


class Block(nn.Module):
    def __init__(self, shape: Shape, *, decoder: bool, first: bool) -> None:
        super().__init__()
        layers = [Sublayer(shape, "SelfAttention", Attention(shape, owns_bias=first))]
        if decoder:
            layers.append(Sublayer(shape, "EncDecAttention", Attention(shape)))
        layers.append(Sublayer(shape, "DenseReluDense", FeedForward(shape)))
        self.layer = nn.ModuleList(layers)


class Stack(nn.Module):
    """Encoder or decoder."""

    def __init__(self, shape: Shape, *, decoder: bool) -> None:
        super().__init__()
        self.decoder = decoder
        count = shape.decoder_layers if decoder else shape.encoder_layers
        self.block = nn.ModuleList(Block(shape, decoder=decoder, first=i == 0) for i in range(count))
        self.final_layer_norm = RMSNorm(shape.width)
        self.dropout = nn.Dropout(shape.dropout)

    def forward(
        self, x: Tensor, mask: Tensor, memory: Tensor | None = None, memory_mask: Tensor | None = None
    ) -> Tensor:
        length = x.shape[1]
        bias = self.block[0].layer[0].SelfAttention.position_bias(length, length, bidirectional=not self.decoder)
        bias = bias + mask
        x = self.dropout(x)
        for block in self.block:
            x = block.layer[0](x, None, bias)
            if memory is not None:
                x = block.layer[1](x, memory, memory_mask)
            x = block.layer[-1](x)
        return self.dropout(self.final_layer_norm(x))


class Student(nn.Module):
    """Source ids (batch, n) and target ids (batch, m), both ending in EOS, to the loss a target token."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.shared = nn.Embedding(shape.vocabulary, shape.width)
        self.encoder = Stack(shape, decoder=False)
        self.decoder = Stack(shape, decoder=True)
        self._initialise()

    def _initialise(self) -> None:
        # Sublayer outputs start at 0.3 of their usual size, so that the residual stream is calm while Muon
        # takes large steps; heads start with different tastes for near words (Press et al., ALiBi, 2022).
        nn.init.normal_(self.shared.weight, std=0.7)
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2 and name != "shared.weight":
                nn.init.normal_(parameter, std=parameter.shape[1] ** -0.5)
                if name.endswith((".o.weight", ".wo.weight")):
                    parameter.data.mul_(0.3)
                elif "relative_attention_bias" in name:
                    parameter.data.copy_(near_words(self.shape.heads, bidirectional="encoder" in name))

    def forward(self, source: Tensor, target: Tensor, label_smoothing: float) -> Tensor:
        hidden = self.hidden(source, target)
        keep = target != PAD
        logits = functional.linear(hidden[keep] * self.shape.width**-0.5, self.shared.weight)
        return functional.cross_entropy(logits.float(), target[keep], label_smoothing=label_smoothing)

    def hidden(self, source: Tensor, target: Tensor) -> Tensor:
        """Decoder states (batch, m, width) under teacher forcing."""
        blocked = torch.finfo(torch.float32).min
        padding = (source == PAD)[:, None, None, :].float() * blocked
        memory = self.encoder(self.shared(source), padding)
        shifted = functional.pad(target, (1, 0), value=PAD)[:, :-1]
        length = shifted.shape[1]
        causal = torch.full((length, length), blocked, device=source.device).triu(1)[None, None]
        states: Tensor = self.decoder(self.shared(shifted), causal, memory, padding)
        return states
